"""Every queue as it is now, each figure from one pass over an index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import case, func, select

from app.contract.wall import ChatWallView
from app.people.load import Load, loads_of
from app.reports.thresholds import Thresholds, late_before, risky_before
from app.work import Rows
from models import Contact, Conversation
from models.conversation import IS_HELD, IS_QUEUED, IS_UNANSWERED

MAX_CHATS = 12


class Waiting(Struct, frozen=True):
    """Conversations waiting in one team's queue."""

    count: int = 0
    oldest_at: datetime | None = None
    risky_count: int = 0
    next_queued_at: datetime | None = None
    """When the one who will be at risk next began to wait."""


class Unanswered(Struct, frozen=True):
    """Conversations waiting for a first answer: how many for longer than promised, and when the next of them to be late
    began.
    """

    late_count: int = 0
    next_created_at: datetime | None = None


class Held(Struct, frozen=True):
    """Conversations agents hold: how many by team, and by agent."""

    by_team: dict[str | None, int]
    by_agent: dict[str, int]


class Open(Struct, frozen=True):
    """All that the wall counts of open conversations."""

    waiting: dict[str | None, Waiting]
    unanswered: dict[str | None, Unanswered]
    held: Held
    loads: Mapping[str, Load]


async def count_open(rows: Rows, thresholds: Thresholds, now: datetime) -> Open:
    """From the rows."""
    return Open(
        waiting=await waiting_by_team(rows, thresholds, now),
        unanswered=await unanswered_by_team(rows, thresholds, now),
        held=await held_by_team_and_agent(rows),
        loads=await loads_of(rows, now),
    )


async def waiting_by_team(rows: Rows, thresholds: Thresholds, now: datetime) -> dict[str | None, Waiting]:
    """Teams somebody waits for, and how long they have."""
    cutoff = risky_before(thresholds, Conversation.team_id, now)
    is_risky = Conversation.queued_at <= cutoff
    found = await rows.rows(
        select(
            Conversation.team_id,
            func.count(),
            func.min(Conversation.queued_at),
            func.sum(case((is_risky, 1), else_=0)),
            func.min(case((is_risky, None), else_=Conversation.queued_at)),
        )
        .where(IS_QUEUED)
        .group_by(Conversation.team_id)
    )
    return {team_id: Waiting(count, oldest_at, risky, next_at) for team_id, count, oldest_at, risky, next_at in found}


async def unanswered_by_team(rows: Rows, thresholds: Thresholds, now: datetime) -> dict[str | None, Unanswered]:
    """Count the conversations with no answer at all by team, however long ago they began."""
    is_late = Conversation.created_at < late_before(thresholds, Conversation.team_id, now)
    found = await rows.rows(
        select(
            Conversation.team_id,
            func.sum(case((is_late, 1), else_=0)),
            func.min(case((is_late, None), else_=Conversation.created_at)),
        )
        .where(IS_UNANSWERED)
        .group_by(Conversation.team_id)
    )
    return {team_id: Unanswered(late_count or 0, next_at) for team_id, late_count, next_at in found}


async def held_by_team_and_agent(rows: Rows) -> Held:
    """Open conversations that somebody has."""
    by_team: dict[str | None, int] = {}
    by_agent: dict[str, int] = {}
    found = await rows.rows(
        select(Conversation.team_id, Conversation.agent_id, func.count())
        .where(IS_HELD)
        .group_by(Conversation.team_id, Conversation.agent_id)
    )
    for team_id, agent_id, count in found:
        by_team[team_id] = by_team.get(team_id, 0) + count
        if agent_id is not None:
            by_agent[agent_id] = by_agent.get(agent_id, 0) + count
    return Held(by_team, by_agent)


async def chats_by_agent(rows: Rows, held: Held) -> dict[str, list[ChatWallView]]:
    """Return the conversations each agent holds, longest first. Agents with more than a screen can list are left out."""
    few = [agent_id for agent_id, count in held.by_agent.items() if count <= MAX_CHATS]
    if not few:
        return {}
    chats: dict[str, list[ChatWallView]] = {}
    found = await rows.rows(
        select(
            Conversation.agent_id,
            Conversation.id,
            Contact.id,
            Contact.name,
            Conversation.assigned_at,
            Conversation.created_at,
            Conversation.waiting_since,
        )
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(IS_HELD, Conversation.agent_id.in_(few))
    )
    for agent_id, id, contact_id, name, assigned_at, created_at, waiting_since in found:
        chat = ChatWallView(
            conversation_id=id,
            contact_id=contact_id,
            contact_name=name,
            since=assigned_at or created_at,
            waiting_since=waiting_since,
        )
        chats.setdefault(agent_id or "", []).append(chat)
    for them in chats.values():
        them.sort(key=lambda chat: (chat.since, chat.conversation_id))
    return chats
