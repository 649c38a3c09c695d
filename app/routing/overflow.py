"""A conversation that waits too long in one team's queue moves on to the next team the rule names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.conversations.changing import change_conversation
from app.conversations.holding import begin_assignment
from app.conversations.telling import tell_change
from app.work import Rows, Work
from models import Conversation, Routing, Team

OVERFLOW_JOB = "conversation.overflow"
MOST_DUE = 100


async def arm_overflow(work: Work, conversation_id: str, steps: Sequence[dict[str, Any]]) -> None:
    """Note the teams still to come, and set the timer for the first."""
    due_at = work.now + timedelta(seconds=steps[0]["after_seconds"]) if steps else None
    mine = Routing.conversation_id == conversation_id
    await work.change(update(Routing).where(mine).values(overflow=list(steps), overflow_at=due_at))
    if due_at:
        await work.later(OVERFLOW_JOB, {"conversation_id": conversation_id}, due_at - work.now, unique_key=conversation_id)


async def overflow_conversation(work: Work, conversation_id: str) -> None:
    """Its time in this queue is over: on to the next team, with the time it has waited. Had by somebody, or not due yet:
    nothing happens."""
    conversation = await work.one(select(Conversation).where(Conversation.id == conversation_id).with_for_update())
    routing = await work.one(select(Routing).where(Routing.conversation_id == conversation_id))
    if conversation is None or routing is None or routing.overflow_at is None or routing.overflow_at > work.now:
        return
    if conversation.agent_id is not None or conversation.category not in ("new", "open"):
        await arm_overflow(work, conversation_id, [])
        return
    step, *rest = routing.overflow
    is_there = await work.one(select(Team.id).where(Team.id == step["team_id"])) is not None
    await arm_overflow(work, conversation_id, rest)
    if is_there:
        conversation = await change_conversation(work, conversation, team_id=step["team_id"])
        await begin_assignment(work, conversation, "routing", "overflow", {"rule_id": routing.rule_id})
        await tell_change(work, conversation)


async def overdue_overflows(rows: Rows, now: datetime) -> list[str]:
    """Conversations that should have moved on by now, should the job be lost."""
    return list(await rows.all(select(Routing.conversation_id).where(Routing.overflow_at <= now).limit(MOST_DUE)))
