"""Decided messages, written: their rows, their conversations' and the jobs of answers. No rule, on either database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from app.clock import new_id
from app.contract.messages import AuthorView, MessageView
from app.conversations.messages.asked_message import AskedMessage
from app.conversations.messages.decide import Situation
from app.conversations.row_changes import NEW_SEQ, ONE_MORE
from app.job_kinds import JobKind

UNREAD_JOB = JobKind(name="conversation.unread", unique_by=("conversation_id",))
"""Queued with every answer; when it falls due, email carries on what the contact has not read."""

_INSERT = """
    INSERT INTO messages (id, conversation_id, seq, rev, author_kind, author_id, author_name, client_id, visibility, channel,
                          body, attachments, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', ?)"""
_QUEUE = """
    INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, last_error, created_at)
    VALUES (?, ?, ?, ?, 'waiting', ?, 0, '', ?) ON CONFLICT DO NOTHING"""

# Rows are locked in the order of their ids, so that two nodes cannot wait for each other. A row that somebody changed since
# the decision has another `rev` and is left alone, with its message. A column whose value is NULL stays as it is.
_ON_POSTGRES = """
    WITH asked AS (
        SELECT * FROM json_to_recordset($1::text::json) AS t (id uuid, conversation_id uuid, seq bigint, rev bigint,
            at timestamptz, kind text, author_id uuid, author_name text, client_id text, visibility text, channel text, body text,
            job_id uuid, preview text, last_message_at timestamptz, unread_count int, waiting_since timestamptz, ends_wait bool,
            first_answered_at timestamptz, by_contact bool, by_agent bool)
    ), locked AS MATERIALIZED (
        SELECT id FROM conversations WHERE id IN (SELECT conversation_id FROM asked) ORDER BY id FOR NO KEY UPDATE
    ), changed AS (
        UPDATE conversations c SET
            seq = coalesce(a.seq, c.seq),
            rev = a.rev,
            changed_at = a.at,
            preview = coalesce(a.preview, c.preview),
            last_message_at = coalesce(a.last_message_at, c.last_message_at),
            unread_count = coalesce(a.unread_count, c.unread_count + by_contact::int),
            waiting_since = CASE WHEN a.ends_wait THEN NULL ELSE coalesce(a.waiting_since, c.waiting_since) END,
            first_answered_at = coalesce(a.first_answered_at, c.first_answered_at),
            contact_delivered_seq = CASE WHEN a.by_contact THEN a.seq ELSE c.contact_delivered_seq END,
            contact_read_seq = CASE WHEN a.by_contact THEN a.seq ELSE c.contact_read_seq END,
            agent_delivered_seq = CASE WHEN a.by_agent THEN a.seq ELSE c.agent_delivered_seq END,
            agent_read_seq = CASE WHEN a.by_agent THEN a.seq ELSE c.agent_read_seq END
        FROM asked a JOIN locked l ON l.id = a.conversation_id
        WHERE c.id = a.conversation_id AND c.rev = a.rev - 1
        RETURNING a.*
    ), written AS (
        INSERT INTO messages (id, conversation_id, seq, rev, author_kind, author_id, author_name, client_id, visibility,
                              channel, body, attachments, created_at)
        SELECT id, conversation_id, seq, rev, kind, author_id, author_name, client_id, visibility, channel, body, '[]', at
        FROM changed
    ), queued AS (
        INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, last_error, created_at)
        SELECT job_id, $2, jsonb_build_object('conversation_id', conversation_id), conversation_id::text, 'waiting', $3, 0,
            '', $4
        FROM changed WHERE job_id IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT id::text, (SELECT count(*) FROM queued) FROM changed"""


class Letter(Struct, frozen=True, gc=False):
    """A message that is to be written at `at`, with what changes in its conversation's row."""

    asked: AskedMessage
    situation: Situation
    values: Mapping[str, Any]
    at: datetime

    @property
    def seq(self) -> int | None:
        return None if self.asked.kind == "note" else self.situation.seq + 1

    @property
    def rev(self) -> int:
        return self.situation.rev + 1

    @property
    def author_kind(self) -> str:
        return "contact" if self.asked.kind == "contact" else "agent"

    @property
    def author_name(self) -> str:
        return self.situation.contact_name if self.asked.kind == "contact" else self.asked.author_name

    @property
    def channel(self) -> Any:
        return "chat" if self.asked.kind == "contact" else self.situation.channel

    def view(self, *, for_agents: bool) -> MessageView:
        """The message as its readers see it."""
        asked = self.asked
        return MessageView(
            id=asked.id,
            client_id=asked.client_id,
            conversation_id=asked.conversation_id,
            seq=self.seq,
            rev=self.rev if for_agents else None,
            author=AuthorView(kind="contact" if asked.kind == "contact" else "agent", id=asked.author_id, name=self.author_name),
            visibility=asked.visibility,
            channel=self.channel,
            system=None,
            body=asked.body,
            attachments=[],
            created_at=self.at,
        )


def store_on_sqlite(connection: sqlite3.Connection, letters: Sequence[Letter], now: datetime, unread_at: datetime) -> bool:
    """Write them all, at most one a conversation, in a transaction that is open already. Return if a job was queued."""
    changes: dict[str, list[tuple[Any, ...]]] = {}
    messages: list[tuple[Any, ...]] = []
    jobs: list[tuple[str, ...]] = []
    texts = {now: _text_of(now)}
    for letter in letters:
        asked, at = letter.asked, texts.get(letter.at) or texts.setdefault(letter.at, _text_of(letter.at))
        seq, rev, names, values = letter.seq, letter.rev, [], []
        for name, value in letter.values.items():
            if value is ONE_MORE:
                names.append(f"{name} = {name} + 1")
                continue
            names.append(f"{name} = ?")
            values.append(seq if value is NEW_SEQ else at if isinstance(value, datetime) else value)
        changes.setdefault(_change(tuple(names)), []).append(
            (letter.situation.seq if seq is None else seq, rev, at, *values, asked.conversation_id)
        )
        messages.append(
            (
                *(asked.id, asked.conversation_id, seq, rev, letter.author_kind, asked.author_id, letter.author_name),
                *(asked.client_id, asked.visibility, letter.channel, asked.body, at),
            )
        )
        if asked.kind == "answer":
            id = asked.conversation_id
            jobs.append((new_id(), UNREAD_JOB.name, f'{{"conversation_id": "{id}"}}', id, _text_of(unread_at), texts[now]))
    for change, rows in changes.items():
        connection.executemany(change, rows)
    connection.executemany(_INSERT, messages)
    return bool(jobs) and connection.executemany(_QUEUE, jobs).rowcount > 0


@cache
def _change(names: tuple[str, ...]) -> str:
    """Columns that stay as they are have no place in the statement: one that is set costs its index, though it be the same."""
    return f"UPDATE conversations SET {', '.join(('seq = ?', 'rev = ?', 'changed_at = ?', *names))} WHERE id = ?"  # noqa: S608 - names of columns


async def store_on_postgres(
    connection: asyncpg.Connection, letters: Sequence[Letter], now: datetime, unread_at: datetime
) -> tuple[set[str], bool]:
    """Write those whose conversation nobody has changed since. Return their messages' ids, and if a job was queued."""
    asked = msgspec.json.encode([_row_for_postgres(letter) for letter in letters]).decode()
    rows = await connection.fetch(_ON_POSTGRES, asked, UNREAD_JOB.name, unread_at, now)
    return {id for id, _ in rows}, any(queued for _, queued in rows)


def _row_for_postgres(letter: Letter) -> dict[str, Any]:
    asked, values = letter.asked, letter.values
    row: dict[str, Any] = {
        "id": asked.id,
        "conversation_id": asked.conversation_id,
        "seq": letter.seq,
        "rev": letter.rev,
        "at": letter.at,
        "kind": letter.author_kind,
        "author_id": asked.author_id,
        "author_name": letter.author_name,
        "client_id": asked.client_id,
        "visibility": asked.visibility,
        "channel": letter.channel,
        "body": asked.body,
        "job_id": new_id() if asked.kind == "answer" else None,
        "by_contact": "contact_read_seq" in values,
        "by_agent": "agent_read_seq" in values,
        "ends_wait": "waiting_since" in values and values["waiting_since"] is None,
    }
    row |= {name: value for name, value in values.items() if value is not NEW_SEQ and value is not ONE_MORE}
    return row


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
