"""PostgreSQL: short transactions from a pool. Rows to be changed are locked with SELECT ... FOR UPDATE."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.engine import Result
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app.database.rows import Rows, Transaction


class _PostgresRows(Rows):
    dialect = "postgresql"

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        return await self._session.execute(statement, parameters, execution_options={"populate_existing": True})


class _PostgresTransaction(_PostgresRows, Transaction):
    pass


class PostgresDatabase:
    """Any number of processes on one server."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=10,
            max_overflow=10,
            pool_timeout=10,
            query_cache_size=1500,
        )

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Rows]:
        async with AsyncSession(self._engine, autoflush=False, expire_on_commit=False) as session:
            yield _PostgresRows(session)

    @contextlib.asynccontextmanager
    async def begin(self, after_commit: Callable[[], None]) -> AsyncIterator[Transaction]:
        async with AsyncSession(self._engine, autoflush=False, expire_on_commit=False) as session:
            yield _PostgresTransaction(session)
            await asyncio.shield(_commit(session, after_commit))

    async def close(self) -> None:
        await self._engine.dispose()


async def _commit(session: AsyncSession, after_commit: Callable[[], None]) -> None:
    await session.commit()
    after_commit()
