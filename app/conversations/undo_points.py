"""The state of a conversation before a change that can be undone, kept until the next one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.database import Prepared, prepared_by
from app.people.actors import SignedInAgent
from app.work import Work
from models import Conversation, Routing, Undo

TIMES = ("waiting_since", "queued_at", "assigned_at", "offer_until", "snoozed_until", "routed_at", "resolved_at")
VALUES = (
    "status",
    "category",
    "priority",
    "priority_rank",
    "agent_id",
    "team_id",
    "escalation_level",
    "escalation_reason",
    "reopened_count",
    "ended_by",
)
ROUTING = ("passed", "rung", "givers")

_ROUTINGS = Routing.__table__
_ROUTING = prepared_by(Routing, "conversation_id")
_UNDOS = Undo.__table__
_UNDO = Prepared(select(_UNDOS).where(_UNDOS.c.conversation_id == bindparam("key")), Undo)


async def standing_of(work: Work, conversation: Conversation) -> dict[str, Any]:
    """Return all that a change may take from a conversation, as it is now, for `keep_undo` or `undo`."""
    routing = await work.first(_ROUTING, key=conversation.id)
    times: dict[str, datetime | None] = {name: getattr(conversation, name) for name in TIMES}
    return {
        "values": {name: getattr(conversation, name) for name in VALUES},
        "times": {name: time.isoformat() if time else None for name, time in times.items()},
        "tags": list(conversation.tags or []),
        "topic": conversation.topic,
        "routing": {name: getattr(routing, name) for name in ROUTING} if routing else None,
    }


async def keep_undo(work: Work, agent: SignedInAgent, before: dict[str, Any], changed: Conversation) -> None:
    """Let the agent take back what they have just done, as long as the conversation stays at this revision."""
    await work.put(Undo(conversation_id=changed.id, agent_id=agent.id, rev=changed.rev, before=before, made_at=work.now))


async def undo_of(work: Work, conversation_id: str) -> Undo | None:
    """Return the last change that could be undone, if there was one."""
    return await work.first(_UNDO, key=conversation_id)


def values_of(before: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of the conversation as they were."""
    times = {name: datetime.fromisoformat(time) if time else None for name, time in before["times"].items()}
    return dict(before["values"]) | times
