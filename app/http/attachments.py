"""Files up and down."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import File

from app.attachments import access_attachment, upload_file
from app.contract.messages import Uploaded
from app.errors import Invalid, TooLarge
from app.file_room import check_room
from app.http.ids import as_id
from app.http.platform import AnyRequest, actor_of, address_of, platform_of
from app.people.actors import Visitor
from app.pictures import INLINE_TYPES

FORM_OVERHEAD = 64 * 1024
KEPT = "private, no-cache"


@post("/api/v1/attachments", request_max_body_size=64 * 1024 * 1024)
async def upload(request: AnyRequest) -> Uploaded:
    """Upload one file as the form field `file`, to be named in a message by its id."""
    platform = platform_of(request)
    actor = await actor_of(request)
    most = platform.settings.attachment_max_bytes
    size = int(request.headers.get("content-length") or most + FORM_OVERHEAD)
    if size > most + FORM_OVERHEAD:
        raise TooLarge(f"Files may have up to {most // (1024 * 1024)} MB.")
    if isinstance(actor, Visitor):
        platform.upload_limits.take(address_of(request), actor.inbox_id, size)
    else:
        platform.widget_limit.take(f"upload:{actor.id}")
    async with platform.works.read() as rows:
        await check_room(rows, size, platform.files.free_bytes, platform.settings.files_max_bytes)
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid("Send the file as the form field named file.")
    data = await file.read()
    limit = platform.settings.files_max_bytes
    return Uploaded(attachment=await upload_file(platform.works, platform.files, actor, file.filename, data, most, limit))


@get("/api/v1/attachments/{attachment_id:str}")
async def download(request: AnyRequest, attachment_id: FromPath[str]) -> File | Response[bytes]:
    """The bytes, for whoever may read the message. Only raster images are shown in place; all else is a download. Browsers
    ask again each time, so that nobody sees them after signing out."""
    platform = platform_of(request)
    async with platform.works.read() as rows:
        attachment = await access_attachment(rows, await actor_of(request), as_id(attachment_id, "file"))
    etag = f'"{attachment.digest[:32]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers={"ETag": etag, "Cache-Control": KEPT})
    disposition = "inline" if attachment.content_type in INLINE_TYPES else "attachment"
    return File(
        path=platform.files.path_of(attachment.digest),
        media_type=attachment.content_type,
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(attachment.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": KEPT,
            "ETag": etag,
        },
    )


ROUTES = [upload, download]
