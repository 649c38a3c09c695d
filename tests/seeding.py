"""A long past, written in bulk: conversations that have come and gone, with their contacts, owners, tickets and scores."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import asyncpg

from app.database.exclusive import sqlite_path

CONVERSATIONS_EACH = 3
BATCH = 2_000
WORDS = "The quick brown fox wrote to support because its parcel has not come yet, and the lazy dog answered at once."
YEAR = timedelta(days=365)

Row = tuple[Any, ...]
COLUMNS = {
    "contacts": "id inbox_id name email is_verified locale last_seen_at created_at",
    "conversations": "id inbox_id contact_id channel is_extra status category priority priority_rank agent_id team_id seq rev"
    " contact_delivered_seq contact_read_seq agent_delivered_seq agent_read_seq mailed_seq unread_count preview last_message_at"
    " assigned_at first_answered_at escalation_level escalation_reason reopened_count resolved_at changed_at created_at",
    "messages": "id conversation_id seq rev author_kind author_id author_name client_id visibility channel body attachments created_at",
    "assignments": "id conversation_id agent_id team_id made_by reason decision waited_seconds started_at ended_at",
    "tickets": "id number conversation_id title topic opened_by_id opened_at closed_at",
    "csat_scores": "conversation_id score comment answered_at",
}


class Span(NamedTuple):
    """How many messages in all, how many in each conversation, and the number of the first conversation."""

    messages: int
    each: int
    first: int


def seed_history(url: str, messages: int, *, each: int = 10, first: int = 0) -> None:
    """Make the past so many messages longer. The database has an inbox, a team and agents; it is told its new size."""
    with ThreadPoolExecutor(1) as thread:  # the caller's loop may be running
        thread.submit(_seed, url, Span(messages, each, first)).result()


def conversation_of(number: int) -> tuple[str, str]:
    """The ids of a seeded conversation and of its contact."""
    return _id(1, number), _id(2, number // CONVERSATIONS_EACH)


def _seed(url: str, span: Span) -> None:
    path = sqlite_path(url)
    if path is None:
        asyncio.run(_into_postgres(url, span))
        return
    with sqlite3.connect(path, timeout=60) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        (inbox_id, team_id), agents = (
            connection.execute("SELECT id, team_id FROM inboxes").fetchone(),
            [id for (id,) in connection.execute("SELECT id FROM agents ORDER BY id")],
        )
        for table, rows in _batches(span, inbox_id, team_id, agents):
            names = COLUMNS[table].split()
            marks = ", ".join("?" * len(names))
            texts = [tuple(v.isoformat(timespec="microseconds") if isinstance(v, datetime) else v for v in row) for row in rows]
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", texts)
    connection.close()


async def _into_postgres(url: str, span: Span) -> None:
    connection = await asyncpg.connect(url)
    try:
        inbox = await connection.fetchrow("SELECT id::text, team_id::text FROM inboxes")
        agents = [row["id"] for row in await connection.fetch("SELECT id::text AS id FROM agents ORDER BY id")]
        for table, rows in _batches(span, inbox["id"], inbox["team_id"], agents):
            await connection.copy_records_to_table(table, records=rows, columns=COLUMNS[table].split())
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


def _batches(span: Span, inbox_id: str, team_id: str, agents: list[str]) -> Iterator[tuple[str, list[Row]]]:
    count = span.messages // span.each
    numbers = iter(range(count))
    began = datetime.now(UTC) - YEAR
    step = YEAR / (count + 1)
    while batch := list(islice(numbers, BATCH)):
        rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        for number in batch:
            place = (inbox_id, team_id, agents[number % len(agents)])
            _add_conversation(rows, span.first + number, span.each, began + step * number, *place)
        yield from rows.items()


def _id(kind: int, number: int) -> str:
    return f"{number >> 16:08x}-{number & 0xFFFF:04x}-7{kind:03x}-8000-000000000000"


def _add_conversation(
    rows: dict[str, list[Row]], number: int, n: int, at: datetime, inbox_id: str, team_id: str, agent_id: str
) -> None:
    id, contact_id = conversation_of(number)
    if number % CONVERSATIONS_EACH == 0:
        rows["contacts"].append((contact_id, inbox_id, f"Contact {number}", f"c{number}@example.com", False, "en", at, at))
    ended = at + timedelta(minutes=n)
    place = (id, inbox_id, contact_id, "chat", False, "resolved", "resolved", "medium", 2, agent_id, team_id)
    marks = (n, n, n, n, n, n, n, 0)
    times = (ended, at, at, 0, "", 0, ended, ended, at)
    rows["conversations"].append((*place, *marks, WORDS[:60], *times))
    for seq in range(1, n + 1):
        author = ("contact", contact_id, "Contact") if seq % 2 else ("agent", agent_id, "Agent")
        said = at + timedelta(minutes=seq)
        key = f"k{number}-{seq}"
        message_id = _id(3, number * n + seq)
        rows["messages"].append((message_id, id, seq, seq, *author, key, "public", "chat", WORDS, "[]", said))
    rows["assignments"].append((_id(4, number), id, agent_id, team_id, "routing", "routed", "{}", 12.0, at, ended))
    if number % 5 == 0:
        rows["tickets"].append((_id(5, number), 1_000_000 + number, id, WORDS[:40], "orders", agent_id, at, ended))
    if number % 10 == 0:
        rows["csat_scores"].append((id, 1 + number % 5, "", ended))
