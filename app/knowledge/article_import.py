"""Articles from Markdown files: what an upload holds, what each file says, and what becomes of it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import select

from app.activity.record import record
from app.contract.articles import ArticleState, ImportedFileView, ImportOutcome, ImportTrouble
from app.contract.values import Visibility
from app.errors import Invalid, TooLarge
from app.knowledge.articles import DELETED, SLUG_LENGTH, ArticleDraft, free_slug, save_article
from app.knowledge.front_matter import split_front_matter
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.text import clean_line, clean_text
from app.work import Work
from models import Article

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_FILES = 1000
MAX_FILE_BYTES = 400_000
MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_NAME = 300
MAX_DIRECTORY_BYTES = MAX_FILES * 512
BATCH = 20
MARKDOWN = (".md", ".markdown")
GENERIC_NAMES = {"index", "readme", "_index"}
STATES: dict[str, ArticleState] = {"draft": "draft", "published": "published", "archived": "archived"}
AUDIENCES: dict[str, Visibility] = {"public": "public", "internal": "internal"}

_END = b"PK\x05\x06"
_END_LENGTH = 22
_ZIP64 = b"PK\x06\x07"
_SYMLINK = 0o120000
_ENCRYPTED = 0x1
_title_line = re.compile(r"\A\s*#[ \t]+([^\n]+?)[ \t#]*(?:\n|\Z)")


class ImportDefaults(Struct, frozen=True, kw_only=True):
    """Defaults for a file whose front matter leaves them out."""

    category: str = "General"
    locale: str = "en"
    state: ArticleState = "draft"
    audience: Visibility = "public"


class ImportedFile(Struct, kw_only=True):
    """A file and, unless it was refused, the article it holds. `state` is empty where its front matter says none."""

    name: str
    draft: ArticleDraft | None = None
    state: ArticleState | None = None
    outcome: ImportOutcome = "refused"
    trouble: ImportTrouble | None = None
    field: str = ""

    def view(self) -> ImportedFileView:
        return ImportedFileView(
            name=self.name,
            outcome=self.outcome,
            title=self.draft.title if self.draft else "",
            trouble=self.trouble,
            field=self.field,
        )


class FileRefused(Exception):
    """A file that cannot become an article, and why."""

    def __init__(self, trouble: ImportTrouble, field: str = "") -> None:
        super().__init__(trouble)
        self.trouble: ImportTrouble = trouble
        self.field = field


def read_upload(uploads: Sequence[tuple[str, bytes]], defaults: ImportDefaults) -> list[ImportedFile]:
    """Read every file of an upload, those of its archives too. A file that cannot become an article is refused alone.

    Raises Invalid for a broken archive and TooLarge for more files or bytes than an import may hold. Takes as long as the
    archive is large: run it in a thread.
    """
    if sum(len(data) for _, data in uploads) > MAX_UPLOAD_BYTES:
        raise TooLarge(f"An import may have up to {MAX_UPLOAD_BYTES // 1024 // 1024} MB. Send it in parts.")
    files: list[ImportedFile] = []
    taken: set[tuple[str, str]] = set()
    left = MAX_UNPACKED_BYTES
    for name, data in _texts(uploads):
        if len(files) >= MAX_FILES:
            raise TooLarge(f"An import may have up to {MAX_FILES:,} files. Send it in parts.")
        file = ImportedFile(name=clean_line(name)[:MAX_NAME])
        files.append(file)
        if isinstance(data, bytes):
            left -= len(data)
        if left < 0:
            raise TooLarge(f"An import may unpack to {MAX_UNPACKED_BYTES // 1024 // 1024} MB. Send it in parts.")
        try:
            _fill(file, data, defaults)
            assert file.draft is not None
            address = free_slug(file.draft.slug or file.draft.title), file.draft.locale
            if address in taken:
                raise FileRefused("same_address")
            taken.add(address)
        except FileRefused as refusal:
            file.trouble, file.field = refusal.trouble, refusal.field
        except Invalid:
            file.trouble = "no_address"
    return files


async def import_batch(
    work: Work, agent: SignedInAgent, files: Sequence[ImportedFile], defaults: ImportDefaults, *, is_dry: bool
) -> list[ImportedFileView]:
    """Write the articles of some files and say what became of each; when dry, only say what would. An article with the
    same address and language is updated and keeps its state unless the file names one. Raises Forbidden."""
    require(Permission.PUBLISH_ARTICLES, agent)
    known = await _known(work, files)
    done: list[ImportedFileView] = []
    for file in files:
        draft = file.draft
        if draft is None or file.trouble is not None:
            done.append(file.view())
            continue
        there = known.get((free_slug(draft.slug or draft.title), draft.locale))
        outcome: ImportOutcome = "created" if there is None else "unchanged" if _is_same(there, file, draft) else "updated"
        if not is_dry and outcome != "unchanged":
            state = file.state or (None if there else defaults.state)
            await save_article(work, draft, there.id if there else None, state=state, edited_by_id=agent.id)
        done.append(msgspec.structs.replace(file.view(), outcome=outcome))
    created, updated = (sum(one.outcome == outcome for one in done) for outcome in ("created", "updated"))
    if not is_dry and created + updated:
        record(work, agent, "article.import", created=created, updated=updated)
        announce_config(work, "articles")
    return done


def batches_of(files: Sequence[ImportedFile]) -> Iterator[Sequence[ImportedFile]]:
    """Files in groups small enough for one transaction."""
    for start in range(0, len(files), BATCH):
        yield files[start : start + BATCH]


async def _known(work: Work, files: Sequence[ImportedFile]) -> dict[tuple[str, str], Article]:
    slugs = [free_slug(file.draft.slug or file.draft.title) for file in files if file.draft and file.trouble is None]
    found = await work.all(select(Article).where(Article.slug.in_(slugs), Article.state != DELETED))
    return {(article.slug, article.locale): article for article in found}


def _is_same(article: Article, file: ImportedFile, draft: ArticleDraft) -> bool:
    return (
        (article.title, article.category, article.body, article.visibility)
        == (clean_line(draft.title), clean_line(draft.category), clean_text(draft.body), draft.visibility)
    ) and file.state in {None, article.state}


def _texts(uploads: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes | ImportTrouble]]:
    """Every file by name, with its bytes or why it is refused."""
    for name, data in uploads:
        if data.startswith(b"PK") or name.lower().endswith(".zip"):
            yield from _unpacked(data)
        else:
            yield name, _admitted(name, data)


def _admitted(name: str, data: bytes) -> bytes | ImportTrouble:
    if not name.lower().endswith(MARKDOWN):
        return "not_markdown"
    return "too_large" if len(data) > MAX_FILE_BYTES else data


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes | ImportTrouble]]:
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir() and not _is_ignored(info.filename):
                    yield info.filename, _read_member(archive, info)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError, struct.error) as error:
        raise Invalid("This zip file is damaged. Create it again and retry.") from error


def _check_directory(data: bytes) -> None:
    """Refuse an archive whose list of contents alone would fill the memory, before that list is read."""
    is_plain = data[-_END_LENGTH:].startswith(_END) and data.endswith(b"\0\0")
    at = len(data) - _END_LENGTH if is_plain else data.rfind(_END, max(0, len(data) - _END_LENGTH - 0xFFFF))
    if at < 0 or len(data) < at + _END_LENGTH:
        raise Invalid("This zip file is damaged. Create it again and retry.")
    count, size = struct.unpack_from("<HL", data, at + 10)
    if count > MAX_FILES * 2 or size > MAX_DIRECTORY_BYTES or data[max(0, at - 20) :].startswith(_ZIP64):
        raise TooLarge(f"An import may have up to {MAX_FILES:,} files. Send it in parts.")


def _is_ignored(name: str) -> bool:
    """Return whether a system put this file into the archive by itself."""
    parts = PurePosixPath(name).parts
    return bool(parts) and (parts[0] == "__MACOSX" or (parts[-1].startswith(".") and parts[-1] != ".."))


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | ImportTrouble:
    """A file's bytes, however many its header promises: never more than a file may have."""
    name = info.filename
    parts = PurePosixPath(name).parts
    if len(name) > MAX_NAME or "\\" in name or ":" in name or name.startswith("/") or ".." in parts:
        return "unsafe_name"
    if (info.external_attr >> 16) & 0o170000 == _SYMLINK:
        return "unsafe_name"
    if not name.lower().endswith(MARKDOWN):
        return "not_markdown"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "not_text"
    if info.file_size > MAX_FILE_BYTES:
        return "too_large"
    with archive.open(info) as member:
        return _admitted(name, member.read(MAX_FILE_BYTES + 1))


