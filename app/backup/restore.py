"""Back from a backup: everything is checked before anything is touched, and clients are told to ask anew."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from msgspec import Struct, structs
from sqlalchemy import Connection, delete, insert, inspect, select, text, update

from app.attachments import FileStore
from app.backup.archive import BLOCK, Manifest, read_files, read_pieces, verify_archive
from app.backup.create import key_mark
from app.backup.tables import count_on, empty_table, load_rows
from app.database.exclusive import alone_on_postgres, close_sqlite, in_snapshot, on_new_sqlite, sqlite_path
from app.database.migrate import knows_revision, upgrade
from app.errors import Conflict, Invalid
from app.mail.switch import MAIL_OFF
from app.settings import Settings
from models import Agent, Base, Contact, Conversation, Sequence

SOMEBODY = (Agent, Contact, Conversation)


class Restored(Struct, frozen=True):
    """Result of a restore. Under another secret key, the tokens of earlier visitors are no longer valid."""

    manifest: Manifest
    epoch: int
    has_same_key: bool


def restore(settings: Settings, path: Path, *, replace: bool = False) -> Restored:
    """Put a backup's rows and files in place, brought forward to this version's schema, under a new epoch.

    The archive may come from either kind of database. No server may be running. The rows change in one step, so that
    one interrupted has changed nothing but files, which are only added. Raises Invalid for an archive that is damaged
    or too new, Conflict when a server is running or, unless `replace`, when somebody already lives in the database.
    """
    manifest = verify_archive(path)
    if not knows_revision(manifest.revision):
        raise Invalid(f"The backup was made by a newer version ({manifest.version}, revision {manifest.revision}).")
    target = sqlite_path(settings.database_url)
    if target is None:
        epoch = alone_on_postgres(
            settings.database_url, lambda connection: _replace_on_postgres(connection, settings, manifest, path, replace)
        )
    else:
        epoch = _replace_sqlite(target, settings, manifest, path, replace)
    return Restored(manifest, epoch, manifest.key_mark == key_mark(settings.secret_key))


def drill(settings: Settings, path: Path, keep: Path | None) -> tuple[Restored, Path]:
    """Restore into a SQLite copy in a folder of its own, which is removed unless it is `keep`. Nothing else is touched.

    Raises what `restore` raises, and Conflict when there is something at `keep`.
    """
    if keep is not None and keep.exists():
        raise Conflict(f"{keep} is there already; name a folder that is not there yet.")
    with TemporaryDirectory(prefix="parley-drill-") as temporary:
        folder = (keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        copy = structs.replace(settings, database_url=f"sqlite:///{folder / 'parley.db'}", data_dir=str(folder))
        done = restore(copy, path)
        if keep is not None:
            with open(folder / "secret.key", "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(settings.secret_key)
    return done, folder


def _replace_on_postgres(connection: Connection, settings: Settings, manifest: Manifest, path: Path, replace: bool) -> int:
    _refuse_inhabited(connection, replace)
    _put_files(settings, path)
    names = ", ".join(f'"{name}"' for name in [*Base.metadata.tables, "alembic_version"])
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {names} CASCADE")
    return _fill(connection, manifest, path)


def _replace_sqlite(target: Path, settings: Settings, manifest: Manifest, path: Path, replace: bool) -> int:
    if target.exists():
        close_sqlite(target)
        in_snapshot(settings.database_url, lambda connection: _refuse_inhabited(connection, replace))
    _put_files(settings, path)
    draft = target.with_name(f"{target.name}.restoring")
    for leftover in (draft, draft.with_name(f"{draft.name}-journal")):
        leftover.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        epoch = on_new_sqlite(draft, lambda connection: _fill(connection, manifest, path))
        if target.exists():
            close_sqlite(target)  # again: a server may have been started meanwhile
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return epoch


def _fill(connection: Connection, manifest: Manifest, path: Path) -> int:
    """The schema as it was, the rows as they were, then forward to today's schema; the new epoch."""
    upgrade(connection, manifest.revision)
    for table in reversed(manifest.tables):
        empty_table(connection, table)
    tables = {piece.name: table for table in manifest.tables for piece in table.pieces}
    counts = dict.fromkeys((table.name for table in manifest.tables), 0)
    for name, piece in read_pieces(path):
        if not counts[tables[name].name]:
            empty_table(connection, tables[name])  # what triggers wrote beside rows of other tables
        counts[tables[name].name] += load_rows(connection, tables[name], piece)
    for table in manifest.tables:
        if not table.rows:
            empty_table(connection, table)
    count_on(connection, manifest.tables)
    if wrong := [table.name for table in manifest.tables if table.rows != counts[table.name]]:
        raise Invalid(f"The archive does not hold as many rows of {wrong[0]} as it says.")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise Invalid("The archive's rows name rows that it does not hold.")
    upgrade(connection, "head")
    return _begin_epoch(connection, manifest.epoch)


def _begin_epoch(connection: Connection, before: int) -> int:
    """Return a number no client has seen: the same backup may be restored twice. Mail is off: this may be a copy of what lives on."""
    epoch = next(number for number in iter(lambda: secrets.randbits(52), None) if number != before)
    connection.execute(update(Sequence).where(Sequence.name == "epoch").values(value=epoch))
    connection.execute(delete(Sequence).where(Sequence.name == MAIL_OFF))
    connection.execute(insert(Sequence).values(name=MAIL_OFF, value=1))
    return epoch


def _refuse_inhabited(connection: Connection, replace: bool) -> None:
    if replace:
        return
    there = set(inspect(connection).get_table_names())
    for model in SOMEBODY:
        if model.__tablename__ in there and connection.execute(select(text("1")).select_from(model.__table__).limit(1)).first():
            raise Conflict("The database is not empty. To put the backup in its place and lose what it holds: --replace")


def _put_files(settings: Settings, path: Path) -> None:
    """Files that are there already are the same ones: their name says so."""
    store = FileStore(settings.data_path / "files")
    for digest, member in read_files(path):
        store.take_in(digest, _blocks(member))


def _blocks(member: IO[bytes]) -> Iterator[bytes]:
    while block := member.read(BLOCK):
        yield block


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
