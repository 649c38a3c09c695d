"""The situation of the conversations that messages are asked for: one statement for a batch, on either database, without a
rule."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import and_, bindparam, select

from app.conversations.messages.asked_message import AskedMessage
from app.conversations.messages.decide import Situation
from app.database import Prepared
from app.work import Work
from models import Agent, Contact, Conversation, Draft, Message, Team

_COLUMNS = """
    c.inbox_id, c.contact_id, p.name, c.channel, c.category, c.seq, c.rev, {max}(c.changed_at, c.last_message_at),
    c.waiting_since IS NOT NULL, c.first_answered_at IS NOT NULL, c.agent_id, c.offer_until IS NOT NULL, c.joined_ids,
    a.is_active, a.presence, a.lease_until, a.left_at, t.takes_on_reply, d.agent_id IS NOT NULL, m.id"""
_ROWS = """
    JOIN conversations c ON c.id = asked.conversation_id
    JOIN contacts p ON p.id = c.contact_id
    LEFT JOIN agents a ON a.id = c.agent_id
    LEFT JOIN teams t ON t.id = c.team_id
    LEFT JOIN drafts d ON d.conversation_id = c.id AND d.agent_id = asked.author_id"""
_ON_SQLITE = f"""SELECT asked.id, {_COLUMNS.format(max="max")}
    FROM asked CROSS {_ROWS.strip()}
    LEFT JOIN messages m ON m.author_id = asked.author_id AND m.client_id = asked.client_id"""  # noqa: S608 - parts of this file
_ON_POSTGRES = f"""SELECT coalesce(json_agg(json_build_array(asked.id, {_COLUMNS.format(max="greatest")})), '[]')::text
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[]) AS asked (id, conversation_id, author_id, client_id)
    {_ROWS.strip()}
    LEFT JOIN LATERAL (
        SELECT id FROM messages WHERE author_id = asked.author_id AND client_id = asked.client_id LIMIT 1
    ) m ON true"""  # noqa: S608 - parts of this file
_decoder = msgspec.json.Decoder(list[Situation])

_CONVERSATIONS = Conversation.__table__
_AROUND = Prepared(
    select(
        Contact.__table__.c.name,
        *(Agent.__table__.c[name] for name in ("is_active", "presence", "lease_until", "left_at")),
        Team.__table__.c.takes_on_reply,
        Draft.__table__.c.agent_id,
        Message.__table__.c.id,
    )
    .select_from(_CONVERSATIONS)
    .join(Contact.__table__, Contact.__table__.c.id == _CONVERSATIONS.c.contact_id)
    .outerjoin(Agent.__table__, Agent.__table__.c.id == _CONVERSATIONS.c.agent_id)
    .outerjoin(Team.__table__, Team.__table__.c.id == _CONVERSATIONS.c.team_id)
    .outerjoin(
        Draft.__table__,
        and_(Draft.__table__.c.conversation_id == _CONVERSATIONS.c.id, Draft.__table__.c.agent_id == bindparam("by")),
    )
    .outerjoin(
        Message.__table__,
        and_(Message.__table__.c.author_id == bindparam("by"), Message.__table__.c.client_id == bindparam("key")),
    )
    .where(_CONVERSATIONS.c.id == bindparam("row_id"))
)


def load_on_sqlite(connection: sqlite3.Connection, asked: Sequence[AskedMessage]) -> dict[str, Situation]:
    """Return the situation of each message by its id. Missing conversations are left out."""
    values: list[Any] = []
    for one in asked:
        values += (one.id, one.conversation_id, one.author_id, one.client_id)
    return {row[0]: _read(*row) for row in connection.execute(_for_sqlite(len(asked)), values)}


def _read(*row: Any) -> Situation:
    """A row of SQLite, whose times are texts and whose truths are numbers."""
    values = list(row)
    for n in _TIMES:
        values[n] = values[n] and datetime.fromisoformat(values[n])
    for n in _TRUTHS:
        values[n] = values[n] and values[n] == 1
    return Situation(*values)


_FIELDS = Situation.__struct_fields__
_TIMES = [_FIELDS.index(name) for name in ("latest", "owner_lease_until", "owner_left_at")]
_TRUTHS = [n for n, name in enumerate(_FIELDS) if name.startswith(("is_", "has_", "takes_", "owner_is_"))]


@cache
def _for_sqlite(count: int) -> str:
    rows = ", ".join(["(?, ?, ?, ?)"] * count)
    return f"WITH asked(id, conversation_id, author_id, client_id) AS (VALUES {rows}) {_ON_SQLITE}"


async def load_on_postgres(connection: asyncpg.Connection, asked: Sequence[AskedMessage]) -> dict[str, Situation]:
    """As `load_on_sqlite`. Rows are not locked: what is stored says the `rev` it was decided at."""
    columns = zip(*((one.id, one.conversation_id, one.author_id, one.client_id) for one in asked), strict=True)
    ((found,),) = await connection.fetch(_ON_POSTGRES, *columns)
    return {one.message_id: one for one in _decoder.decode(found)}


async def load_one(work: Work, conversation: Conversation, asked: AskedMessage) -> Situation:
    """Return the situation of a message to a conversation whose row is locked."""
    ((name, is_active, presence, lease_until, left_at, takes_on_reply, drafted_by, earlier_id),) = await work.tuples(
        _AROUND, row_id=conversation.id, by=asked.author_id, key=asked.client_id
    )
    return Situation(
        message_id=asked.id,
        inbox_id=conversation.inbox_id,
        contact_id=conversation.contact_id,
        contact_name=name,
        channel=conversation.channel,
        category=conversation.category,
        seq=conversation.seq,
        rev=conversation.rev,
        latest=max(conversation.changed_at, conversation.last_message_at),
        is_waiting=conversation.waiting_since is not None,
        is_answered=conversation.first_answered_at is not None,
        agent_id=conversation.agent_id,
        is_offered=conversation.offer_until is not None,
        joined_ids=conversation.joined_ids,
        owner_is_active=is_active,
        owner_presence=presence,
        owner_lease_until=lease_until,
        owner_left_at=left_at,
        takes_on_reply=takes_on_reply,
        has_draft=drafted_by is not None,
        earlier_id=earlier_id,
    )
