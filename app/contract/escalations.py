"""Escalations of a conversation to supervisors and admins."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.contract.bases import Command, Event
from app.contract.conversations import Changed
from app.contract.values import Id


class EscalateConversation(Command, tag="conversation.escalate", answers=Changed):
    """Raise the level, with the reason."""

    conversation_id: Id
    level: Annotated[int, Meta(ge=1, le=3)]
    reason: Annotated[str, Meta(min_length=1, max_length=2000)]


class DeescalateConversation(Command, tag="conversation.deescalate", answers=Changed):
    """Take an escalation back: level 0, without a reason."""

    conversation_id: Id


class ConversationEscalated(Event, tag="conversation.escalated"):
    """A colleague asks supervisors and admins to look at a conversation."""

    conversation_id: str
    contact_name: str
    level: int
    reason: str
    by_id: str
    by_name: str
