"""Files: kept under the hash of their bytes, named for what the bytes are, whatever their sender says."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import and_, delete, or_, select

from app.bounded import Bounded, Bounds
from app.clock import new_id
from app.contract.messages import AttachmentView
from app.conversations.access import access_conversation_to_read
from app.conversations.messages.files import attachment_view
from app.disk import free_bytes
from app.errors import Forbidden, Invalid, NotFound, StorageFull, TooLarge
from app.file_room import check_room, count_bytes
from app.people.actors import SignedInAgent, Visitor
from app.people.inboxes import allows_files
from app.pictures import MAX_PIXELS, MAX_VISITOR_PIXELS, StoredFile, is_picture, recognise
from app.text import clean_line
from app.work import Rows, Work, Works
from models import Attachment, Draft

VISITORS_UNSENT_LIFE = timedelta(hours=48)
AGENTS_UNSENT_LIFE = timedelta(days=30)
REMOVE_AFTER_SECONDS = 3600.0
MAX_DELETED = 200


class FileStore:
    """Bytes on disk by SHA-256. The same bytes are kept once; names never touch the file system. Pictures are drawn anew in a
    child process before they are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pictures = Bounded(
            "app.pictures:draw_apart", Bounds(), too_much="That picture takes too much to check. Send a smaller one."
        )

    @property
    def free_bytes(self) -> int:
        """Return the free bytes of the disk."""
        return free_bytes(self._folder)

    def remove_old(self, digest: str, seconds: float) -> None:
        """Delete what nothing names any more, unless somebody has sent the same bytes just now. Blocking."""
        path = self.path_of(digest)
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime >= seconds:
                path.unlink()

    async def recognise(self, data: bytes, max_pixels: int) -> StoredFile:
        """Return the kind of the bytes. Raises Invalid and TooLarge as `app.pictures.recognise` does, Unavailable while many
        wait."""
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
        with suppress(FileNotFoundError):
            os.utime(path)  # so that it is not taken for an old one that nothing names
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
    works: Works,
    store: FileStore,
    uploader: Visitor | SignedInAgent,
    name: str,
    data: bytes,
    most_bytes: int,
    max_bytes: int = 0,
) -> AttachmentView:
    """Keep a file for a message to come. Raises TooLarge, Invalid for an empty or broken one, StorageFull, and Forbidden for
    a visitor of an inbox that takes no files."""
    if isinstance(uploader, Visitor):
        async with works.read() as rows:
            if not await allows_files(rows, uploader.inbox_id):
                raise Forbidden("This chat takes no files.")
    if len(data) > most_bytes:
        raise TooLarge(f"Files may have up to {most_bytes // (1024 * 1024)} MB.")
    if not data:
        raise Invalid("That file is empty.")
    stored = await store.recognise(data, MAX_VISITOR_PIXELS if isinstance(uploader, Visitor) else MAX_PIXELS)
    async with works.read() as rows:
        await check_room(rows, len(stored.data), store.free_bytes, max_bytes)
    try:
        digest = await asyncio.to_thread(store.keep, stored.data)
        view = await works.run(_add_attachment, uploader, clean_name(name), digest, stored)
        await asyncio.to_thread(store.keep, stored.data)  # an old copy may have been deleted in between
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StorageFull from error
    return view


async def delete_unsent(works: Works, store: FileStore) -> int:
    """Delete files that no message has named for long, some at a time; return how many."""
    deleted = await works.run(_delete_unsent_rows)
    for digest in set(deleted):
        async with works.read() as rows:
            if await rows.one(select(Attachment.id).where(Attachment.digest == digest).limit(1)) is None:
                await asyncio.to_thread(store.remove_old, digest, REMOVE_AFTER_SECONDS)
    return len(deleted)


async def _delete_unsent_rows(work: Work) -> list[str]:
    """Agents' files that a draft holds stay."""
    old = or_(
        and_(Attachment.uploader_kind == "contact", Attachment.created_at < work.now - VISITORS_UNSENT_LIFE),
        Attachment.created_at < work.now - AGENTS_UNSENT_LIFE,
    )
    found = await work.all(
        select(Attachment)
        .where(Attachment.conversation_id.is_(None), Attachment.created_at < work.now - VISITORS_UNSENT_LIFE, old)
        .order_by(Attachment.created_at, Attachment.id)
        .limit(MAX_DELETED)
    )
    agents = {one.uploader_id for one in found if one.uploader_kind == "agent"}
    drafts = await work.all(select(Draft.attachments).where(Draft.agent_id.in_(agents))) if agents else []
    held = {file["id"] for files in drafts for file in files}
    going = [one.id for one in found if one.id not in held]
    still_unsent = delete(Attachment).where(Attachment.id.in_(going), Attachment.conversation_id.is_(None))
    gone = await work.rows(still_unsent.returning(Attachment.digest, Attachment.size))
    await count_bytes(work, -sum(size for _, size in gone))
    return [digest for digest, _ in gone]


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
    await count_bytes(work, len(stored.data))
    return attachment_view(attachment)
