"""SQLite in this process: one writer that commits in groups, readers beside it.

Statements run on the event loop, where one takes tens of microseconds from the page cache (a hop to a thread costs
more than the statement); only COMMIT, which waits for the disk, goes to a thread. Whoever asks to write takes a turn
in arrival order inside a savepoint of the open transaction; the committer queues for a turn like everybody else, so
one fsync serves all who were ahead of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, create_engine, event
from sqlalchemy.engine import Result, RootTransaction
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from app.database.folding import Folding
from app.database.prepared import Prepared
from app.database.rows import Batch, Rows, Transaction
from models import Base

B = TypeVar("B", bound=Base)

PAGE_CACHE_KIB = 64 * 1024


class _SqliteRows(Rows):
    dialect = "sqlite"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: sqlite3.Connection = connection.connection.dbapi_connection  # pyright: ignore[reportAttributeAccessIssue]
        self._session: Session | None = None

    async def execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        if self._session is None:
            self._session = Session(
                self._connection, autoflush=False, expire_on_commit=False, join_transaction_mode="rollback_only"
            )
        return self._session.execute(statement, parameters, execution_options={"populate_existing": True})

    async def _run_prepared(self, prepared: Prepared[B], values: Mapping[str, Any]) -> list[B]:
        compiled = prepared.compiled(self._connection.dialect)
        try:
            found = self._driver.execute(compiled.sql, compiled.values(values)).fetchall()
        except sqlite3.IntegrityError as error:
            raise IntegrityError(compiled.sql, None, error) from error
        except sqlite3.Error as error:
            raise OperationalError(compiled.sql, None, error) from error
        return [compiled.instance(row) for row in found]

    def close(self) -> None:
        if self._session is not None:
            self._session.close()


class _SqliteTransaction(_SqliteRows, Transaction):
    pass


class SqliteDatabase:
    """One file, one process. A second process writing to it is refused at start by `open_database`."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._read_engine = _engine(path, "BEGIN", read_only=True)
        self._write_engine = _engine(path, "BEGIN IMMEDIATE", read_only=False)
        self._writer = self._write_engine.connect()
        self._folding = Folding(path)
        self._group: RootTransaction | None = None
        self._turn = asyncio.Lock()
        self._finished: list[tuple[asyncio.Future[None], Callable[[], None]]] = []
        self._has_finished = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "parley-commit")
        self._committer: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncGenerator[Rows]:
        with self._read_engine.connect() as connection, connection.begin():
            rows = _SqliteRows(connection)
            try:
                yield rows
            finally:
                rows.close()

    @contextlib.asynccontextmanager
    async def begin(self, after_commit: Callable[[], None]) -> AsyncGenerator[Transaction]:
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_groups(), name="sqlite-committer")
        async with self._turn:
            if self._group is None:
                self._group = self._writer.begin()
            safe = asyncio.get_running_loop().create_future()
            transaction = _SqliteTransaction(self._writer)
            driver: sqlite3.Connection = self._writer.connection.dbapi_connection  # pyright: ignore[reportAssignmentType]
            driver.execute("SAVEPOINT work")
            try:
                yield transaction
            except BaseException:
                self._undo(driver)
                raise
            finally:
                transaction.close()
            driver.execute("RELEASE work")
            self._finished.append((safe, after_commit))
            self._has_finished.set()
        await asyncio.shield(safe)

    async def write_at_once(self, batch: Batch, after_commit: Callable[[], None]) -> None:
        async with self.begin(after_commit):
            batch.on_sqlite(self._writer.connection.dbapi_connection)  # pyright: ignore[reportArgumentType]

    def _undo(self, driver: sqlite3.Connection) -> None:
        """Undo one work. When the disk is full or fails, SQLite has undone its whole group: then every writer hears of it."""
        if driver.in_transaction:
            driver.execute("ROLLBACK TO work")
            driver.execute("RELEASE work")
            return
        group, self._group = self._group, None
        finished, self._finished = self._finished, []
        if group is not None:
            group.rollback()
        for safe, _ in finished:
            if not safe.done():
                safe.set_exception(OperationalError("COMMIT", None, sqlite3.OperationalError("undone with its group")))

    async def _commit_groups(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._has_finished.wait()
            async with self._turn:
                self._has_finished.clear()
                group, self._group = self._group, None
                finished, self._finished = self._finished, []
                failure: BaseException | None = None
                if group is not None:
                    try:
                        await loop.run_in_executor(self._thread, group.commit)
                    except Exception as error:  # noqa: BLE001 - disk full, I/O: every writer of the group must hear of it
                        failure = error
                        with contextlib.suppress(Exception):
                            group.rollback()
                for safe, after_commit in finished:
                    if failure is None:
                        after_commit()
                    if safe.done():
                        continue
                    if failure is None:
                        safe.set_result(None)
                    else:
                        safe.set_exception(failure)
                if self._folding.is_log_large:
                    await self._folding.finish()
            self._folding.begin_when_due()

    async def close(self) -> None:
        async with self._turn:
            pass
        if self._finished:
            await asyncio.wait([safe for safe, _ in self._finished])
        if self._committer:
            self._committer.cancel()
            await asyncio.gather(self._committer, return_exceptions=True)
        self._thread.shutdown()
        await self._folding.close()
        self._writer.close()
        self._write_engine.dispose()
        self._read_engine.dispose()


def _engine(path: Path, begin: str, *, read_only: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 5.0, "cached_statements": 512},
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=64,
        query_cache_size=1500,
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, record: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "wal_autocheckpoint=0",
            "foreign_keys=ON",
            f"cache_size=-{PAGE_CACHE_KIB}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql(begin)

    return engine
