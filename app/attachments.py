"""Files: kept under the hash of their bytes, named for what the bytes are, whatever their sender says."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from app.bounded import Bounded, Bounds
from app.clock import new_id
from app.contract.views import AttachmentView
from app.conversations.access import access_conversation_to_read
from app.conversations.attaching import attachment_view
from app.errors import Forbidden, Invalid, NotFound, TooLarge
from app.people.actors import SignedInAgent, Visitor
from app.people.inboxes import allows_files
from app.pictures import MAX_PIXELS, MAX_VISITOR_PIXELS, StoredFile, is_picture, recognise
from app.text import clean_line
from app.work import Rows, Work, Works
from models import Attachment


class FileStore:
    """Bytes on disk by SHA-256. The same bytes are kept once; names never touch the file system. Pictures are drawn anew in a
    child process before they are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pictures = Bounded(
            "app.pictures:draw_apart", Bounds(), too_much="That picture takes too much to check. Send a smaller one."
        )

    async def recognise(self, data: bytes, max_pixels: int) -> StoredFile:
        """What the bytes are. Raises Invalid and TooLarge as `app.pictures.recognise` does, Unavailable while many wait."""
        if not is_picture(data):
            return recognise(data)
        said, drawn = await self._pictures.call({"max_pixels": max_pixels}, data)
        return StoredFile(drawn, said["content_type"], said["width"], said["height"])

    async def close(self) -> None:
        """End the child processes."""
        await self._pictures.close()

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
    stored = await store.recognise(data, MAX_VISITOR_PIXELS if isinstance(uploader, Visitor) else MAX_PIXELS)
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


def clean_name(name: str) -> str:
    """A name fit to show: one line, no path, no control or direction-overriding characters."""
    base = clean_line(name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in base if char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069").strip(" .")
    return shown[-150:] or "file"


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
