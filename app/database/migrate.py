"""Bringing a database up to date."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from time import sleep

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import models.migrations
from app.clock import monotonic
from app.database.exclusive import MIGRATION_LOCK

log = structlog.get_logger("database")

SHORTEST_LOCK_MS, LONGEST_LOCK_MS = 10, 500
"""Less than the second after which PostgreSQL ends one of those who wait for each other: it would be who serves."""
LONGEST_TRYING_SECONDS = 300.0
IN_THE_WAY = {"55P03", "40P01"}
"""A lock was not to be had in time; two waited for each other."""


def migrate(url: str) -> None:
    """Run every step the database has not had. Two nodes that start together are kept apart by the database's own lock.

    A database that a newer version has brought further is left as it is: steps only add, so this version runs on it.

    On PostgreSQL the version before may be serving meanwhile. A step wants tables for itself, and those who serve hold
    some and wait for others. So all tables are asked for at once, before the first step: nearly always there is a moment
    in which nobody holds any. While there is none, it gives way and tries again, a little more insistent each time.
    """
    patience = monotonic() + LONGEST_TRYING_SECONDS
    for attempt in itertools.count():
        try:
            _with_connection(url, partial(_upgrade_giving_way, lock_ms=min(LONGEST_LOCK_MS, SHORTEST_LOCK_MS << attempt)))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in IN_THE_WAY or monotonic() > patience:
                raise
            log.info("migration gave way to those who serve, and tries again")
            sleep(random.uniform(0.02, 0.2))  # noqa: S311 - it only has to differ
        else:
            return


def _upgrade_giving_way(connection: Connection, lock_ms: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        names = inspect(connection).get_table_names()
        if stands_at(connection) in steps()[:-1]:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{lock_ms}ms'")
            names.sort(key=lambda name: name != "conversations")  # where most that is done begins
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
    upgrade(connection, "head")


def is_migrated(url: str) -> bool:
    """Return whether the database has had every step this code knows; a newer version may have taken it further."""
    found: list[str | None] = []

    def look(connection: Connection) -> None:
        found.append(stands_at(connection))

    _with_connection(url, look)
    return found == [newest_revision()] or _is_beyond_us(found[0])


@cache
def newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def knows_revision(revision: str) -> bool:
    """Return whether this code has a step of that name."""
    return revision in steps()


def _is_beyond_us(revision: str | None) -> bool:
    """Return whether the revision is of a newer version: there is one line of steps, and all of ours are known."""
    return revision is not None and not knows_revision(revision)


@cache
def steps() -> list[str]:
    """Every step this code knows, the first one first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(models.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection, to: str) -> None:
    """Run the steps up to a revision, or to "head", in the connection's transaction; none on what a newer version left."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    if _is_beyond_us(stands_at(connection)):
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def stands_at(connection: Connection) -> str | None:
    """The last step this database has had."""
    return MigrationContext.configure(connection).get_current_revision()


def _with_connection(url: str, do: Callable[[Connection], None]) -> None:
    if url.startswith("sqlite:///"):
        _keep_to_owner(Path(url.removeprefix("sqlite:///")))
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            do(connection)
    else:
        asyncio.run(_on_postgres(url, do))


def _keep_to_owner(path: Path) -> None:
    """Make a new file readable by its owner only, and close an old one to the rest of the world. What SQLite writes beside
    it has the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # what is wrong with the place, SQLite says
        if path.exists():
            path.chmod(path.stat().st_mode & 0o770)
        else:
            path.touch(0o600)


async def _on_postgres(url: str, do: Callable[[Connection], None]) -> None:
    engine = create_async_engine(
        url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+asyncpg://", 1)
    )
    async with engine.begin() as connection:
        await connection.run_sync(do)
    await engine.dispose()
