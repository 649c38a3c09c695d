"""Positions that conversations have reached: for many readers in one query, and those that moved since a node last
looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Select, Text, bindparam, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.contract.messages import MarksView
from app.contract.reading import HeadView
from app.conversations.views import marks_view
from app.database import Prepared, prepared_by
from app.work import Rows
from models import Conversation

MAX_HEADS = 100
MAX_OF_CONTACT = 5
BATCH = 200
"""On SQLite a query runs on the event loop: a millisecond of it at a time."""

_TABLE = Conversation.__table__
_BY_ID = prepared_by(Conversation)
_OF_CONTACT = Prepared(
    select(_TABLE).where(_TABLE.c.contact_id == bindparam("contact")).order_by(_TABLE.c.created_at.desc()).limit(MAX_OF_CONTACT),
    Conversation,
)
_HELD_BY = Prepared(
    select(_TABLE)
    .where(_TABLE.c.agent_id == bindparam("agent"), or_(_TABLE.c.category == "new", _TABLE.c.category == "open"))
    .order_by(_TABLE.c.last_message_at.desc())
    .limit(MAX_HEADS),
    Conversation,
)


class ConversationPosition(Struct, frozen=True):
    """The position of a conversation, and the readers who hear of it."""

    id: str
    inbox_id: str
    contact_id: str
    agent_id: str | None
    seq: int
    rev: int
    marks: MarksView


async def heads_for_visitors(rows: Rows, contact_ids: Iterable[str]) -> dict[str, list[HeadView]]:
    """The recent conversations of each contact who has any. Their revisions are not theirs to count."""
    latest = func.row_number().over(partition_by=Conversation.contact_id, order_by=Conversation.created_at.desc()).label("place")
    found: dict[str, list[HeadView]] = {}
    for batch in _batches(contact_ids):
        inner = select(Conversation, latest).where(Conversation.contact_id.in_(batch)).subquery()
        recent = aliased(Conversation, inner)
        wanted = _places(recent).where(inner.c.place <= MAX_OF_CONTACT).order_by(recent.created_at.desc())
        for place in await _read(rows, wanted):
            found.setdefault(place.contact_id, []).append(_head(place, rev=0))
    return found


async def heads_for_agents(
    rows: Rows, agent_ids: Iterable[str], viewed_ids: Iterable[str]
) -> tuple[dict[str, list[HeadView]], dict[str, HeadView]]:
    """The conversations each agent holds that want attention, and those looked at, by id."""
    held: dict[str, list[HeadView]] = {}
    viewed: dict[str, HeadView] = {}
    for batch in _batches(agent_ids):
        wanted = _places(Conversation).where(
            Conversation.agent_id.in_(batch), or_(Conversation.category == "new", Conversation.category == "open")
        )
        for place in await _read(rows, wanted.order_by(Conversation.last_message_at.desc())):
            heads = held.setdefault(place.agent_id or "", [])
            if len(heads) < MAX_HEADS:
                heads.append(_head(place, rev=place.rev))
    for batch in _batches(viewed_ids):
        for place in await _read(rows, _places(Conversation).where(Conversation.id.in_(batch))):
            viewed[place.id] = _head(place, rev=place.rev)
    return held, viewed


async def heads_for_visitor(rows: Rows, contact_id: str) -> list[HeadView]:
    """Return the positions of one contact's recent conversations."""
    found = await rows.all_prepared(_OF_CONTACT, contact=contact_id)
    return [HeadView(conversation_id=one.id, seq=one.seq, rev=0, marks=marks_view(one)) for one in found]


async def heads_for_agent(rows: Rows, agent_id: str, viewed_id: str | None) -> list[HeadView]:
    """Return the positions of the conversations one agent holds or looks at."""
    found = await rows.all_prepared(_HELD_BY, agent=agent_id)
    if viewed_id and all(one.id != viewed_id for one in found):
        found += await rows.all_prepared(_BY_ID, key=viewed_id)
    return [HeadView(conversation_id=one.id, seq=one.seq, rev=one.rev, marks=marks_view(one)) for one in found]


def together(held: Sequence[HeadView], viewed: HeadView | None) -> list[HeadView]:
    """Combine the conversations an agent holds and those they look at, each once."""
    if viewed is None or any(head.conversation_id == viewed.conversation_id for head in held):
        return list(held)
    return [*held, viewed]


async def find_horizon(rows: Rows) -> int:
    """Every transaction below this one is over: what it wrote can be read. Always 0 on SQLite, where nobody else writes."""
    if rows.dialect == "sqlite":
        return 0
    return await rows.one(select(cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger))) or 0


async def list_moved(rows: Rows, since: int, after: tuple[int, str] | None, limit: int) -> list[tuple[int, ConversationPosition]]:
    """Conversations written by a transaction from `since` on, in that order; `after` is the last (transaction, id) of the
    page before.

    Whoever reads `find_horizon` first and asks from there the next time misses nothing, however late a transaction
    commits and whatever any clock says; some are returned twice. Ids above the newest transaction came with a backup.
    """
    if rows.dialect == "sqlite":
        return []
    newest = cast(cast(func.pg_snapshot_xmax(func.pg_current_snapshot()), Text), BigInteger)
    xid = Conversation.changed_xid
    wanted = _places(Conversation).add_columns(xid).where(xid >= since, xid < newest).order_by(xid, Conversation.id).limit(limit)
    if after is not None:
        wanted = wanted.where(
            or_(xid > after[0], (xid == after[0]) & (Conversation.id > literal(after[1], Conversation.id.type)))
        )
    return [(row[-1], _place(row)) for row in await rows.rows(wanted)]


def _places(of: type[Conversation]) -> Select[*tuple[Any, ...]]:
    return select(
        of.id,
        of.inbox_id,
        of.contact_id,
        of.agent_id,
        of.seq,
        of.rev,
        of.contact_delivered_seq,
        of.contact_read_seq,
        of.agent_delivered_seq,
        of.agent_read_seq,
    )


async def _read(rows: Rows, wanted: Select[*tuple[Any, ...]]) -> list[ConversationPosition]:
    return [_place(row) for row in await rows.rows(wanted)]


def _place(row: Sequence[Any]) -> ConversationPosition:
    id, inbox_id, contact_id, agent_id, seq, rev, contact_delivered, contact_read, agent_delivered, agent_read = row[:10]
    marks = MarksView(
        contact_delivered_seq=contact_delivered,
        contact_read_seq=contact_read,
        agent_delivered_seq=agent_delivered,
        agent_read_seq=agent_read,
    )
    return ConversationPosition(id, inbox_id, contact_id, agent_id, seq, rev, marks)


def _head(place: ConversationPosition, rev: int) -> HeadView:
    return HeadView(conversation_id=place.id, seq=place.seq, rev=rev, marks=place.marks)


def _batches(ids: Iterable[str]) -> list[list[str]]:
    distinct = sorted(set(ids))
    return [distinct[at : at + BATCH] for at in range(0, len(distinct), BATCH)]
