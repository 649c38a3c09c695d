"""Damage to the database's file: looked for at the start and by doctor, and remembered when a statement meets it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import structlog
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext

log = structlog.get_logger("database")

DAMAGED = "the database is damaged"
"""As `/health/ready` names it."""
_DAMAGE_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_DAMAGE_STATES = {"XX001", "XX002"}
"""PostgreSQL: data_corrupted, index_corrupted."""


class Damage:
    """Record of whether this database has been found damaged."""

    def __init__(self) -> None:
        self.is_found = False

    def note(self, error: BaseException | None) -> None:
        """Remember an error that means damage; any other is no business of this."""
        if not self.is_found and is_damage(error):
            self.is_found = True
            log.error("the database is damaged; see docs/operations.md, Troubleshooting", error=str(error)[:200])

    def watch(self, engine: Engine) -> None:
        """Note what the engine's statements meet."""

        @event.listens_for(engine, "handle_error")
        def heed(context: ExceptionContext) -> None:  # pyright: ignore[reportUnusedFunction]
            self.note(context.original_exception)

    async def look(self, path: Path) -> None:
        """Read the whole file once, beside everything else."""
        try:
            await asyncio.to_thread(quick_check, path)
        except sqlite3.DatabaseError as error:
            self.note(error)


def is_damage(error: BaseException | None) -> bool:
    """Return whether a driver's error says that rows or pages are not what they should be."""
    code = getattr(error, "sqlite_errorcode", None)
    return (code is not None and code & 0xFF in _DAMAGE_CODES) or getattr(error, "sqlstate", None) in _DAMAGE_STATES


def find_damage(url: str) -> str | None:
    """Return a sentence when the SQLite file at `url` is damaged. PostgreSQL checks its own pages. Blocking."""
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.exists():
        return None
    try:
        quick_check(path)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return f"{path} is damaged ({str(error).splitlines()[-1]}). Stop Parley, keep a copy of the file, restore the newest backup"
        raise
    return None


def quick_check(path: Path) -> None:
    """Check every page of a SQLite file. Raises sqlite3.DatabaseError for one that is damaged. Blocking."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error
