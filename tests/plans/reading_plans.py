"""How a database means to run a statement, and whether that grows with the past."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from msgspec import Struct
from msgspec.json import decode
from sqlalchemy import Engine, event

from models import Base

GROWING = set(
    "contacts conversations messages attachments assignments csat_scores tickets jobs outgoing_mails"
    " conversation_tags drafts page_visits agent_sessions sla_events sla_clocks".split()
)
"""What grows with the past. The rest are people, doorways and what they set up."""
OPEN_ONLY = {
    index.name
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if re.search(r"IN \('new', 'open'|^is_new$|^next_due_at IS NOT NULL$", str(index.dialect_options["sqlite"].get("where")))
}
"""Indexes that hold only what is open now, or still to be looked at."""


ENDED = "('resolved', 'closed')"
"""How a query says that it wants the past, which has to come in order from an index."""


class Query(Struct, frozen=True):
    """A statement as it was prepared, and values it once had."""

    sql: str
    values: tuple[Any, ...] = ()

    @property
    def is_query(self) -> bool:
        return self.sql.lstrip().split(None, 1)[0].upper() in {"SELECT", "UPDATE", "DELETE", "WITH"}


class Queries:
    """Every statement, once."""

    def __init__(self) -> None:
        self._by_sql: dict[str, Query] = {}

    def hear(self, sql: str, values: Any = ()) -> None:
        if isinstance(values, (tuple, list)) and values and isinstance(values[0], (tuple, list)):
            values = values[0]
        self._by_sql.setdefault(sql, Query(sql, tuple(values or ())))

    @property
    def queries(self) -> list[Query]:
        return [asked for asked in self._by_sql.values() if asked.is_query]


@contextmanager
def listening() -> Iterator[Queries]:
    """Hears everything that connections opened meanwhile are asked, through SQLAlchemy or past it."""
    heard = Queries()

    class HeardCursor(sqlite3.Cursor):
        def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
            heard.hear(sql, values)
            return super().execute(sql, values)

    class HeardConnection(sqlite3.Connection):
        def cursor(self, factory: Any = HeardCursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
            heard.hear(sql, values)
            return super().execute(sql, values)

    def on_connecting(dialect: Any, record: Any, words: Any, options: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            options["factory"] = HeardConnection

    def on_connected(connection: Any, record: Any) -> None:
        if not isinstance(connection, sqlite3.Connection):
            connection.driver_connection.add_query_logger(lambda query: heard.hear(query.query, query.args))

    def on_execute(connection: Any, cursor: Any, statement: str, values: Any, context: Any, is_many: bool) -> None:
        heard.hear(statement, values)

    listeners = {"do_connect": on_connecting, "connect": on_connected, "before_cursor_execute": on_execute}
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    try:
        yield heard
    finally:
        for name, listener in listeners.items():
            event.remove(Engine, name, listener)


def sqlite_faults(connection: sqlite3.Connection, asked: Query) -> list[str]:
    """What is read from end to end."""
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked.sql}", asked.values)]
    ends_early = re.search(r"\bLIMIT\b", asked.sql) is not None and not any("TEMP B-TREE" in step for step in steps)
    faults: list[str] = []
    for step in steps:
        matched = re.match(r"SCAN (\w+)(?: .*USING (?:COVERING )?INDEX (\w+))?", step)
        if matched is None or matched[1] not in GROWING or matched[2] in OPEN_ONLY:
            continue
        if not (matched[2] and ends_early):
            faults.append(step)
    if ENDED in asked.sql and any("TEMP B-TREE" in step for step in steps):
        faults.append("sorts what has ended")
    return faults


async def postgres_faults(connection: asyncpg.Connection, asked: Query) -> list[str]:
    """What is read from end to end even when that is made to look dear."""
    text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {asked.sql}", *asked.values)
    faults = list(_walk(decode(text)[0]["Plan"], ends_early=False))
    return [*faults, "sorts what has ended"] if ENDED in asked.sql and '"Sort"' in text else faults


def _walk(node: dict[str, Any], *, ends_early: bool) -> Iterator[str]:
    kind, index = node["Node Type"], node.get("Index Name")
    if kind == "Limit":
        ends_early = True
    elif kind in {"Sort", "Aggregate", "Hash", "Materialize", "ModifyTable", "Incremental Sort", "Memoize"}:
        ends_early = False
    table = node.get("Relation Name")
    if kind == "Seq Scan" and table in GROWING:
        yield f"Seq Scan on {table}: {node.get('Filter', '')}"
    reads_all = kind in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"} and "Index Cond" not in node
    if reads_all and index not in OPEN_ONLY and not ends_early and (table in GROWING or table is None):
        yield f"{kind} over all of {index}: {node.get('Filter', '')}"
    for child in node.get("Plans", []):
        yield from _walk(child, ends_early=ends_early)
