"""Files: kept under the hash of their bytes, named for what the bytes are, whatever their sender says."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps
from sqlalchemy import select

from app.clock import new_id
from app.contract.views import AttachmentView
from app.conversations.access import access_conversation_to_read
from app.conversations.attaching import attachment_view
from app.errors import Forbidden, Invalid, NotFound, TooLarge
from app.people.actors import SignedInAgent, Visitor
from app.people.inboxes import allows_files
from app.text import clean_line
from app.work import Rows, Work, Works
from models import Attachment

MAX_PIXELS = 40_000_000
IMAGE_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
SIGNATURES = ((b"%PDF-", "application/pdf"), (b"PK\x03\x04", "application/zip"), (b"\x1f\x8b", "application/gzip"))
INLINE_TYPES = frozenset(IMAGE_FORMATS.values())
WITHOUT_WORDS = {
    "PNG": {"exif": b"", "icc_profile": b""},
    "JPEG": {"exif": b"", "icc_profile": b"", "comment": b"", "xmp": b"", "quality": 88},
    "GIF": {"comment": b""},
    "WEBP": {"exif": b"", "icc_profile": b"", "xmp": b""},
}
"""Pillow carries these over from the original unless told otherwise; the place and camera of a photograph are among them."""


class StoredFile(NamedTuple):
    """What the bytes turned out to be. Images are re-encoded, so nothing hides in them."""

    data: bytes
    content_type: str
    width: int | None
    height: int | None


class FileStore:
    """Bytes on disk by SHA-256. The same bytes are kept once; names never touch the file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Store durably; the digest. Blocking: call it off the event loop."""
        digest = hashlib.sha256(data).hexdigest()
        self.take_in(digest, [data])
        return digest

    def take_in(self, digest: str, blocks: Iterable[bytes]) -> None:
        """Store what the caller knows to have this digest, unless it is there. Blocking."""
        path = self.path_of(digest)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{digest}.{new_id()}.part")
        with partial.open("wb") as file:
            file.writelines(blocks)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    def path_of(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


async def upload_file(
    works: Works, store: FileStore, uploader: Visitor | SignedInAgent, name: str, data: bytes, most_bytes: int
) -> AttachmentView:
    """Keep a file for a message to come. Raises TooLarge, Invalid for an empty or broken one, and Forbidden for a visitor of
    an inbox that takes no files."""
    if isinstance(uploader, Visitor):
        async with works.read() as rows:
            if not await allows_files(rows, uploader.inbox_id):
                raise Forbidden("This chat takes no files.")
    if len(data) > most_bytes:
        raise TooLarge(f"Files may have up to {most_bytes // (1024 * 1024)} MB.")
    if not data:
        raise Invalid("That file is empty.")
    stored = await asyncio.to_thread(recognise, data)
    digest = await asyncio.to_thread(store.keep, stored.data)
    return await works.run(_add_attachment, uploader, clean_name(name), digest, stored)


async def access_attachment(rows: Rows, actor: Visitor | SignedInAgent, attachment_id: str) -> Attachment:
    """A file its caller may read: their own upload, or one of a conversation they may enter. Notes' files are agents' only."""
    attachment = await rows.one(select(Attachment).where(Attachment.id == attachment_id))
    if attachment is None:
        raise NotFound("file", attachment_id)
    actor_id = actor.contact_id if isinstance(actor, Visitor) else actor.id
    if attachment.uploader_id == actor_id:
        return attachment
    if attachment.conversation_id is None or (isinstance(actor, Visitor) and attachment.is_internal):
        raise NotFound("file", attachment_id)
    try:
        await access_conversation_to_read(rows, actor, attachment.conversation_id)
    except NotFound:
        raise NotFound("file", attachment_id) from None
    return attachment


def recognise(data: bytes) -> StoredFile:
    """Return the kind of the bytes. Raises Invalid for an image that cannot be decoded, TooLarge for one with too many
    pixels. CPU-bound."""
    image = _image_of(data)
    if image is not None:
        return image
    for signature, content_type in SIGNATURES:
        if data.startswith(signature):
            return StoredFile(data, content_type, None, None)
    is_text = b"\x00" not in data[:4096]
    return StoredFile(data, "text/plain" if is_text and _is_utf8(data) else "application/octet-stream", None, None)


def clean_name(name: str) -> str:
    """A name fit to show: one line, no path, no control or direction-overriding characters."""
    base = clean_line(name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in base if char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069").strip(" .")
    return shown[-150:] or "file"


def _image_of(data: bytes) -> StoredFile | None:
    try:
        with Image.open(BytesIO(data), formats=list(IMAGE_FORMATS)) as image:
            return _re_encoded(image)
    except Image.UnidentifiedImageError:
        return None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Invalid("That image is damaged.") from error


def _re_encoded(image: Image.Image) -> StoredFile:
    frames: int = getattr(image, "n_frames", 1)
    kind = image.format or ""
    if kind == "MPO":  # a JPEG with more pictures behind it, as phones make them: the first one is the photograph
        kind, frames = "JPEG", 1
    if image.width * image.height * frames > MAX_PIXELS:
        raise _too_many_pixels()
    out = BytesIO()
    if frames > 1:
        image.save(out, kind, save_all=True, **WITHOUT_WORDS[kind])
        return StoredFile(out.getvalue(), IMAGE_FORMATS[kind], image.width, image.height)
    upright = ImageOps.exif_transpose(image)
    if kind == "JPEG":
        upright = upright.convert("RGB")
    upright.save(out, kind, **WITHOUT_WORDS[kind])
    return StoredFile(out.getvalue(), IMAGE_FORMATS[kind], upright.width, upright.height)


def _too_many_pixels() -> TooLarge:
    return TooLarge(f"Pictures may have up to {MAX_PIXELS // 1_000_000} million pixels, all frames together. Send a smaller one.")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


async def _add_attachment(
    work: Work, uploader: Visitor | SignedInAgent, name: str, digest: str, stored: StoredFile
) -> AttachmentView:
    is_visitor = isinstance(uploader, Visitor)
    attachment = await work.add(
        Attachment(
            id=new_id(),
            digest=digest,
            name=name,
            content_type=stored.content_type,
            size=len(stored.data),
            width=stored.width,
            height=stored.height,
            uploader_kind="contact" if is_visitor else "agent",
            uploader_id=uploader.contact_id if is_visitor else uploader.id,
            is_internal=False,
            created_at=work.now,
        )
    )
    return attachment_view(attachment)
