"""The owner of a conversation, and the history of its owners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, or_, select, update

from app.clock import new_id
from app.conversations.queue.wait_estimate import note_waits, seconds_since
from app.database import Prepared
from app.people.load import Load, loads_of, weight_of
from app.work import Work
from models import Agent, Assignment, Conversation, Message, Routing

UNNOTICED = timedelta(seconds=10)
"""How long a lapsed lease may go unnoticed by the timetable, whose node may be busy; the grace begins when it is."""

_AGENTS = Agent.__table__
_HERE = Prepared(
    select(_AGENTS).where(
        _AGENTS.c.id == bindparam("row_id"),
        _AGENTS.c.is_active,
        or_(_AGENTS.c.lease_until > bindparam("recent", type_=_AGENTS.c.lease_until.type), _AGENTS.c.left_at.is_not(None)),
        _AGENTS.c.presence != "offline",
    ),
    Agent,
)
"""Here, or gone so recently that a reload or a short loss of network may be all it is."""
_LOCK = Prepared(select(_AGENTS).where(_AGENTS.c.id == bindparam("row_id")).with_for_update(key_share=True), Agent)

_ASSIGNED_NOW = Prepared(
    update(_AGENTS)  # pyright: ignore[reportArgumentType] - a table is one
    .where(_AGENTS.c.id == bindparam("row_id"))
    .values(last_assigned_at=bindparam("now", type_=_AGENTS.c.last_assigned_at.type))
    .returning(*_AGENTS.c),
    Agent,
)


class AssignmentRecord(Struct, frozen=True):
    """A conversation as it stands with its new owner (or the queue), and why."""

    conversation: Conversation
    reason: str
    decision: dict[str, Any]


async def begin_assignment(
    work: Work, conversation: Conversation, made_by: str, reason: str, decision: dict[str, Any] | None = None
) -> None:
    """As `begin_assignments`, for one."""
    await begin_assignments(work, [AssignmentRecord(conversation, reason, decision or {})], made_by)


async def begin_assignments(work: Work, records: Sequence[AssignmentRecord], made_by: str) -> None:
    """Record who holds them from now on and why; whoever held them before does no longer.

    `waited_seconds` is how long one stood in the queue, so only for one that comes from there; an offer ends no wait before
    it is accepted.
    """
    if not records:
        return
    were_held = await end_assignments(work, [record.conversation.id for record in records])
    begun: list[Assignment] = []
    for record in records:
        conversation = record.conversation
        is_taken = conversation.agent_id is not None and conversation.offer_until is None
        since = conversation.queued_at if is_taken and conversation.id not in were_held else None
        begun.append(
            Assignment(
                id=new_id(),
                conversation_id=conversation.id,
                agent_id=conversation.agent_id,
                team_id=conversation.team_id,
                made_by=made_by,
                reason=record.reason,
                decision=record.decision,
                waited_seconds=seconds_since(since, work.now) if since else None,
                started_at=work.now,
            )
        )
    await note_waits(work, [one.conversation_id for one in begun if one.waited_seconds is not None], work.now)
    await work.add_all(begun)


async def accept_assignment(work: Work, conversation: Conversation) -> None:
    """Accept what was offered: the wait ends now."""
    waited = seconds_since(conversation.queued_at, work.now) if conversation.queued_at else None
    await work.change(
        update(Assignment)
        .where(Assignment.conversation_id == conversation.id, Assignment.ended_at.is_(None))
        .values(outcome="accepted", waited_seconds=waited)
    )
    await note_waits(work, [conversation.id], work.now)


async def end_assignments(work: Work, conversation_ids: Sequence[str]) -> set[str]:
    """Nobody holds them any more; which of them an agent did."""
    ended = update(Assignment).where(Assignment.conversation_id.in_(conversation_ids), Assignment.ended_at.is_(None))
    were = await work.rows(ended.values(ended_at=work.now).returning(Assignment.conversation_id, Assignment.agent_id))
    return {conversation_id for conversation_id, agent_id in were if agent_id is not None}


async def ask_anew(work: Work, conversation_ids: Sequence[str], givers: Sequence[str] = ()) -> None:
    """These had been taken, or an agent chose a queue for them: all who let them pass before may be asked again, and
    `givers`, who hand them over now, once nobody else is left."""
    if not conversation_ids:
        return
    if givers:
        for id in conversation_ids:
            await work.add_unless_there(nothing_found(id, work.now))
    mine = Routing.conversation_id.in_(conversation_ids)
    await work.change(update(Routing).where(mine).values(passed=[], rung=None, givers=list(givers) or None))


def nothing_found(conversation_id: str, now: datetime, fields: dict[str, str] | None = None) -> Routing:
    """A row to keep what routing finds out."""
    return Routing(conversation_id=conversation_id, fields=fields or {}, trace=[], skills=[], overflow=[], passed=[], made_at=now)


async def note_assigned(work: Work, agent_id: str) -> str:
    """An agent has just been given something, which counts for whose turn is next; their name."""
    agent = await work.first(_ASSIGNED_NOW, row_id=agent_id, now=work.now)
    return agent.name if agent else ""


async def present_among(work: Work, agent_ids: Sequence[str]) -> set[str]:
    """Return those of them who are present, or gone so recently that a reload may be all it is."""
    recent = or_(Agent.lease_until > work.now - UNNOTICED, Agent.left_at.is_not(None))
    are_here = Agent.is_active, recent, Agent.presence != "offline"
    return set(await work.all(select(Agent.id).where(Agent.id.in_(sorted(set(agent_ids))), *are_here)))


async def unanswered_since(work: Work, conversation_id: str) -> datetime | None:
    """Return when the contact began to wait for the answer they have not had; None when the last word is an agent's."""
    mine = Message.conversation_id == conversation_id, Message.visibility == "public"
    answered = select(Message.seq).where(*mine, Message.author_kind == "agent").order_by(Message.seq.desc()).limit(1)
    asked = select(Message.created_at).where(
        *mine, Message.author_kind == "contact", Message.seq > (await work.one(answered) or 0)
    )
    return await work.one(asked.order_by(Message.seq).limit(1))


