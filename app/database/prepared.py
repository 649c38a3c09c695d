"""Statements compiled once, for the paths every message and every return takes.

Building a statement and its cache key costs SQLAlchemy more than SQLite needs to run it. A prepared statement is built
when its module is imported, compiled once per dialect, and run with values by name; rows become bare instances of
their table, good for reading only, or tuples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Dialect, Executable, Select, bindparam, select
from sqlalchemy.sql.elements import CompilerElement

from models import Base

B = TypeVar("B", bound=Base)

Processor = Callable[[Any], Any] | None


class Prepared(Generic[B]):
    """A statement with `bindparam`s. `entity` is the table whose rows it returns; without it rows are tuples, if there are any."""

    def __init__(self, statement: Executable, entity: type[B] | None = None) -> None:
        self.statement = statement
        self.entity = entity
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """The statement as this dialect's SQL."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = Compiled(self.statement, dialect, self.entity)
        return found


def prepared_by(entity: type[B], column: str = "id") -> Prepared[B]:
    """Rows of a table whose column is the given `key`."""
    table = entity.__table__
    return Prepared(select(table).where(table.c[column] == bindparam("key")), entity)


class Compiled:
    """SQL text with positional values, and how values and rows cross over."""

    def __init__(self, statement: Executable, dialect: Dialect, entity: type[Base] | None) -> None:
        assert isinstance(statement, CompilerElement)
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        assert "POSTCOMPILE" not in self.sql, "write IN (...) as a chain of ORs: this SQL is final"
        self._constants: dict[str, Any] = compiled.params
        self._binds: list[tuple[str, Processor]] = [
            (name, compiled._bind_processors.get(name)) for name in compiled.positiontup or compiled.params
        ]
        self._entity = entity
        columns = (
            entity.__table__.columns
            if entity is not None
            else statement.selected_columns
            if isinstance(statement, Select)
            else ()
        )
        self._columns: list[tuple[str, Processor]] = [
            (column.key or "", column.type.dialect_impl(dialect).result_processor(dialect, None)) for column in columns
        ]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """Values in the order of the SQL's marks."""
        everything = {**self._constants, **given}
        return [_cross(processor, everything[name]) for name, processor in self._binds]

    def instance(self, row: Sequence[Any]) -> Any:
        """A row as an instance of its table, without the machinery that watches changes; or as a tuple."""
        if self._entity is None:
            return tuple(_cross(processor, value) for (_, processor), value in zip(self._columns, row, strict=True))
        named = zip(self._columns, row, strict=True)
        return bare(self._entity, {name: _cross(processor, value) for (name, processor), value in named})


def _cross(processor: Processor, value: Any) -> Any:
    return value if processor is None or value is None else processor(value)


def bare(entity: type[B], row: Mapping[str, Any]) -> B:
    """An instance of a table that holds these values and is watched by nobody."""
    instance = entity.__new__(entity)
    vars(instance).update(row)
    return instance
