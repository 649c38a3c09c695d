"""The file a backup is: a tar of rows in pieces, files by their digest, and a manifest that closes it.

The manifest comes last, so an archive that was cut short has none. Every piece is named there with its SHA-256, and a
file's name is its SHA-256. Nothing is ever held whole: a piece is a few megabytes, and files are read in blocks.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import tarfile
import time
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from app.errors import Invalid

FORMAT = 1
PIECE_BYTES = 4 * 1024 * 1024
BLOCK = 1024 * 1024
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
_FILE_NAME = re.compile(r"files/[0-9a-f]{2}/([0-9a-f]{64})")
_PIECE_NAME = re.compile(r"rows/[a-z_]+/[0-9]{6}\.jsonl")
MAX_MANIFEST_BYTES = 64 * 1024 * 1024


class Piece(Struct, frozen=True):
    """Some rows of a table, one JSON array a line."""

    name: str
    sha256: str


class TableManifest(Struct, frozen=True):
    """A table: what each column holds, in the order of a line's values, and where its rows are."""

    name: str
    columns: dict[str, str]
    rows: int
    pieces: list[Piece]


class Manifest(Struct, frozen=True, kw_only=True):
    """Contents of an archive. `revision` is the schema's; `key_mark` tells secret keys apart without revealing them."""

    format: int
    version: str
    made_at: datetime
    dialect: str
    revision: str
    epoch: int
    key_mark: str
    tables: list[TableManifest]
    file_count: int
    file_bytes: int


class ArchiveWriter:
    """Writes an archive piece by piece."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.file_count = 0
        self.file_bytes = 0

    def add_piece(self, name: str, data: bytes) -> Piece:
        """Rows of a table."""
        self._tar.addfile(_member(name, len(data)), io.BytesIO(data))
        return Piece(name, hashlib.sha256(data).hexdigest())

    def add_file(self, digest: str, path: Path) -> bool:
        """A stored file; False, and left out, when its bytes are no longer what its name says."""
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                return False
            size = file.tell()
            file.seek(0)
            self._tar.addfile(_member(f"files/{digest[:2]}/{digest}", size), file)
        self.file_count += 1
        self.file_bytes += size
        return True

    def close_with(self, manifest: Manifest) -> None:
        """Write the manifest and its seal, which make the archive whole."""
        data = msgspec.json.format(msgspec.json.encode(manifest))
        seal = hashlib.sha256(data).hexdigest().encode()
        self._tar.addfile(_member(MANIFEST, len(data)), io.BytesIO(data))
        self._tar.addfile(_member(SEAL, len(seal)), io.BytesIO(seal))


@contextmanager
def write_archive(path: Path) -> Generator[ArchiveWriter]:
    """An archive that appears at `path` once it is whole and on the disk, compressed if the name ends in .gz or .tgz.

    Readable by its owner only. Raises Invalid when something lies there already.
    """
    if path.exists():
        raise Invalid(f"{path} is there already; a backup never overwrites one.")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")  # a name nobody can lie in wait under
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(partial, "wb", opener=lambda name, flags: os.open(name, flags | os.O_EXCL | os.O_NOFOLLOW, 0o600)) as raw:
            with tarfile.open(fileobj=raw, mode="w|gz" if path.suffix in {".gz", ".tgz"} else "w|", bufsize=BLOCK) as tar:  # pyright: ignore[reportArgumentType, reportCallIssue]
                yield ArchiveWriter(tar)
            raw.flush()
            os.fsync(raw.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def verify_archive(path: Path) -> Manifest:
    """Read an archive from end to end and compare every checksum. Raises Invalid with the first thing that is wrong."""
    try:
        return _verify(path)
    except FileNotFoundError as error:
        raise Invalid(f"There is no {path}.") from error
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise Invalid(f"{path} is no whole backup: {error}") from error


def read_files(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Every stored file of a verified archive, by its digest."""
    for name, member, _ in _members(path):
        if matched := _FILE_NAME.fullmatch(name):
            yield matched[1], member


def read_pieces(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every piece of a verified archive, by its name, in the order it was written."""
    for name, member, _ in _members(path):
        if _PIECE_NAME.fullmatch(name):
            yield name, member.read()


def _members(path: Path) -> Iterator[tuple[str, IO[bytes], int]]:
    """Name, bytes and size of what a tar holds, in order."""
    with tarfile.open(path, "r|*", bufsize=BLOCK) as tar:
        for info in tar:
            member = tar.extractfile(info) if info.isreg() else None
            if member is None:
                raise Invalid(f"The archive holds {info.name}, which no backup has.")
            yield info.name, member, info.size


def _verify(path: Path) -> Manifest:
    found: dict[str, str] = {}
    file_count = file_bytes = 0
    last: dict[str, bytes] = {}
    for name, member, size in _members(path):
        if name in found or name in last:
            raise Invalid(f"The archive holds {name} twice.")
        if name in {MANIFEST, SEAL}:
            if size > MAX_MANIFEST_BYTES:
                raise Invalid("The archive's manifest is too large to be one.")
            last[name] = member.read()
        elif last:
            raise Invalid(f"The archive holds {name} after its end.")
        elif matched := _FILE_NAME.fullmatch(name):
            if _digest_of(member) != matched[1]:
                raise Invalid(f"The archive is damaged: {name} is not what its name says.")
            file_count, file_bytes = file_count + 1, file_bytes + size
        elif _PIECE_NAME.fullmatch(name):
            found[name] = _digest_of(member)
        else:
            raise Invalid(f"The archive holds {name}, which no backup has.")
    manifest = _manifest_of(last)
    _compare(manifest, found, file_count, file_bytes)
    return manifest


def _manifest_of(last: dict[str, bytes]) -> Manifest:
    if MANIFEST not in last or SEAL not in last:
        raise Invalid("The archive has no manifest at its end: it was cut short.")
    if hashlib.sha256(last[MANIFEST]).hexdigest().encode() != last[SEAL]:
        raise Invalid("The archive is damaged: its manifest is not what was written.")
    try:
        manifest = msgspec.json.decode(last[MANIFEST], type=Manifest)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The archive's manifest cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise Invalid(f"The archive has format {manifest.format}; this version reads {FORMAT}.")
    return manifest


def _compare(manifest: Manifest, found: dict[str, str], file_count: int, file_bytes: int) -> None:
    wanted = {piece.name: piece.sha256 for table in manifest.tables for piece in table.pieces}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise Invalid(f"The archive is damaged: {name} is {'not what was written' if name in found else 'missing'}.")
    if (file_count, file_bytes) != (manifest.file_count, manifest.file_bytes):
        raise Invalid(f"The archive is damaged: it holds {file_count} files of {manifest.file_count}.")


def _digest_of(member: IO[bytes]) -> str:
    hashed = hashlib.sha256()
    while block := member.read(BLOCK):
        hashed.update(block)
    return hashed.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    return info
