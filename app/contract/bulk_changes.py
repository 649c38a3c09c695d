"""Changes to many conversations at once, and undoing them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, dataclass_transform

from msgspec import Meta, Struct, field

from app.contract.bases import Command, Reply, View
from app.contract.conversations import ConversationView
from app.contract.values import ErrorCode, Id, Priority, StatusKey, Tag


class NotChanged(View):
    """A conversation that was left as it was, and why."""

    conversation_id: str
    code: ErrorCode
    detail: str


class ManyChanged(Reply):
    """The conversations after the change, and those that were refused it."""

    conversations: list[ConversationView]
    failed: list[NotChanged]
    ok: Literal[True] = True


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to some conversations, all of it or nothing for each. With `moves`, the owner becomes `agent_id` or `team_id`,
    or nobody. `topic` is the ticket's: refused as `not_found` where there is no ticket."""

    conversation_ids: Annotated[list[Id], Meta(min_length=1, max_length=200)]
    status: StatusKey | None = None
    priority: Priority | None = None
    topic: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    snooze_until: datetime | None = None
    moves: bool = False
    agent_id: Id | None = None
    team_id: Id | None = None
    add_tags: Annotated[list[Tag], Meta(max_length=20)] = []
    remove_tags: Annotated[list[Tag], Meta(max_length=20)] = []


class ChangeConversations(Command, tag="conversations.bulk", answers=ManyChanged):
    """Change up to 200 conversations at once, or put them back, each group in its own way. What is refused for one leaves
    the others alone. The same again changes nothing more."""

    changes: Annotated[list[Change], Meta(min_length=1, max_length=200)]


class UndoConversations(Command, tag="conversations.undo", answers=ManyChanged):
    """Take back my last change to each of these, whichever it was: status, clocks, place in the queue, owner, offer, snooze,
    priority, topic and tags are as before it. Refused as `conflict` for one to which anything has happened since."""

    conversation_ids: Annotated[list[Id], Meta(min_length=1, max_length=200)]
