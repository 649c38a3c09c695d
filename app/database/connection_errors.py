"""Why a database cannot be used, as a sentence with what to do next."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from socket import gaierror

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.database.damage import is_damage
from app.errors import ParleyError, StorageFull, Unavailable

SETTING = "PARLEY_DATABASE_URL"
_SQLITE = {
    sqlite3.SQLITE_CANTOPEN: "{file} cannot be opened. Check that its folder exists and that this user may write there.",
    sqlite3.SQLITE_READONLY: "{file} cannot be written. Give this user the right to write it and its folder.",
    sqlite3.SQLITE_PERM: "{file} cannot be written. Give this user the right to write it and its folder.",
    sqlite3.SQLITE_BUSY: "Another program holds {file}. Stop it first.",
    sqlite3.SQLITE_FULL: "The disk of {file} is full. Make room.",
    sqlite3.SQLITE_IOERR: "The disk of {file} fails to read or write. Check the disk and its mount.",
    sqlite3.SQLITE_NOTADB: "{file} is not a SQLite database. Move it away, or set PARLEY_DATABASE_URL or PARLEY_DATA_DIR to another place.",
    sqlite3.SQLITE_CORRUPT: (
        "{file} is damaged. Stop Parley, keep a copy of the file, then bring back the newest backup: parley restore FILE --replace"
    ),
}


def explain_failure(error: BaseException, url: str) -> str | None:
    """Return why the database at `url` refused, and what to do; None when it is no failure of a database."""
    for cause in _causes(error):
        if isinstance(cause, ArgumentError):
            return f"{SETTING} cannot be read. It looks like postgresql://user:password@host:5432/name."
        if isinstance(cause, sqlite3.Error):
            return _explain_sqlite(cause, url)
        if is_damage(cause):
            return (
                f"PostgreSQL says that its data is damaged: {cause}. Bring back the newest backup: parley restore FILE --replace"
            )
        if isinstance(cause, asyncpg.PostgresError | asyncpg.InterfaceError):
            return _explain_postgres(cause, url)
        if isinstance(cause, OSError) and url.startswith("postgres"):
            return _explain_network(cause, url)
    return None


def refusal_for(error: BaseException) -> ParleyError | None:
    """Return the refusal that people read when a disk is full or the database is damaged; None for any other error."""
    for cause in _causes(error):
        if is_damage(cause):
            return Unavailable("Part of the database is damaged. Ask your administrator to restore a backup.")
        code, number = getattr(cause, "sqlite_errorcode", None), getattr(cause, "errno", None)
        is_full = code is not None and code & 0xFF == sqlite3.SQLITE_FULL
        if is_full or number in (errno.ENOSPC, errno.EDQUOT) or isinstance(cause, asyncpg.DiskFullError):
            return StorageFull()
    return None


def _explain_sqlite(error: sqlite3.Error, url: str) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    sentence = _SQLITE.get(code & 0xFF) if code is not None else None
    return (sentence or "{file} cannot be used: " + str(error) + ".").format(file=url.removeprefix("sqlite:///"))


def _explain_postgres(error: BaseException, url: str) -> str:
    place = _place_of(url)
    match error:
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            return f"PostgreSQL at {place} does not let this user in. Check user and password in {SETTING}."
        case asyncpg.InvalidCatalogNameError():
            return f"PostgreSQL at {place} has no such database. Create it (createdb), or correct the name in {SETTING}."
        case asyncpg.InsufficientPrivilegeError():
            return f"PostgreSQL at {place} refuses: {error}. Make this user the owner of the database."
        case asyncpg.CannotConnectNowError() | asyncpg.TooManyConnectionsError():
            return f"PostgreSQL at {place} takes no connection now: {error}. Try again in a moment."
        case _:
            return f"PostgreSQL at {place} refuses: {error}"


def _explain_network(error: OSError, url: str) -> str:
    place = _place_of(url)
    if isinstance(error, gaierror):
        return f"There is no host of the name in {SETTING}: {place}. Correct it, or check the name server."
    if isinstance(error, TimeoutError):
        return f"PostgreSQL at {place} does not answer. Check address and firewall, or correct {SETTING}."
    return f"Nothing answers at {place}. Start PostgreSQL, or correct {SETTING}."


def _place_of(url: str) -> str:
    parts = make_url(url)
    return f"{parts.host or 'localhost'}:{parts.port or 5432}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Return the error, what its driver said, and what raised it, the innermost first where a wrapper is known."""
    seen: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and now not in seen:
        seen.append(now)
        if isinstance(now, BaseExceptionGroup) and now.exceptions:
            now = now.exceptions[0]
        elif isinstance(now, DBAPIError) and now.orig is not None:
            now = now.orig
        else:
            now = now.__cause__
    yield from seen
