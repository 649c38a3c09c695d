"""Supervisors' ways into a conversation: watching, whispering, taking over, pulling back."""

from __future__ import annotations

from app.contract.bases import Command, Done
from app.contract.conversations import Changed
from app.contract.messages import Sent
from app.contract.values import ClientId, Id, MessageBody


class WatchConversation(Command, tag="conversation.watch", answers=Done):
    """A supervisor reads along from now on. Nobody is told, no mark moves; a line in the audit says so."""

    conversation_id: Id


class WhisperConversation(Command, tag="conversation.whisper", answers=Sent):
    """A supervisor's note for whoever has the conversation, marked `whispered`. Contacts never see it."""

    client_id: ClientId
    conversation_id: Id
    body: MessageBody


class TakeOverConversation(Command, tag="conversation.take_over", answers=Changed):
    """A supervisor takes a conversation, whoever has it."""

    conversation_id: Id


class PullBackConversation(Command, tag="conversation.pull_back", answers=Changed):
    """A supervisor takes a conversation from its agent and puts it at the head of its queue."""

    conversation_id: Id
