"""PostgreSQL is gone and nobody said so: connections that never answer again are given up, and new ones serve."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from typing import ClassVar
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import select, text

from app.database.postgres import PostgresDatabase
from app.errors import Unavailable
from app.work import Silence, Works
from models import Agent
from tests.faults.proxy import Proxy
from tests.servers.postgres import PostgresServer

SILENCE_SECONDS = 2.0
"""Much longer than a server that does answer may take on a machine with much else to do."""


async def test_a_connection_that_never_answers_is_given_up(postgres_database_url: str) -> None:
    port = urlsplit(postgres_database_url).port
    assert port
    wire = await Proxy(port).start()
    database = PostgresDatabase(postgres_database_url.replace(f":{port}", f":{wire.port}"), silence_seconds=SILENCE_SECONDS)

    async def ask() -> None:
        async with database.begin(lambda: None) as rows:
            await rows.all(select(Agent.id))

    try:
        await asyncio.gather(*(ask() for _ in range(3)))
        wire.deafen()
        for lost in await asyncio.gather(*(asyncio.wait_for(ask(), 20) for _ in range(3)), return_exceptions=True):
            assert isinstance(lost, OSError), "what a Work answers as unavailable"
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(ask() for _ in range(3)))
        assert asyncio.get_running_loop().time() - began < 5
    finally:
        await database.close()
        await wire.stop()


class Look:
    """A batch that writes nothing."""

    def on_sqlite(self, connection: sqlite3.Connection) -> None:
        raise AssertionError("this is PostgreSQL")

    async def on_postgres(self, connection: asyncpg.Connection) -> None:
        await connection.execute("SELECT 1")


async def test_a_batch_that_is_never_answered_takes_its_connection_along(postgres_database_url: str) -> None:
    port = urlsplit(postgres_database_url).port
    assert port
    wire = await Proxy(port).start()
    database = PostgresDatabase(postgres_database_url.replace(f":{port}", f":{wire.port}"), silence_seconds=SILENCE_SECONDS)
    try:
        await database.write_batch(Look(), lambda: None)
        wire.deafen()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(database.write_batch(Look(), lambda: None), 20)
        told: list[str] = []
        await database.write_batch(Look(), lambda: told.append("written"))
        assert told == ["written"], "by a connection of its own: the other was the only one in the pool"
    finally:
        await database.close()
        await wire.stop()


async def test_batches_keep_a_connection_and_get_another_when_it_was_closed(own_postgres: PostgresServer) -> None:
    class Ask(Look):
        seen: ClassVar[list[int]] = []

        async def on_postgres(self, connection: asyncpg.Connection) -> None:
            self.seen.append(await connection.fetchval("SELECT pg_backend_pid()"))

    database = PostgresDatabase(own_postgres.url())
    try:
        for _ in range(2):
            await database.write_batch(Ask(), lambda: None)
        other = await asyncpg.connect(own_postgres.url())
        await other.execute("SELECT pg_terminate_backend($1)", Ask.seen[0])
        while await other.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", Ask.seen[0]):
            await asyncio.sleep(0.02)
        await other.close()
        with contextlib.suppress(asyncpg.PostgresError, OSError):
            await database.write_batch(Ask(), lambda: None)  # whether the end was heard of already
        await database.write_batch(Ask(), lambda: None)
    finally:
        await database.close()
    assert Ask.seen[0] == Ask.seen[1] != Ask.seen[-1]


async def test_who_reads_while_postgres_is_dead_is_told_that_it_is_unavailable(own_postgres: PostgresServer) -> None:
    """Whatever a reader meets, from a statement cut short to a server that is just starting."""
    database = PostgresDatabase(own_postgres.url(), silence_seconds=2, pool_seconds=2)
    works = Works(database, Silence())
    found: Counter[str] = Counter()

    async def read() -> None:
        async with works.read() as rows:
            await rows.all(text("SELECT pg_sleep(0.02)"))

    async def keep_reading(until: asyncio.Event) -> None:
        while not until.is_set():
            try:
                await read()
            except Unavailable:
                found["unavailable"] += 1
                await asyncio.sleep(0.02)
            else:
                found["read"] += 1

    enough = asyncio.Event()
    readers = [asyncio.create_task(keep_reading(enough)) for _ in range(8)]
    try:
        for _ in range(2):
            await settled(lambda: found["read"] >= 20, readers)
            await asyncio.to_thread(own_postgres.kill)
            await settled(lambda: found["unavailable"] >= 8, readers)
            await asyncio.to_thread(own_postgres.start)
            found.clear()
        await settled(lambda: found["read"] >= 20, readers)
    finally:
        enough.set()
        await asyncio.gather(*readers)
        await database.close()


async def settled(is_so: Callable[[], bool], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait until it is so, or one of them has failed."""
    async with asyncio.timeout(60):
        while not is_so():
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.02)


async def test_a_server_that_does_not_answer_the_door_is_not_waited_for(postgres_database_url: str) -> None:
    port = urlsplit(postgres_database_url).port
    assert port
    wire = await Proxy(port).start()
    wire.hold()
    database = PostgresDatabase(postgres_database_url.replace(f":{port}", f":{wire.port}"), silence_seconds=SILENCE_SECONDS)
    try:
        began = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            async with database.read() as rows:
                await asyncio.wait_for(rows.all(select(Agent.id)), 20)
        assert asyncio.get_running_loop().time() - began < 10
    finally:
        wire.release()
        await database.close()
        await wire.stop()
