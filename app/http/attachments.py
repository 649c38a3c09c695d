"""Files up and down."""

from __future__ import annotations

from urllib.parse import quote

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import File

from app.attachments import access_attachment, upload_file
from app.contract.http import Uploaded
from app.errors import Invalid, TooLarge
from app.http.ids import as_id
from app.http.platform import AnyRequest, actor_of, platform_of
from app.pictures import INLINE_TYPES

FORM_OVERHEAD = 64 * 1024


@post("/api/v1/attachments", request_max_body_size=64 * 1024 * 1024)
async def upload(request: AnyRequest) -> Uploaded:
    """Upload one file as the form field `file`, to be named in a message by its id."""
    platform = platform_of(request)
    actor = await actor_of(request)
    most = platform.settings.attachment_max_bytes
    platform.widget_limit.take(f"upload:{getattr(actor, 'contact_id', None) or getattr(actor, 'id', '')}")
    if int(request.headers.get("content-length") or 0) > most + FORM_OVERHEAD:
        raise TooLarge(f"Files may have up to {most // (1024 * 1024)} MB.")
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid("Send the file as the form field named file.")
    data = await file.read()
    return Uploaded(attachment=await upload_file(platform.works, platform.files, actor, file.filename, data, most))


@get("/api/v1/attachments/{attachment_id:str}")
async def download(request: AnyRequest, attachment_id: FromPath[str]) -> File:
    """The bytes, for whoever may read the message. Only raster images are shown in place; all else is a download."""
    platform = platform_of(request)
    async with platform.works.read() as rows:
        attachment = await access_attachment(rows, await actor_of(request), as_id(attachment_id, "file"))
    disposition = "inline" if attachment.content_type in INLINE_TYPES else "attachment"
    return File(
        path=platform.files.path_of(attachment.digest),
        media_type=attachment.content_type,
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(attachment.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=86400, immutable",
        },
    )
