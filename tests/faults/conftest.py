"""Faults: whole clusters that tests may break, each with its own servers where it does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.running import Running
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.wire import Wire


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One node on SQLite that many tests share and none breaks."""
    server = Running(tmp_path_factory.mktemp("quiet"), agent_capacity=1000).start(150)
    yield server
    server.stop()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test's own, to be killed and stopped at will."""
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis of this test's own, to be killed and stopped at will."""
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
async def everybody_leaves() -> AsyncIterator[None]:
    """No line stays open after a test, however it ended."""
    yield
    while Wire.opened:
        await Wire.opened.pop().close()
