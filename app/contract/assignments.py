"""The owner of a conversation: offers, claims, assignments and transfers."""

from __future__ import annotations

from datetime import datetime

from app.contract.bases import Command, Event
from app.contract.conversations import Changed
from app.contract.values import Id, MessageBody


class AcceptConversation(Command, tag="conversation.accept", answers=Changed):
    """Take what was offered. Answering or opening it does the same. Refused as `conflict` once it has gone on."""

    conversation_id: Id


class DeclineConversation(Command, tag="conversation.decline", answers=Changed):
    """Not me: what was offered goes on at once."""

    conversation_id: Id


class ClaimConversation(Command, tag="conversation.claim", answers=Changed):
    """Take an unassigned conversation. Refused as `conflict` if a colleague was first."""

    conversation_id: Id


class AssignConversation(Command, tag="conversation.assign", answers=Changed):
    """Give to an agent, to a team's queue, or (both empty) back to the queue it came from."""

    conversation_id: Id
    agent_id: Id | None = None
    team_id: Id | None = None


class TransferConversation(Command, tag="conversation.transfer", answers=Changed):
    """Hand over to an agent or a team, with a note for whoever takes it."""

    conversation_id: Id
    agent_id: Id | None = None
    team_id: Id | None = None
    note: MessageBody = ""


class AssignmentOffered(Event, tag="assignment.offered"):
    """You were given this conversation, and why. With `until` you have until then to accept it, or it goes on."""

    conversation_id: str
    reason: str
    until: datetime | None
