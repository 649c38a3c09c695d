"""What a migration took away from the version before it, which still runs beside the new one while a deploy rolls on."""

from __future__ import annotations

import warnings
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import SAWarning

ROOMIER = {("VARCHAR", "TEXT"), ("INTEGER", "BIGINT"), ("FLOAT", "DOUBLE")}


class Column(Struct, frozen=True):
    """What a writer and a reader of a column rely on."""

    type: str
    length: int | None
    is_nullable: bool
    has_default: bool


class Shape(Struct, frozen=True):
    """A schema as code sees it: columns by table, and what must be unique, in whatever order."""

    tables: dict[str, dict[str, Column]]
    unique: frozenset[tuple[str, tuple[str, ...], str]]


def shape_of(connection: Connection) -> Shape:
    """The schema as it stands now. Indexes over an expression only serve an order; SQLAlchemy says that it passes them over."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index", SAWarning)
        return _shape_of(connection)


def _shape_of(connection: Connection) -> Shape:
    looked = inspect(connection)
    names = [name for name in looked.get_table_names() if name != "alembic_version"]
    unique: set[tuple[str, tuple[str, ...], str]] = set()
    for name in names:
        unique |= {(name, tuple(sorted(one["column_names"])), "") for one in looked.get_unique_constraints(name)}
        for index in looked.get_indexes(name):
            if index["unique"] and not index.get("duplicates_constraint"):
                options: dict[str, Any] = index.get("dialect_options", {})
                where = options.get("sqlite_where", options.get("postgresql_where", ""))
                unique.add((name, tuple(sorted(str(column) for column in index["column_names"])), str(where)))
    return Shape({name: {one["name"]: _column(one) for one in looked.get_columns(name)} for name in names}, frozenset(unique))


def losses(before: Shape, after: Shape) -> list[str]:
    """What the code of before relies on and no longer finds. Tables it does not know do not concern it."""
    found: list[str] = []
    for table, columns in before.tables.items():
        if table not in after.tables:
            found.append(f"{table} is gone")
            continue
        now = after.tables[table]
        for name, column in columns.items():
            if name not in now:
                found.append(f"{table}.{name} is gone")
                continue
            found += [f"{table}.{name} {what}" for what in _narrowed(column, now[name])]
        for name in now.keys() - columns.keys():
            if not now[name].is_nullable and not now[name].has_default:
                found.append(f"{table}.{name} must be filled, and the version before does not know it")
    for table, columns, where in sorted(after.unique - before.unique):
        if table in before.tables:
            found.append(f"{table} {columns} must be unique now{f' where {where}' if where else ''}")
    return found


def _narrowed(before: Column, after: Column) -> list[str]:
    found: list[str] = []
    if before.is_nullable and not after.is_nullable:
        found.append("may not be empty any more")
    if before.has_default and not after.has_default and not after.is_nullable:
        found.append("has lost its default")
    if before.type != after.type and (before.type, after.type) not in ROOMIER:
        found.append(f"is {after.type} and was {before.type}")
    if before.type == after.type and after.length is not None and (before.length is None or after.length < before.length):
        found.append(f"holds {after.length} characters and held {before.length}")
    return found


def _column(one: Any) -> Column:
    kind = one["type"]
    return Column(type(kind).__name__.upper(), getattr(kind, "length", None), one["nullable"], one["default"] is not None)
