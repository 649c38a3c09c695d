"""Whoever writes may be given up while the disk is at it: what they wrote stands and is told, and nobody comes in between."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from app.database.sqlite import SqliteDatabase
from models import Sequence
from tests.servers.databases import SqliteFiles


class Mark:
    """A batch that leaves a mark."""

    def __init__(self, name: str) -> None:
        self.name = name

    def on_sqlite(self, connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO sequences (name, value) VALUES (?, 1)", (self.name,))

    async def on_postgres(self, connection: object) -> None:
        raise AssertionError("this is SQLite")


class Disk:
    """The thread that commits, held up until it is let go."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._may_go = threading.Event()
        self._held = database._hand.order(self._may_go.wait)  # pyright: ignore[reportPrivateUsage]

    async def go(self) -> None:
        self._may_go.set()
        await self._held


@pytest.fixture
async def database(sqlite_files: SqliteFiles, tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    path = tmp_path / "parley.db"
    sqlite_files.copy_to(path)
    database = SqliteDatabase(path)
    yield database
    await database.close()


@pytest.fixture
async def disk(database: SqliteDatabase) -> AsyncIterator[Disk]:
    """Held up; let go in the end, or the database would never close."""
    disk = Disk(database)
    yield disk
    await disk.go()


async def marks(database: SqliteDatabase) -> set[str]:
    async with database.read() as rows:
        return {*await rows.all(select(Sequence.name))}


async def given_up_at_the_disk(database: SqliteDatabase, told: Callable[[], None]) -> asyncio.Task[None]:
    """A batch on its own whose caller is cancelled while it is being committed."""
    writing = asyncio.create_task(database.write_batch(Mark("given up"), told))
    while not database._driver.in_transaction:  # pyright: ignore[reportPrivateUsage]
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.sleep(0)
    return writing


async def test_what_somebody_who_was_given_up_has_written_is_told_once_it_is_safe(database: SqliteDatabase, disk: Disk) -> None:
    told: list[str] = []
    writing = await given_up_at_the_disk(database, lambda: told.append("given up"))
    assert told == []
    await disk.go()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert told == ["given up"]
    assert "given up" in await marks(database)


async def test_nobody_writes_under_the_commit_of_somebody_who_was_given_up(database: SqliteDatabase, disk: Disk) -> None:
    """Half of what they write would be committed with it, and could not be undone."""
    writing = await given_up_at_the_disk(database, lambda: None)
    has_written = asyncio.Event()

    async def write_and_fail() -> None:
        async with database.begin(lambda: None) as transaction:
            await transaction.execute(insert(Sequence).values(name="half", value=1))
            has_written.set()
            await asyncio.wait([writing])
            raise ZeroDivisionError

    failing = asyncio.create_task(write_and_fail())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not has_written.is_set()
    await disk.go()
    with pytest.raises(ZeroDivisionError):
        await failing
    assert await marks(database) >= {"given up"}
    assert "half" not in await marks(database)
