"""Check for a database in use: its secret key must not be replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models import Agent, Contact, Inbox

INHABITANTS = (Agent, Inbox, Contact)


def holds_data(url: str) -> bool:
    """Return whether the database at `url` has agents, inboxes or contacts. Blocking; may be called while a loop runs."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        if not path.exists() or not path.stat().st_size:
            return False
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            return _is_inhabited(connection)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_on_postgres(url, _is_inhabited))).result()


def _is_inhabited(connection: Connection) -> bool:
    there = set(inspect(connection).get_table_names())
    return any(
        connection.execute(select(text("1")).select_from(model.__table__).limit(1)).first()
        for model in INHABITANTS
        if model.__tablename__ in there
    )


async def _on_postgres(url: str, ask: Callable[[Connection], bool]) -> bool:
    address = url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(address, poolclass=NullPool, connect_args={"timeout": 10})
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(ask)
    finally:
        await engine.dispose()
