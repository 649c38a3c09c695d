"""Durations between two times, in the SQL of either database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


class _SecondsBetween(FunctionElement[float]):
    name = "seconds_between"
    type = Float()
    inherit_cache = True


def seconds_between(start: SQLColumnExpression[Any], end: SQLColumnExpression[Any]) -> ColumnElement[float]:
    """Seconds from one column of time to another, to the millisecond."""
    return _SecondsBetween(start, end)


@compiles(_SecondsBetween, "sqlite")
def _for_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    start, end = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"round((julianday({end}) - julianday({start})) * 86400.0, 3)"


@compiles(_SecondsBetween, "postgresql")
def _for_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    start, end = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"round(extract(epoch from ({end} - {start})), 3)"
