"""A database that was closed keeps no connection, whatever was under way: PostgreSQL counts none any more."""

from __future__ import annotations

import asyncio
import gc

import asyncpg
import pytest
from sqlalchemy import text

from app.database.postgres import PostgresDatabase
from app.database.rows import Batch
from app.errors import Unavailable

HELD = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Slow(Batch):
    """Written by waiting."""

    def on_sqlite(self, connection: object) -> None:
        raise NotImplementedError

    async def on_postgres(self, connection: asyncpg.Connection) -> None:
        await connection.execute("SELECT pg_sleep(20)")


async def connections_to(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        for _ in range(100):
            if not await connection.fetchval(HELD):
                break
            await asyncio.sleep(0.05)
        return int(await connection.fetchval(HELD))
    finally:
        await connection.close()


async def read_slowly(database: PostgresDatabase) -> None:
    async with database.read() as rows:
        await rows.execute(text("SELECT pg_sleep(20)"))


async def hold(database: PostgresDatabase, is_held: asyncio.Event, may_end: asyncio.Event) -> None:
    async with database.read() as rows:
        await rows.execute(text("SELECT 1"))
        is_held.set()
        await may_end.wait()


@pytest.mark.parametrize("how", ["reading", "writing", "coming"])
async def test_who_was_given_up_the_moment_it_was_closed_leaves_no_connection(postgres_database_url: str, how: str) -> None:
    database = PostgresDatabase(postgres_database_url)
    doing = asyncio.create_task(database.write_batch(Slow(), lambda: None) if how == "writing" else read_slowly(database))
    await asyncio.sleep(0 if how == "coming" else 0.3)
    doing.cancel()
    await asyncio.sleep(0)
    await database.close()
    await asyncio.wait([doing])
    assert await connections_to(postgres_database_url) == 0
    gc.collect()  # a connection nobody closed would say so, and fail the test


async def test_what_comes_back_after_it_was_closed_is_closed(postgres_database_url: str) -> None:
    database = PostgresDatabase(postgres_database_url)
    is_held, may_end = asyncio.Event(), asyncio.Event()
    holding = asyncio.create_task(hold(database, is_held, may_end))
    await is_held.wait()
    await database.close()
    may_end.set()
    await holding
    assert await connections_to(postgres_database_url) == 0


async def test_nobody_connects_after_it_was_closed(postgres_database_url: str) -> None:
    database = PostgresDatabase(postgres_database_url)
    await database.close()
    with pytest.raises(Unavailable):
        await read_slowly(database)
    assert await connections_to(postgres_database_url) == 0
