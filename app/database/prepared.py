"""Statements compiled once, for the paths every message takes.

Building a statement and its cache key costs SQLAlchemy more than SQLite needs to run it. A prepared statement is built
when its module is imported, compiled once per dialect, and run with values by name; rows become bare instances of
their table, good for reading only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.elements import CompilerElement

from models import Base

B = TypeVar("B", bound=Base)

Processor = Callable[[Any], Any] | None


class Prepared(Generic[B]):
    """A statement over one table with `bindparam`s. `entity` is what its rows are, or None when it returns none."""

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
        self._columns: list[tuple[str, Processor]] = []
        if entity is not None:
            table = entity.__table__
            self._columns = [
                (column.key, column.type.dialect_impl(dialect).result_processor(dialect, None)) for column in table.columns
            ]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """Values in the order of the SQL's marks."""
        everything = {**self._constants, **given}
        return [
            processor(everything[name]) if processor is not None and everything[name] is not None else everything[name]
            for name, processor in self._binds
        ]

    def instance(self, row: Sequence[Any]) -> Any:
        """A row as an instance of its table, without the machinery that watches changes."""
        assert self._entity is not None
        return bare(
            self._entity,
            {
                name: processor(value) if processor is not None and value is not None else value
                for (name, processor), value in zip(self._columns, row, strict=True)
            },
        )


def bare(entity: type[B], row: Mapping[str, Any]) -> B:
    """An instance of a table that holds these values and is watched by nobody."""
    instance = entity.__new__(entity)
    vars(instance).update(row)
    return instance
