"""Operations that verbs may do on rows, on either database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar, TypeVarTuple, cast

import asyncpg
from sqlalchemy import Executable, Row, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, Result
from sqlalchemy.sql.selectable import TypedReturnsRows

from app.database.damage import Damage
from app.database.prepared import Prepared
from models import Base

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
B = TypeVar("B", bound=Base)

_inserts: dict[type[Base], Prepared[Any]] = {}
_careful_inserts: dict[tuple[type[Base], str], Prepared[Any]] = {}
_puts: dict[tuple[type[Base], str], Prepared[Any]] = {}


class Rows:
    """Reads. Entities come back as instances of the tables; nothing is written by changing their attributes."""

    dialect: str

    async def execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        raise NotImplementedError

    async def one(self, statement: TypedReturnsRows[T]) -> T | None:
        """The only row's only column, or None. Two rows are an error."""
        return (await self.execute(statement)).scalar_one_or_none()

    async def all(self, statement: TypedReturnsRows[T]) -> Sequence[T]:
        """The first column of every row."""
        return (await self.execute(statement)).scalars().all()

    async def all_in_thread(self, statement: TypedReturnsRows[T]) -> Sequence[T]:
        """Return all rows like `all`, for a statement that may read very many; nobody else waits meanwhile."""
        return await self.all(statement)

    async def rows_beside(self, statement: TypedReturnsRows[Any]) -> Sequence[Any]:
        """Return whole rows like `rows`, for a statement that may read very many; nobody else waits meanwhile."""
        return (await self.execute(statement)).all()

    async def first(self, prepared: Prepared[B], **values: Any) -> B | None:
        """The first row a prepared statement returns for these values, or None."""
        found = await self._run_prepared(prepared, values)
        return found[0] if found else None

    async def all_prepared(self, prepared: Prepared[B], **values: Any) -> list[B]:
        """Every row a prepared statement returns for these values."""
        return await self._run_prepared(prepared, values)

    async def tuples(self, prepared: Prepared[Any], **values: Any) -> list[tuple[Any, ...]]:
        """Every row of a prepared statement without an entity."""
        return await self._run_prepared(prepared, values)

    async def _run_prepared(self, prepared: Prepared[Any], values: Mapping[str, Any]) -> list[Any]:
        raise NotImplementedError

    async def rows(self, statement: TypedReturnsRows[*Ts]) -> Sequence[Row[*Ts]]:
        """Every row, whole."""
        return cast(Sequence[Row[*Ts]], (await self.execute(statement)).all())


class Transaction(Rows):
    """Reads and writes that happen together or not at all."""

    async def change(self, statement: Executable, parameters: Any = None) -> int:
        """Run a write; the number of rows it touched."""
        result = await self.execute(statement, parameters)
        return result.rowcount if isinstance(result, CursorResult) else 0

    async def add(self, row: B) -> B:
        """Insert a row. Columns left out are NULL. Raises the database's IntegrityError when a constraint says no."""
        await self._run_prepared(_insert_of(type(row)), _values_of(row))
        return row

    async def add_all(self, rows: Sequence[B]) -> None:
        """Insert rows of one table, as `add` does, in one go."""
        if len(rows) == 1:
            await self.add(rows[0])
        elif rows:
            await self.execute(insert(_table_of(type(rows[0]))), [_values_of(row) for row in rows])

    async def add_unless_there(self, row: Base) -> bool:
        """Insert a row unless a unique constraint already holds it; whether it was inserted."""
        return bool(await self._run_prepared(_insert_unless_there(type(row), self.dialect), _values_of(row)))

    async def put(self, row: Base) -> None:
        """Insert a row, or write it over the one with the same primary key."""
        await self._run_prepared(_put(type(row), self.dialect), _values_of(row))

    async def add_all_unless_there(self, rows: Sequence[Base]) -> None:
        """Add many rows of one table in one statement, skipping those already there."""
        if rows:
            make = sqlite.insert if self.dialect == "sqlite" else postgresql.insert
            statement = make(_table_of(type(rows[0]))).on_conflict_do_nothing()
            await self.execute(statement, [_values_of(row) for row in rows])


class Batch(Protocol):
    """Many small writes that go to the database together, each database in the form that costs it least."""

    def on_sqlite(self, connection: sqlite3.Connection) -> None:
        """Write, inside a transaction that is open already. Runs on the event loop: at most a few milliseconds."""
        ...

    async def on_postgres(self, connection: asyncpg.Connection) -> None:
        """Write, in one statement, which is its own transaction."""
        ...


class Database(Protocol):
    """A place rows live in."""

    dialect: str
    damage: Damage

    async def look_for_damage(self) -> None:
        """Look through everything once, beside all else, and note damage."""
        ...

    def read(self) -> AbstractAsyncContextManager[Rows]:
        """A consistent look at the rows that never waits for a writer."""
        ...

    def begin(self, after_commit: Callable[[], None]) -> AbstractAsyncContextManager[Transaction]:
        """A transaction: durable when the block is left, undone when it raises.

        `after_commit` runs once the rows are safe, in the order of commits, even if the caller was cancelled meanwhile.
        """
        ...

    async def write_batch(self, batch: Batch, after_commit: Callable[[], None]) -> None:
        """Write a batch whole or not at all; `after_commit` as with `begin`. Raises the driver's own errors."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go."""
        ...


def _table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _names_of(model: type[Base]) -> list[str]:
    return [column.key for column in _table_of(model).columns]


def _insert_of(model: type[B]) -> Prepared[B]:
    if model not in _inserts:
        table = _table_of(model)
        _inserts[model] = Prepared(insert(table).values({name: bindparam(name) for name in _names_of(model)}))
    return _inserts[model]


def _insert_unless_there(model: type[B], dialect: str) -> Prepared[B]:
    if (model, dialect) not in _careful_inserts:
        table = _table_of(model)
        make = sqlite.insert if dialect == "sqlite" else postgresql.insert
        statement = make(table).values({name: bindparam(name) for name in _names_of(model)})
        _careful_inserts[model, dialect] = Prepared(statement.on_conflict_do_nothing().returning(*table.columns), model)
    return _careful_inserts[model, dialect]


def _put(model: type[B], dialect: str) -> Prepared[B]:
    if (model, dialect) not in _puts:
        table = _table_of(model)
        make = sqlite.insert if dialect == "sqlite" else postgresql.insert
        statement = make(table).values({name: bindparam(name) for name in _names_of(model)})
        keys = list(table.primary_key.columns)
        over = {column: statement.excluded[column.key] for column in table.columns if column not in keys}
        _puts[model, dialect] = Prepared(
            statement.on_conflict_do_update(index_elements=keys, set_=over).returning(*table.columns), model
        )
    return _puts[model, dialect]


def _values_of(row: Base) -> dict[str, Any]:
    given = row.__dict__
    return {name: given.get(name) for name in _names_of(type(row))}
