"""Domain tests run on a furnished house, once over SQLite and once over PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest

from models import Base
from realtime.gateway import Gateway
from tests.app.asking import Doors
from tests.factories import House, open_house
from tests.servers.databases import PostgresDatabases

SEEDED = {"statuses", "sequences"}
TABLES = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name not in SEEDED]
EMPTY = ";".join(
    [
        "CREATE TABLE IF NOT EXISTS shipped_statuses AS SELECT * FROM statuses",
        *(f"DELETE FROM {name}" for name in TABLES),
        "DELETE FROM statuses",
        "INSERT INTO statuses SELECT * FROM shipped_statuses",
        "UPDATE sequences SET value = 0 WHERE name <> 'epoch'",
    ]
)


@pytest.fixture(scope="session")
def kept_postgres_database_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """One database for all tests of a worker: making one takes half a second, emptying it ten milliseconds."""
    url = postgres_databases.create()
    yield url
    postgres_databases.drop(url)


@pytest.fixture
def postgres_database_url(kept_postgres_database_url: str) -> str:
    """The worker's database as it was when it was migrated."""

    async def empty() -> None:
        connection = await asyncpg.connect(kept_postgres_database_url)
        try:
            await connection.execute(EMPTY)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:  # a loop of its own: the test's may be running
        thread.submit(asyncio.run, empty()).result()
    return kept_postgres_database_url


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    """Furnished, on a fresh database of each kind."""
    async with open_house(database_url) as house:
        yield house


@pytest.fixture
def gateway(house: House) -> Gateway:
    """Where both doors bring their commands."""
    return Doors(house).gateway
