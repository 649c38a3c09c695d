"""A database whose own clock can be set: what it is asked for the time is put in front of the real one."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.pool import Pool

SetClock = Callable[[float], Awaitable[None]]
"""By so many hours ahead of the real time; 0 puts it right."""

PUT_IN_FRONT = """
    CREATE SCHEMA set_clock;
    CREATE TABLE set_clock.ahead (hours float8 NOT NULL);
    INSERT INTO set_clock.ahead VALUES (0);
    CREATE FUNCTION set_clock.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql AS
        'SELECT pg_catalog.clock_timestamp() + hours * interval ''1 hour'' FROM set_clock.ahead';
"""


@asynccontextmanager
async def settable_clock(url: str) -> AsyncIterator[SetClock]:
    """For connections that are opened from now on."""
    with_clock = _on_sqlite() if url.startswith("sqlite") else _on_postgres(url)
    async with with_clock as set_clock:
        yield set_clock


@asynccontextmanager
async def _on_postgres(url: str) -> AsyncIterator[SetClock]:
    connection = await asyncpg.connect(url)
    name = url.rsplit("/", 1)[1]
    await connection.execute(PUT_IN_FRONT)
    await connection.execute(f'ALTER DATABASE "{name}" SET search_path = set_clock, pg_catalog, public')

    async def set_clock(hours: float) -> None:
        await connection.execute("UPDATE set_clock.ahead SET hours = $1", hours)

    try:
        yield set_clock
    finally:
        await connection.execute(f'ALTER DATABASE "{name}" RESET search_path')
        await connection.execute("DROP SCHEMA set_clock CASCADE")
        await connection.close()


@asynccontextmanager
async def _on_sqlite() -> AsyncIterator[SetClock]:
    """Of every SQLite connection of this process."""
    ahead = timedelta()

    def put_in_front(connection: sqlite3.Connection, *_: Any) -> None:
        connection.create_function(
            "strftime", 2, lambda form, at: (datetime.now(UTC) + ahead).isoformat(timespec="milliseconds")[:23]
        )

    async def set_clock(hours: float) -> None:
        nonlocal ahead
        ahead = timedelta(hours=hours)

    event.listen(Pool, "connect", put_in_front)
    try:
        yield set_clock
    finally:
        event.remove(Pool, "connect", put_in_front)
