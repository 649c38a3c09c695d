"""Rows as lines of JSON that mean the same whichever database wrote them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy import column as bare_column
from sqlalchemy import table as bare_table
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import TypeEngine

from app.backup.archive import PIECE_BYTES, ArchiveWriter, Piece, TableManifest
from app.errors import Invalid
from models.base import IdColumn, UtcDateTime

BATCH = 1000
TYPES: dict[str, Any] = {
    "time": UtcDateTime(),
    "bool": Boolean(),
    "int": BigInteger(),
    "float": Double(),
    "bytes": LargeBinary(),
    "json": JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
    "id": IdColumn,
    "text": Text(),
}
"""What a column may hold, and how a database is told."""


def kind_of(column: Column[Any]) -> str:
    """Return the kind of value a column holds, as a key of TYPES."""
    kind: TypeEngine[Any] = column.type
    table: tuple[tuple[Any, str], ...] = (
        (UtcDateTime, "time"),
        (Boolean, "bool"),
        (Integer, "int"),
        (Float, "float"),
        (LargeBinary, "bytes"),
        (JSON, "json"),
    )
    for one, name in table:
        if isinstance(kind, one):
            return name
    return "id" if any(isinstance(variant, UUID) for variant in kind._variant_mapping.values()) else "text"  # pyright: ignore[reportPrivateUsage]


def write_table(connection: Connection, table: Table, archive: ArchiveWriter) -> TableManifest:
    """Every row of a table into an archive, a piece at a time."""
    pieces: list[Piece] = []
    rows = 0
    lines = bytearray()

    def cut() -> None:
        pieces.append(archive.add_piece(f"rows/{table.name}/{len(pieces):06}.jsonl", bytes(lines)))
        lines.clear()

    columns = list(table.columns)
    in_order = select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execute(in_order.execution_options(yield_per=BATCH)):
        lines += msgspec.json.encode(tuple(row))
        lines += b"\n"
        rows += 1
        if len(lines) >= PIECE_BYTES:
            cut()
    if lines:
        cut()
    return TableManifest(str(table.name), {str(column.name): kind_of(column) for column in columns}, rows, pieces)


def load_rows(connection: Connection, table: TableManifest, piece: bytes) -> int:
    """Insert a piece's rows; how many."""
    into = _table_of(table).insert()
    count = 0
    for batch in _batches(piece.splitlines()):
        connection.execute(into, [_values_of(table, line) for line in batch])
        count += len(batch)
    return count


def empty_table(connection: Connection, table: TableManifest) -> None:
    """Take out what the migrations put in."""
    connection.execute(_table_of(table).delete())


def count_on(connection: Connection, tables: Sequence[TableManifest]) -> None:
    """Have PostgreSQL number new rows after those that were loaded, where it numbers them. SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for name in (name for name, kind in table.columns.items() if kind == "int"):
            if counter := connection.scalar(select(func.pg_get_serial_sequence(table.name, name))):
                highest = select(func.max(bare_column(name))).select_from(_table_of(table)).scalar_subquery()
                connection.execute(select(func.setval(counter, func.coalesce(highest, 1))))


def _table_of(table: TableManifest) -> TableClause:
    if unknown := sorted(set(table.columns.values()) - set(TYPES)):
        raise Invalid(f"The archive's table {table.name} holds {unknown[0]}, which this version does not know.")
    return bare_table(table.name, *(bare_column(name, TYPES[kind]) for name, kind in table.columns.items()))


def _values_of(table: TableManifest, line: bytes) -> dict[str, Any]:
    values = msgspec.json.decode(line)
    return {
        name: READ[kind](value) if value is not None and kind in READ else value
        for (name, kind), value in zip(table.columns.items(), values, strict=True)
    }


def _batches(lines: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for at in range(0, len(lines), BATCH):
        yield lines[at : at + BATCH]


READ: dict[str, Callable[[Any], Any]] = {"time": datetime.fromisoformat, "bytes": base64.b64decode}
"""What JSON has no word for."""