def _fill(file: ImportedFile, data: bytes | ImportTrouble, defaults: ImportDefaults) -> None:
    """Read an article from a file's bytes. Raises FileRefused."""
    if not isinstance(data, bytes):
        raise FileRefused(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused("not_text") from None
    try:
        fields, body = split_front_matter(text)
    except Invalid:
        raise FileRefused("broken_front_matter") from None
    path = PurePosixPath(file.name)
    stem = path.stem if path.stem.lower() not in GENERIC_NAMES else path.parent.name
    title = fields.get("title", "")
    if heading := _title_line.match(body):
        if not title or clean_line(heading[1]) == clean_line(title):
            body = body[heading.end() :]
        title = title or heading[1]
    values: dict[str, Any] = {
        "title": clean_line(title or _spoken(stem)),
        "slug": fields.get("slug") or stem[:SLUG_LENGTH],
        "category": clean_line(fields.get("category") or _spoken(path.parent.name) or defaults.category),
        "locale": fields.get("locale") or fields.get("lang") or fields.get("language") or defaults.locale,
        "visibility": _choice(fields, "audience", AUDIENCES, None) or defaults.audience,
        "body": clean_text(body),
    }
    file.state = _choice(fields, "state", STATES, {"true": "draft", "false": "published"}.get(fields.get("draft", "").lower()))
    if not values["body"]:
        raise FileRefused("no_text")
    for field, bound in (("title", 200), ("category", 60), ("slug", 100), ("locale", 35), ("body", 100_000)):
        if len(values[field]) > bound:
            raise FileRefused("too_large" if field == "body" else "bad_field", "" if field == "body" else field)
    try:
        file.draft = msgspec.convert(values, ArticleDraft)
    except msgspec.ValidationError as error:
        found = re.search(r"\$\.(\w+)", str(error))
        raise FileRefused("bad_field", found[1] if found else "") from None


def _choice(fields: dict[str, str], field: str, allowed: dict[str, Any], otherwise: Any) -> Any:
    said = fields.get(field, "").lower()
    if said and said not in allowed:
        raise FileRefused("bad_field", field)
    return allowed.get(said, otherwise)


def _spoken(name: str) -> str:
    """A file's or folder's name as words: "getting-started" becomes "Getting started"."""
    words = clean_line(re.sub(r"[-_]+", " ", name))
    return words[:1].upper() + words[1:]
