"""What the migration of a next version may do to the schema, all of it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

NEXT = "9999"


def grow(connection: Connection) -> None:
    """New columns everywhere, empty or with a default, an index, a table that points at old ones; and its number."""
    for table in inspect(connection).get_table_names():
        if table != "alembic_version":
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN next_note VARCHAR(200)"))
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN next_count INTEGER NOT NULL DEFAULT 0"))
    connection.execute(text("CREATE INDEX ix_next ON messages (author_name)"))
    connection.execute(text("CREATE TABLE next_things (id UUID PRIMARY KEY, message_id UUID REFERENCES messages)"))
    connection.execute(text(f"UPDATE alembic_version SET version_num = '{NEXT}'"))


def on_postgres(url: str, do: Callable[[Connection], None]) -> None:
    """In one transaction."""

    async def run() -> None:
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
        async with engine.begin() as connection:
            await connection.run_sync(do)
        await engine.dispose()

    asyncio.run(run())
