"""The history of who held a conversation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from app.clock import new_id
from app.work import Work
from models import Assignment, Conversation


async def begin_assignment(work: Work, conversation: Conversation, made_by: str, reason: str, decision: dict[str, Any]) -> None:
    """Record who holds it from now on and why; whoever held it before does no longer."""
    await end_assignment(work, conversation.id)
    waited = (work.now - conversation.queued_at).total_seconds() if conversation.queued_at and conversation.agent_id else None
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


async def end_assignment(work: Work, conversation_id: str) -> None:
    """Nobody holds it any more."""
    await work.change(
        update(Assignment)
        .where(Assignment.conversation_id == conversation_id, Assignment.ended_at.is_(None))
        .values(ended_at=work.now)
    )