async def values_if_owner_left(work: Work, conversation: Conversation, since: datetime | None = None) -> dict[str, Any]:
    """Back to its owner while they are here, else to the queue, where a contact who waits stands by `since` or by when they
    began to: nobody waits for someone who has left, and nobody waits twice."""
    if conversation.agent_id and await work.first(_HERE, row_id=conversation.agent_id, recent=work.now - UNNOTICED):
        return {}
    queued_at = since or conversation.waiting_since or work.now
    return {"agent_id": None, "assigned_at": None, "offer_until": None, "queued_at": queued_at}


async def values_if_owner_cannot_take(work: Work, conversation: Conversation, since: datetime | None = None) -> dict[str, Any]:
    """As `values_if_owner_left` for one that had ended and holds no slot: only to an owner who is available and has room. Their
    row is locked, so that two that come back at once, or one and routing, cannot both take the last slot."""
    owner_id = conversation.agent_id
    if owner_id:
        await work.first(_LOCK, row_id=owner_id)
    owner = await work.first(_HERE, row_id=owner_id, recent=work.now - UNNOTICED) if owner_id else None
    is_free = owner is not None and owner.presence == "online" and owner.takes_chats is not False
    if owner_id and owner and is_free and owner.lease_until and owner.lease_until > work.now:
        load = (await loads_of(work, work.now, [owner_id])).get(owner_id, Load())
        if load.weight + weight_of(conversation.channel) <= owner.capacity:
            return {}
    queued_at = since or conversation.waiting_since or work.now
    return {"agent_id": None, "assigned_at": None, "offer_until": None, "queued_at": queued_at}
