"""Plain messages on SQLite: all are looked at, then those that may be written are, in a transaction that is open already.

There is one writer, so what was looked at still holds when it is changed. (UPDATE .. RETURNING would say both in one
statement, and takes three times as long.)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from app.clock import new_id, not_before
from app.conversations.messages.plain import Kind, Plain
from app.conversations.messages.send import UNREAD_JOB

_LOOK: dict[Kind, str] = {
    "contact": """
        SELECT asked.id, waiting_since IS NULL, max(changed_at, last_message_at), seq, rev, channel, contact_id, inbox_id,
            (SELECT name FROM contacts p WHERE p.id = c.contact_id)
        FROM asked CROSS JOIN conversations c ON c.id = asked.id
        WHERE contact_id = author AND inbox_id = place AND category IN ('new', 'open')
        AND (agent_id IS NULL OR waiting_since IS NOT NULL OR EXISTS (
            SELECT 1 FROM agents a WHERE a.id = c.agent_id AND a.lease_until > ? AND a.presence <> 'offline'))""",
    "answer": """
        SELECT asked.id, waiting_since IS NOT NULL, max(changed_at, last_message_at), seq, rev, channel, contact_id, inbox_id, NULL
        FROM asked CROSS JOIN conversations c ON c.id = asked.id
        WHERE category <> 'new' AND offer_until IS NULL
        AND (agent_id IS NOT NULL OR category NOT IN ('open', 'waiting')) AND instr(joined_ids, author) > 0
        AND seq <= place""",
    "note": """
        SELECT asked.id, false, max(changed_at, last_message_at), seq, rev, channel, contact_id, inbox_id, NULL
        FROM asked CROSS JOIN conversations c ON c.id = asked.id
        WHERE true""",
}
"""`place` is the inbox of a contact, and how far an agent has seen."""
_UNKNOWN_KEY = "AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.author_id = author AND m.client_id = key)"
_CHANGE: dict[Kind, str] = {
    "contact": """
        UPDATE conversations SET seq = :seq, rev = :rev, changed_at = :at, preview = :preview, last_message_at = :at,
            unread_count = unread_count + 1,
            contact_delivered_seq = :seq, contact_read_seq = :seq
        WHERE id = :id""",
    "answer": """
        UPDATE conversations SET seq = :seq, rev = :rev, changed_at = :at, preview = :preview, last_message_at = :at,
            unread_count = 0, first_answered_at = coalesce(first_answered_at, :at),
            agent_delivered_seq = :seq, agent_read_seq = :seq
        WHERE id = :id""",
    "note": "UPDATE conversations SET rev = :rev, changed_at = :at WHERE id = :id",
}
_CHANGE_AND_TURN: dict[Kind, str] = {
    "contact": _CHANGE["contact"].replace("SET", "SET waiting_since = :at,"),
    "answer": _CHANGE["answer"].replace("SET", "SET waiting_since = NULL,"),
}
"""The same when the other side is to write now. Lists are in the order of that time: what is not set anew costs no index."""
_INSERT = """
    INSERT INTO messages (id, conversation_id, seq, rev, author_kind, author_id, author_name, client_id, visibility, channel,
                          body, attachments, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', ?)"""
_QUEUE = """
    INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, last_error, created_at)
    VALUES (?, ?, ?, ?, 'waiting', ?, 0, '', ?) ON CONFLICT DO NOTHING"""


def write_on_sqlite(
    connection: sqlite3.Connection, messages: Sequence[Plain], now: datetime, unread_at: datetime
) -> tuple[list[Plain], bool]:
    """Write those that are plain indeed, at most one a conversation: they, and whether a job was queued."""
    at = _text_of(now)
    changed: dict[str, list[Plain]] = {}
    for kind in _LOOK:
        by_id = {one.conversation_id: one for one in messages if one.kind == kind}
        for id, turns, latest, *held in _look(connection, kind, by_id.values(), at):
            one = by_id[id]
            one.at = not_before(now, datetime.fromisoformat(latest))
            _fill(one, held)
            changed.setdefault((_CHANGE_AND_TURN if turns else _CHANGE)[kind], []).append(one)
    for change, some in changed.items():
        rows = [
            {"seq": one.seq, "rev": one.rev, "at": _text_of(one.at or now), "preview": one.preview, "id": one.conversation_id}
            for one in some
        ]
        connection.executemany(change, rows)
        connection.executemany(_INSERT, [_row_of(one, _text_of(one.at or now)) for one in some])
    written = [one for some in changed.values() for one in some]
    has_jobs = _queue(connection, [one for one in written if one.kind == "answer"], at, _text_of(unread_at))
    return written, has_jobs


def _look(connection: sqlite3.Connection, kind: Kind, some: Collection[Plain], at: str) -> list[tuple[Any, ...]]:
    """The conversations that may be written to: all in one statement, which costs little more than one of them alone.
    Values are in the order of the statement: named ones cost more than the look itself."""
    if not some:
        return []
    values: list[Any] = []
    for one in some:
        values += (one.conversation_id, one.author_id, one.inbox_id if kind == "contact" else one.seen_seq, one.client_id)
    if kind == "contact":
        values.append(at)
    return connection.execute(_look_at(kind, len(some)), values).fetchall()


@cache
def _look_at(kind: Kind, count: int) -> str:
    asked = ", ".join(["(?, ?, ?, ?)"] * count)
    return f"WITH asked(id, author, place, key) AS (VALUES {asked}) {_LOOK[kind]} {_UNKNOWN_KEY}"


def _fill(one: Plain, found: Sequence[Any]) -> None:
    seq, rev, channel, one.contact_id, one.inbox_id, name = found
    one.seq, one.rev = None if one.kind == "note" else seq + 1, rev + 1
    if one.kind == "contact":
        one.author_name = name or ""
    else:
        one.channel = channel


def _row_of(one: Plain, at: str) -> tuple[Any, ...]:
    kind = "contact" if one.kind == "contact" else "agent"
    visibility = "internal" if one.kind == "note" else "public"
    return (
        *(one.id, one.conversation_id, one.seq, one.rev, kind, one.author_id, one.author_name, one.client_id),
        *(visibility, one.channel, one.body, at),
    )


def _queue(connection: sqlite3.Connection, answers: Sequence[Plain], at: str, due: str) -> bool:
    jobs: list[tuple[str, ...]] = []
    for one in answers:
        payload = f'{{"conversation_id": "{one.conversation_id}"}}'
        jobs.append((new_id(), UNREAD_JOB.name, payload, one.conversation_id, due, at))
    return bool(jobs) and connection.executemany(_QUEUE, jobs).rowcount > 0


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
