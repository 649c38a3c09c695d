"""Closing: what is resolved closes by itself some days later, unless its contact writes first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.activity.record import PARLEY
from app.conversations.announcements import announce_conversation
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import change_conversation, status_values
from app.job_kinds import JobKind, does
from app.work import Rows, Work
from models import Conversation, Workspace

DEFAULT_CLOSE_DAYS = 7
CLOSE_JOB = JobKind(name="conversation.close", unique_by=("conversation_id", "resolved_at"))


async def close_days(rows: Rows) -> int:
    """Return how many days after it was resolved a conversation closes; 0 for never."""
    kept = await rows.one(select(Workspace.close_days))
    return DEFAULT_CLOSE_DAYS if kept is None else kept


async def close_later(work: Work, conversation_id: str, resolved_at: datetime) -> None:
    """Queue the closing of a conversation, counted from when it was resolved; at once where those days are over."""
    if days := await close_days(work):
        due = {"conversation_id": conversation_id, "resolved_at": resolved_at.isoformat()}
        await work.later(CLOSE_JOB, due, max(timedelta(), resolved_at + timedelta(days=days) - work.now))


@does(CLOSE_JOB)
async def close_resolved(work: Work, payload: dict[str, Any]) -> None:
    """Close what is still resolved since then. One that was reopened or resolved anew stays as it is."""
    conversation = await work.one(select(Conversation).where(Conversation.id == payload["conversation_id"]).with_for_update())
    if conversation is None or conversation.category != "resolved" or conversation.resolved_at is None:
        return
    if conversation.resolved_at.isoformat() != payload["resolved_at"]:
        return
    facts = facts_of(conversation)
    changed = await change_conversation(work, conversation, **await status_values(work, "closed"))
    record_change(work, PARLEY, "conversation.close", facts, changed, cause="timer")
    await announce_conversation(work, changed)
