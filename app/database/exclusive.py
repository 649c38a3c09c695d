"""The whole database at one moment, and the whole database to oneself: for backup and restore, never for serving."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.errors import Conflict, Invalid

T = TypeVar("T")
MIGRATION_LOCK = 7237462
"""Whoever migrates or restores a PostgreSQL database holds this advisory lock meanwhile."""


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def in_snapshot(url: str, do: Callable[[Connection], T]) -> T:
    """Call with a connection that sees the database as it is now, however long that takes, and holds up nobody."""
    path = sqlite_path(url)
    if path is None:
        return asyncio.run(_on_postgres(url, do, isolation_level="REPEATABLE READ", postgresql_readonly=True))
    if not path.exists():
        raise Invalid(f"There is no database at {path}.")
    return _on_sqlite(path, do, "BEGIN")


def on_new_sqlite(path: Path, do: Callable[[Connection], T]) -> T:
    """Make a SQLite file in one transaction; it is on the disk when this returns."""
    return _on_sqlite(path, do, "BEGIN IMMEDIATE")


def alone_on_postgres(url: str, do: Callable[[Connection], T]) -> T:
    """Call with the only connection to a database, in one transaction. Raises Conflict while anybody else is connected."""

    def check_first(connection: Connection) -> T:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        others = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        ).scalar_one()
        if others:
            raise Conflict(f"{others} others are connected to the database. Stop every node and worker first.")
        return do(connection)

    return asyncio.run(_on_postgres(url, check_first))


def close_sqlite(path: Path) -> None:
    """Bring a SQLite database into its one file, without -wal and -shm. Raises Conflict while a server has it open."""
    with sqlite3.connect(path, timeout=0.2) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            raise Conflict(f"A server is using {path}. Stop it first.") from error
    connection.close()
    if mode != ("delete",):
        raise Conflict(f"A server is using {path}. Stop it first.")


def _on_sqlite(path: Path, do: Callable[[Connection], T], begin: str) -> T:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"isolation_level": None, "timeout": 30.0})

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql(begin)

    with engine.begin() as connection:
        return do(connection)


async def _on_postgres(url: str, do: Callable[[Connection], T], **options: Any) -> T:
    address = url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+asyncpg://", 1)
    no_cache = {"prepared_statement_cache_size": 0, "statement_cache_size": 0}  # the schema changes under the statements
    engine = create_async_engine(address, poolclass=NullPool, connect_args=no_cache)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**options)
            async with connection.begin():
                return await connection.run_sync(do)
    finally:
        await engine.dispose()
