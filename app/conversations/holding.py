"""Who holds a conversation, and the history of that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from app.clock import new_id
from app.conversations.estimate import note_wait, seconds_since
from app.database import Prepared
from app.people.load import Load, loads_of, weight_of
from app.work import Work
from models import Agent, Assignment, Conversation

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

_ASSIGNMENTS = Assignment.__table__
_END = Prepared(
    update(_ASSIGNMENTS)  # pyright: ignore[reportArgumentType] - a table, said to be any from-clause
    .where(_ASSIGNMENTS.c.conversation_id == bindparam("row_id"), _ASSIGNMENTS.c.ended_at.is_(None))
    .values(ended_at=bindparam("now", type_=_ASSIGNMENTS.c.ended_at.type))
    .returning(*_ASSIGNMENTS.c),
    Assignment,
)


async def begin_assignment(work: Work, conversation: Conversation, made_by: str, reason: str, decision: dict[str, Any]) -> None:
    """Record who holds it from now on and why; whoever held it before does no longer.

    `waited_seconds` is how long it stood in the queue, so only for one that comes from there; an offer ends no wait before
    it is accepted.
    """
    was_held = any(await end_assignment(work, conversation.id))
    is_taken = conversation.agent_id is not None and conversation.offer_until is None
    waited = seconds_since(conversation.queued_at, work.now) if conversation.queued_at and is_taken and not was_held else None
    if waited is not None:
        await note_wait(work, conversation.id, work.now)
    await work.add(
        Assignment(
            id=new_id(),
            conversation_id=conversation.id,
            agent_id=conversation.agent_id,
            team_id=conversation.team_id,
            made_by=made_by,
            reason=reason,
            decision=decision,
            waited_seconds=waited,
            started_at=work.now,
        )
    )


async def accept_assignment(work: Work, conversation: Conversation) -> None:
    """What was offered is taken: the wait ends now."""
    waited = seconds_since(conversation.queued_at, work.now) if conversation.queued_at else None
    await work.change(
        update(Assignment)
        .where(Assignment.conversation_id == conversation.id, Assignment.ended_at.is_(None))
        .values(outcome="accepted", waited_seconds=waited)
    )
    await note_wait(work, conversation.id, work.now)


async def end_assignment(work: Work, conversation_id: str) -> Sequence[str | None]:
    """Nobody holds it any more; who did, or None for a queue."""
    return [ended.agent_id for ended in await work.each(_END, row_id=conversation_id, now=work.now)]


async def owner_or_queue(work: Work, conversation: Conversation) -> dict[str, Any]:
    """Back to its owner while they are here, else to the queue: nobody waits for someone who has left."""
    if conversation.agent_id and await work.first(_HERE, row_id=conversation.agent_id, recent=work.now - UNNOTICED):
        return {}
    return {"agent_id": None, "assigned_at": None, "offer_until": None, "queued_at": work.now}


async def owner_with_room_or_queue(work: Work, conversation: Conversation) -> dict[str, Any]:
    """As `owner_or_queue` for one that had ended and holds no slot: only to an owner who is available and has room."""
    owner_id = conversation.agent_id
    owner = await work.first(_HERE, row_id=owner_id, recent=work.now - UNNOTICED) if owner_id else None
    if owner_id and owner and owner.presence == "online" and owner.lease_until and owner.lease_until > work.now:
        load = (await loads_of(work, work.now, [owner_id])).get(owner_id, Load())
        if load.weight + weight_of(conversation.channel) <= owner.capacity:
            return {}
    return {"agent_id": None, "assigned_at": None, "offer_until": None, "queued_at": work.now}
