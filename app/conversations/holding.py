"""Who holds a conversation, and the history of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from app.clock import new_id
from app.database import Prepared
from app.work import Work
from models import Agent, Assignment, Conversation

_AGENTS = Agent.__table__
_HERE = Prepared(
    select(_AGENTS).where(
        _AGENTS.c.id == bindparam("row_id"),
        _AGENTS.c.lease_until > bindparam("now", type_=_AGENTS.c.lease_until.type),
        _AGENTS.c.presence != "offline",
    ),
    Agent,
)


async def begin_assignment(work: Work, conversation: Conversation, made_by: str, reason: str, decision: dict[str, Any]) -> None:
    """Record who holds it from now on and why; whoever held it before does no longer.

    `waited_seconds` is how long it stood in the queue, so only for one that comes from there.
    """
    was_held = any(await end_assignment(work, conversation.id))
    has_waited = conversation.queued_at is not None and conversation.agent_id is not None and not was_held
    await work.add(
        Assignment(
            id=new_id(),
            conversation_id=conversation.id,
            agent_id=conversation.agent_id,
            team_id=conversation.team_id,
            made_by=made_by,
            reason=reason,
            decision=decision,
            waited_seconds=(work.now - conversation.queued_at).total_seconds() if has_waited and conversation.queued_at else None,
            started_at=work.now,
        )
    )


async def end_assignment(work: Work, conversation_id: str) -> Sequence[str | None]:
    """Nobody holds it any more; who did, or None for a queue."""
    return await work.all(
        update(Assignment)
        .where(Assignment.conversation_id == conversation_id, Assignment.ended_at.is_(None))
        .values(ended_at=work.now)
        .returning(Assignment.agent_id)
    )


async def owner_or_queue(work: Work, conversation: Conversation) -> dict[str, Any]:
    """Back to its owner while they are here, else to the queue: nobody waits for someone who has left."""
    if conversation.agent_id and await work.first(_HERE, row_id=conversation.agent_id, now=work.now):
        return {}
    return {"agent_id": None, "assigned_at": None, "queued_at": work.now}
