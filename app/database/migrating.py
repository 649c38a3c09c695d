"""Bringing a database up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

import models.migrations
from app.database.exclusive import MIGRATION_LOCK


def migrate(url: str) -> None:
    """Run every step the database has not had. Two nodes that start together are kept apart by the database's own lock."""
    _with_connection(url, lambda connection: upgrade(connection, "head"))


def is_migrated(url: str) -> bool:
    """Whether the database has had every step this code knows."""
    found: list[str | None] = []

    def look(connection: Connection) -> None:
        found.append(stands_at(connection))

    _with_connection(url, look)
    return found == [newest_revision()]


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def knows_revision(revision: str) -> bool:
    """Whether this code has a step of that name."""
    return revision in steps()


def steps() -> list[str]:
    """Every step this code knows, the first one first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(models.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection, to: str) -> None:
    """Run the steps up to a revision, or to "head", in the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def stands_at(connection: Connection) -> str | None:
    """The last step this database has had."""
    return MigrationContext.configure(connection).get_current_revision()


def _with_connection(url: str, do: Callable[[Connection], None]) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
        with engine.begin() as connection:
            do(connection)
        engine.dispose()
    else:
        asyncio.run(_on_postgres(url, do))


async def _on_postgres(url: str, do: Callable[[Connection], None]) -> None:
    engine = create_async_engine(
        url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+asyncpg://", 1)
    )
    async with engine.begin() as connection:
        await connection.run_sync(do)
    await engine.dispose()
