"""SQLite in this process: one writer that commits in groups, readers beside it.

Statements run on the event loop, where one takes tens of microseconds from the page cache (a hop to a thread costs
more than the statement); only COMMIT, which waits for the disk, goes to a thread, and a search. Whoever asks to write takes a turn
in arrival order inside a savepoint of the open transaction; the committer queues for a turn like everybody else, so
one fsync serves all who were ahead of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, create_engine, event
from sqlalchemy.engine import Result
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.selectable import TypedReturnsRows

from app.database.commit_thread import Hand
from app.database.damage import Damage
from app.database.prepared import Prepared
from app.database.rows import Batch, Rows, Transaction
from app.database.wal_checkpoint import Folding
from models import Base

T = TypeVar("T")
B = TypeVar("B", bound=Base)

WRITER_CACHE_KIB = 32 * 1024
READER_CACHE_KIB = 16 * 1024
"""Of each, and there may be dozens for a moment. What a write has changed is dropped from them anyway, and the system keeps the file
in memory that it gives back when it is needed."""


class _SqliteRows(Rows):
    dialect = "sqlite"

    def __init__(self, connection: Connection, damage: Damage) -> None:
        self._connection = connection
        self._damage = damage
        self._driver: sqlite3.Connection = connection.connection.dbapi_connection  # pyright: ignore[reportAttributeAccessIssue]
        self._session: Session | None = None

    async def execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        return self._execute(statement, parameters)

    async def all_in_thread(self, statement: TypedReturnsRows[T]) -> Sequence[T]:
        return await self._beside(lambda: self._execute(statement).scalars().all())

    async def rows_beside(self, statement: TypedReturnsRows[Any]) -> Sequence[Any]:
        return await self._beside(lambda: self._execute(statement).all())

    async def _beside(self, look: Callable[[], Sequence[T]]) -> Sequence[T]:
        looking = asyncio.ensure_future(asyncio.to_thread(look))
        try:
            return await asyncio.shield(looking)
        except asyncio.CancelledError:
            while not looking.done():  # the connection goes to somebody else afterwards
                self._driver.interrupt()
                await asyncio.wait([looking], timeout=0.05)
            looking.exception()
            raise

    def _execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        if self._session is None:
            self._session = Session(
                self._connection, autoflush=False, expire_on_commit=False, join_transaction_mode="rollback_only"
            )
        return self._session.execute(statement, parameters, execution_options={"populate_existing": True})

    async def _run_prepared(self, prepared: Prepared[Any], values: Mapping[str, Any]) -> list[Any]:
        compiled = prepared.compiled(self._connection.dialect)
        try:
            found = self._driver.execute(compiled.sql, compiled.values(values)).fetchall()
        except sqlite3.IntegrityError as error:
            raise IntegrityError(compiled.sql, None, error) from error
        except sqlite3.Error as error:
            self._damage.note(error)
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

    def __init__(self, path: Path, folding: Folding | None = None) -> None:
        self.damage = Damage()
        self._path = path
        self._read_engine = _engine(path, read_only=True)
        self._write_engine = _engine(path, read_only=False)
        self.damage.watch(self._read_engine)
        self.damage.watch(self._write_engine)
        self._writer = self._write_engine.connect()
        self._writer.begin()  # for SQLAlchemy one transaction without end: where it begins and commits is ours to say
        self._driver: sqlite3.Connection = self._writer.connection.dbapi_connection  # pyright: ignore[reportAttributeAccessIssue]
        self._folding = folding or Folding(path)
        self._turn = asyncio.Lock()
        self._finished: list[tuple[asyncio.Future[None], Callable[[], None]]] = []
        self._has_finished = asyncio.Event()
        self._hand = Hand("parley-commit")
        self._committer: asyncio.Task[None] | None = None

    async def look_for_damage(self) -> None:
        await self.damage.look(self._path)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncGenerator[Rows]:
        with self._read_engine.connect() as connection, connection.begin():
            rows = _SqliteRows(connection, self.damage)
            try:
                yield rows
            finally:
                rows.close()

    @contextlib.asynccontextmanager
    async def begin(self, after_commit: Callable[[], None]) -> AsyncGenerator[Transaction]:
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_groups(), name="sqlite-committer")
        async with self._turn:
            if not self._driver.in_transaction:
                self._driver.execute("BEGIN IMMEDIATE")
            safe = asyncio.get_running_loop().create_future()
            transaction = _SqliteTransaction(self._writer, self.damage)
            self._driver.execute("SAVEPOINT work")
            try:
                yield transaction
            except BaseException as error:
                self.damage.note(error)
                self._undo()
                raise
            finally:
                transaction.close()
            self._driver.execute("RELEASE work")
            self._finished.append((safe, after_commit))
            self._has_finished.set()
        await asyncio.shield(safe)

    async def write_batch(self, batch: Batch, after_commit: Callable[[], None]) -> None:
        async with self._turn:
            if not self._driver.in_transaction:
                await self._write_alone(batch, after_commit)
                return
        async with self.begin(after_commit):
            batch.on_sqlite(self._driver)

    async def _write_alone(self, batch: Batch, after_commit: Callable[[], None]) -> None:
        """Nobody wrote since the last COMMIT: a transaction of its own, without a savepoint and the committer's turn."""
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            batch.on_sqlite(self._driver)
        except BaseException as error:
            self.damage.note(error)
            self._undo_all()
            raise
        committed = self._hand.order(self._commit_now)
        try:
            await asyncio.shield(committed)
        except asyncio.CancelledError:
            committed.add_done_callback(lambda done: self._undo_all() if done.exception() else after_commit())
            await asyncio.wait([committed])  # nobody may have a turn under a commit: it would take half of what they write along
            raise
        except sqlite3.Error as error:
            self.damage.note(error)
            self._undo_all()
            raise OperationalError("COMMIT", None, error) from error
        after_commit()
        await self._fold()

    def _undo_all(self) -> None:
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK")

    def _undo(self) -> None:
        """Undo one work. When the disk is full or fails, SQLite has undone its whole group: then every writer hears of it."""
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK TO work")
            self._driver.execute("RELEASE work")
            return
        finished, self._finished = self._finished, []
        for safe, _ in finished:
            if not safe.done():
                safe.set_exception(OperationalError("COMMIT", None, sqlite3.OperationalError("undone with its group")))

    async def _commit_groups(self) -> None:
        while True:
            await self._has_finished.wait()
            async with self._turn:
                self._has_finished.clear()
                finished, self._finished = self._finished, []
                failure = await self._commit() if self._driver.in_transaction else None
                for safe, after_commit in finished:
                    if failure is None:
                        after_commit()
                    if safe.done():
                        continue
                    if failure is None:
                        safe.set_result(None)
                    else:
                        safe.set_exception(failure)
                await self._fold()

    async def _fold(self) -> None:
        if self._folding.is_log_large:
            await self._folding.finish()
        self._folding.begin_when_due()

    def _commit_now(self) -> None:
        self._driver.execute("COMMIT")

    async def _commit(self) -> Exception | None:
        """Commit, and return the error, if any (the disk is full, or fails): every writer of the group must get it."""
        try:
            await self._hand.order(self._commit_now)
        except sqlite3.Error as error:
            self.damage.note(error)
            self._undo_all()
            return OperationalError("COMMIT", None, error)
        return None

    async def close(self) -> None:
        async with self._turn:
            pass
        if self._finished:
            await asyncio.wait([safe for safe, _ in self._finished])
        if self._committer:
            self._committer.cancel()
            await asyncio.gather(self._committer, return_exceptions=True)
        self._hand.close()
        await self._folding.close()
        self._writer.close()
        self._write_engine.dispose()
        self._read_engine.dispose()


def _engine(path: Path, *, read_only: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 5.0, "cached_statements": 512},
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=64,
        pool_use_lifo=True,  # what one has read into its cache it finds again, and four do not keep the same pages
        query_cache_size=1500,
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, record: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "wal_autocheckpoint=0",
            "foreign_keys=ON",
            f"cache_size=-{READER_CACHE_KIB if read_only else WRITER_CACHE_KIB}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    if read_only:

        @event.listens_for(engine, "begin")
        def begin_to_read(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
            connection.connection.cursor().execute("BEGIN")

    return engine
