"""PostgreSQL is gone and nobody said so: connections that never answer again are given up, and new ones serve."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.database.postgres import PostgresDatabase
from models import Agent
from tests.faults.proxy import Proxy


async def test_a_connection_that_never_answers_is_given_up(postgres_database_url: str) -> None:
    port = urlsplit(postgres_database_url).port
    assert port
    wire = await Proxy(port).start()
    database = PostgresDatabase(postgres_database_url.replace(f":{port}", f":{wire.port}"), silence_seconds=0.5)

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


async def test_a_server_that_does_not_answer_the_door_is_not_waited_for(postgres_database_url: str) -> None:
    port = urlsplit(postgres_database_url).port
    assert port
    wire = await Proxy(port).start()
    wire.hold()
    database = PostgresDatabase(postgres_database_url.replace(f":{port}", f":{wire.port}"), silence_seconds=0.5)
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
