"""PostgreSQL: short transactions from a pool. Rows to be changed are locked with SELECT ... FOR UPDATE."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, NamedTuple, TypeVar, cast

import asyncpg
from sqlalchemy import Executable, event
from sqlalchemy.engine import Result
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from app.database.damage import Damage
from app.database.prepared import Prepared, bare
from app.database.rows import Batch, Rows, Transaction
from app.errors import Unavailable
from models import Base

B = TypeVar("B", bound=Base)

SILENCE_SECONDS = 10.0
"""A statement without an answer for so long, and its connection is given up: a server that died without a word, or a
network that swallows, says nothing for a quarter of an hour."""


class _PostgresRows(Rows):
    dialect = "postgresql"

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        return await self._session.execute(statement, parameters, execution_options={"populate_existing": True})

    async def _run_prepared(self, prepared: Prepared[Any], values: Mapping[str, Any]) -> list[Any]:
        connection = await self._session.connection()
        result = await connection.execute(prepared.statement, values)
        if not result.returns_rows:
            return []
        if prepared.entity is None:
            return [tuple(row) for row in result]
        names = result.keys()
        return [bare(prepared.entity, dict(zip(names, row, strict=True))) for row in result]


class _PostgresTransaction(_PostgresRows, Transaction):
    pass


class _Line(NamedTuple):
    """A connection that batches are written over, taken from the pool for good: taking one costs as much as a batch does."""

    connection: AsyncConnection
    driver: asyncpg.Connection


class PostgresDatabase:
    """Any number of processes on one server."""

    dialect = "postgresql"

    def __init__(self, url: str, silence_seconds: float = SILENCE_SECONDS, pool_seconds: float = 10) -> None:
        """Waits `silence_seconds` for a server that says nothing, `pool_seconds` for a connection when all are in use."""
        self._engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            connect_args={"timeout": silence_seconds, "command_timeout": silence_seconds},
            pool_size=10,
            max_overflow=10,
            pool_timeout=pool_seconds,
            query_cache_size=1500,
        )
        self.damage = Damage()
        self.damage.watch(self._engine.sync_engine)
        self._line: _Line | None = None
        self._is_closed = False
        event.listen(self._engine.sync_engine, "do_connect", self._on_connecting)
        event.listen(self._engine.sync_engine, "checkin", self._on_return)
        # A page of messages and the figure that says how far it goes must be of one moment, or a message between them is skipped.
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ")

    async def look_for_damage(self) -> None:
        """Leave it to PostgreSQL, which checks each page it reads."""

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncGenerator[Rows]:
        async with AsyncSession(self._reading, autoflush=False, expire_on_commit=False) as session:
            yield _PostgresRows(session)

    @contextlib.asynccontextmanager
    async def begin(self, after_commit: Callable[[], None]) -> AsyncGenerator[Transaction]:
        async with AsyncSession(self._engine, autoflush=False, expire_on_commit=False) as session:
            yield _PostgresTransaction(session)
            committing = asyncio.ensure_future(_commit(session, after_commit))
            try:
                await asyncio.shield(committing)
            except asyncio.CancelledError:
                await asyncio.wait([committing])  # the session may not be closed under a commit
                raise

    async def write_batch(self, batch: Batch, after_commit: Callable[[], None]) -> None:
        line = await self._take_line()
        try:
            await batch.on_postgres(line.driver)
        except asyncpg.PostgresError:
            raise  # the server has answered, and will again
        except BaseException:
            await line.connection.invalidate()  # nobody knows what is still under way on it: the pool must not give it out
            raise
        else:
            after_commit()
        finally:
            if self._line is None and not line.connection.invalidated:
                self._line = line
            else:
                await line.connection.close()

    async def _take_line(self) -> _Line:
        """The one kept from the last batch, or a new one: it was closed meanwhile, or another batch is under way."""
        line, self._line = self._line, None
        if line is not None and not line.driver.is_closed():
            return line
        if line is not None:
            await line.connection.invalidate()
            await line.connection.close()
        connection = await self._engine.connect()
        pooled = await connection.get_raw_connection()
        return _Line(connection, cast(asyncpg.Connection, pooled.driver_connection))

    async def close(self) -> None:
        """Close all connections; those still in use, by a task that was cancelled a moment ago for example, when they come back."""
        self._is_closed = True
        if self._line is not None:
            await self._line.connection.close()
        await self._engine.dispose()

    def _on_connecting(self, *_: Any) -> None:
        if self._is_closed:
            raise Unavailable("The server is stopping. Try again in a moment.")

    def _on_return(self, connection: Any, _: Any) -> None:
        if self._is_closed and connection is not None:
            connection.driver_connection.terminate()  # the pool it came from is gone, and nobody else would


async def _commit(session: AsyncSession, after_commit: Callable[[], None]) -> None:
    await session.commit()
    after_commit()
