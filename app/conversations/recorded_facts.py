"""Facts of a conversation whose changes are recorded.

    before = facts_of(conversation)
    conversation = await change_conversation(work, conversation, priority="high", ...)
    record_change(work, agent, "conversation.set_priority", before, conversation)

A new column that agents see belongs into `RECORDED`; then every verb records it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.activity.actor import Recorded
from app.activity.record import record
from app.work import Work
from models import Conversation

RECORDED = ("status", "priority", "team_id", "agent_id", "snoozed_until", "escalation_level", "escalation_reason", "tags")


def facts_of(conversation: Conversation) -> dict[str, Any]:
    """Return the facts as they are now; take them before the row changes."""
    facts = {name: getattr(conversation, name) or None for name in RECORDED}
    return facts | {"is_offered": conversation.offer_until is not None or None}


def record_change(
    work: Work, actor: Recorded, action: str, before: Mapping[str, Any], conversation: Conversation, **more: Any
) -> None:
    """Record what differs from the facts of before; nothing, when nothing does."""
    record(work, actor, action, conversation=conversation, before=before, after=facts_of(conversation), **more)
