"""Taking a backup while everybody goes on talking."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, select

from app.backup.archive import FORMAT, ArchiveWriter, Manifest, write_archive
from app.backup.tables import write_table
from app.clock import utc_now
from app.database.exclusive import in_snapshot
from app.database.migrate import knows_revision, newest_revision, stands_at
from app.errors import Conflict
from app.settings import Settings
from app.version import VERSION
from models import Base, Sequence

_DATED = re.compile(r"parley-\d{4}-\d{2}-\d{2}T\d{6}Z\.tar\.gz")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BackedUp(Struct, frozen=True):
    """Contents of a backup, and the files left out because their bytes no longer match their name."""

    manifest: Manifest
    damaged: list[str]


def back_up(settings: Settings, path: Path) -> BackedUp:
    """Write everything Parley keeps, as it is at this moment, into one file at `path`. Servers may be running.

    Rows first, from one snapshot, then files: those are only ever added, so each one a row names is there. Raises
    Conflict when the database is of another version than this code, Invalid when there is something at `path`.
    """
    damaged: list[str] = []

    def write(connection: Connection) -> Manifest:
        revision = stands_at(connection)
        if revision is None or revision != newest_revision():
            advice = "Run: parley migrate" if revision is None or knows_revision(revision) else "Use the newer version."
            raise Conflict(f"The database is at revision {revision}, this version at {newest_revision()}. {advice}")
        epoch = connection.execute(select(Sequence.value).where(Sequence.name == "epoch")).scalar_one()
        tables = [write_table(connection, table, archive) for table in Base.metadata.sorted_tables]
        damaged.extend(_write_files(archive, settings.data_path / "files"))
        return Manifest(
            format=FORMAT,
            version=VERSION,
            made_at=made_at,
            dialect=connection.dialect.name,
            revision=revision,
            epoch=epoch,
            key_mark=key_mark(settings.secret_key),
            tables=tables,
            file_count=archive.file_count,
            file_bytes=archive.file_bytes,
        )

    made_at = utc_now()
    with write_archive(path) as archive:
        manifest = in_snapshot(settings.database_url, write)
        archive.close_with(manifest)
    return BackedUp(manifest, damaged)


def dated_archive(folder: Path) -> Path:
    """Return the path of an archive made now in this folder."""
    return folder / f"parley-{utc_now():%Y-%m-%dT%H%M%SZ}.tar.gz"


def prune_archives(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest archives that `dated_archive` named, and return the removed ones. Other files stay."""
    named = sorted(path for path in folder.iterdir() if _DATED.fullmatch(path.name))
    gone = named[:-keep]
    for path in gone:
        path.unlink()
    return gone


def key_mark(secret_key: str) -> str:
    """Tells whether two keys are the same, and too short to tell more."""
    return hashlib.sha256(b"backup:" + secret_key.encode()).hexdigest()[:8]


def stored_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything kept, by digest; what is still being written has another name."""
    for shelf in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        for path in sorted(shelf.iterdir()):
            if _DIGEST.fullmatch(path.name):
                yield path.name, path


def _write_files(archive: ArchiveWriter, folder: Path) -> Iterator[str]:
    for digest, path in stored_files(folder):
        if not archive.add_file(digest, path):
            yield digest
