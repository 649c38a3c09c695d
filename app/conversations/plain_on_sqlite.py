"""Plain messages on SQLite: each is looked at, then all that may be written are, in a transaction that is open already.

There is one writer, so what was looked at still holds when it is changed. (UPDATE .. RETURNING would say both in one
statement, and takes three times as long.)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from app.clock import new_id
from app.conversations.messages import UNREAD_JOB
from app.conversations.plain import Kind, Plain

_LOOK: dict[Kind, str] = {
    "contact": """
        SELECT seq, rev, channel, contact_id, inbox_id, (SELECT name FROM contacts p WHERE p.id = c.contact_id)
        FROM conversations c
        WHERE id = :conversation_id AND contact_id = :author_id AND inbox_id = :inbox_id AND category IN ('new', 'open')
        AND (agent_id IS NULL OR waiting_since IS NOT NULL OR EXISTS (
            SELECT 1 FROM agents a WHERE a.id = c.agent_id AND a.lease_until > :now AND a.presence <> 'offline'))
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.author_id = :author_id AND m.client_id = :client_id)""",
    "answer": """
        SELECT seq, rev, channel, contact_id, inbox_id, NULL FROM conversations
        WHERE id = :conversation_id AND category <> 'new' AND offer_until IS NULL AND seq <= :seen_seq
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.author_id = :author_id AND m.client_id = :client_id)""",
    "note": """
        SELECT seq, rev, channel, contact_id, inbox_id, NULL FROM conversations
        WHERE id = :conversation_id
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.author_id = :author_id AND m.client_id = :client_id)""",
}
_CHANGE: dict[Kind, str] = {
    "contact": """
        UPDATE conversations SET seq = :seq, rev = :rev, changed_at = :now, preview = :preview, last_message_at = :now,
            unread_count = unread_count + 1, waiting_since = coalesce(waiting_since, :now),
            contact_delivered_seq = :seq, contact_read_seq = :seq
        WHERE id = :conversation_id""",
    "answer": """
        UPDATE conversations SET seq = :seq, rev = :rev, changed_at = :now, preview = :preview, last_message_at = :now,
            unread_count = 0, waiting_since = NULL, first_answered_at = coalesce(first_answered_at, :now),
            agent_delivered_seq = :seq, agent_read_seq = :seq
        WHERE id = :conversation_id""",
    "note": "UPDATE conversations SET rev = :rev, changed_at = :now WHERE id = :conversation_id",
}
_INSERT = """
    INSERT INTO messages (id, conversation_id, seq, rev, author_kind, author_id, author_name, client_id, visibility, channel,
                          body, attachments, created_at)
    VALUES (:id, :conversation_id, :seq, :rev, :author_kind, :author_id, :author_name, :client_id, :visibility, :channel,
            :body, '[]', :now)"""
_QUEUE = """
    INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, last_error, created_at)
    VALUES (?, ?, ?, ?, 'waiting', ?, 0, '', ?) ON CONFLICT DO NOTHING"""


def write_on_sqlite(
    connection: sqlite3.Connection, messages: Sequence[Plain], now: datetime, unread_at: datetime
) -> tuple[list[Plain], bool]:
    """Write those that are plain indeed, at most one a conversation: they, and whether a job was queued."""
    at = _text_of(now)
    written: list[Plain] = []
    rows: dict[Kind, list[dict[str, Any]]] = {"contact": [], "answer": [], "note": []}
    for one in messages:
        row = _row_of(one, at)
        found = connection.execute(_LOOK[one.kind], row).fetchone()
        if found is not None:
            _fill(one, row, found)
            rows[one.kind].append(row)
            written.append(one)
    for kind, changed in rows.items():
        if changed:
            connection.executemany(_CHANGE[kind], changed)
            connection.executemany(_INSERT, changed)
    return written, _queue(connection, rows["answer"], at, _text_of(unread_at))


def _row_of(one: Plain, at: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "conversation_id": one.conversation_id,
        "author_kind": "contact" if one.kind == "contact" else "agent",
        "author_id": one.author_id,
        "author_name": one.author_name,
        "inbox_id": one.inbox_id,
        "client_id": one.client_id,
        "visibility": "internal" if one.kind == "note" else "public",
        "channel": one.channel,
        "body": one.body,
        "preview": one.preview,
        "seen_seq": one.seen_seq,
        "now": at,
    }


def _fill(one: Plain, row: dict[str, Any], found: tuple[Any, ...]) -> None:
    seq, rev, channel, one.contact_id, one.inbox_id, name = found
    one.seq, one.rev = None if one.kind == "note" else seq + 1, rev + 1
    if one.kind == "contact":
        one.author_name = name or ""
    else:
        one.channel = channel
    row["seq"], row["rev"], row["author_name"], row["channel"] = one.seq, one.rev, one.author_name, one.channel


def _queue(connection: sqlite3.Connection, answers: list[dict[str, Any]], at: str, due: str) -> bool:
    jobs: list[tuple[str, ...]] = []
    for row in answers:
        id: str = row["conversation_id"]
        jobs.append((new_id(), UNREAD_JOB, f'{{"conversation_id": "{id}"}}', id, due, at))
    return bool(jobs) and connection.executemany(_QUEUE, jobs).rowcount > 0


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
