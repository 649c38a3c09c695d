"""The gate: every verb that touches a conversation gets it here, under the caller's own scope."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, bindparam, select, true

from app.database import Prepared, prepared_by
from app.errors import NotFound
from app.people.actors import Actor, SignedInAgent, Visitor
from app.people.permissions import Permission
from app.work import Rows, Work
from models import Conversation

_TABLE = Conversation.__table__
_BY_ID = prepared_by(Conversation)
_BY_ID_LOCKED = Prepared(select(_TABLE).where(_TABLE.c.id == bindparam("key")).with_for_update(), Conversation)


class Placed(Protocol):
    """A conversation's row, or as much of it as says whose it is."""

    @property
    def contact_id(self) -> Any: ...

    @property
    def inbox_id(self) -> Any: ...


async def access_conversation(work: Work, actor: Actor, conversation_id: str) -> Conversation:
    """The conversation, its row locked until the work ends. A stranger's and a missing one raise the same NotFound."""
    conversation = _admit(actor, await work.first(_BY_ID_LOCKED, key=conversation_id), conversation_id)
    work.not_before(max(conversation.changed_at, conversation.last_message_at))
    return conversation


async def access_conversation_to_read(rows: Rows, actor: Actor, conversation_id: str) -> Conversation:
    """The conversation without a lock, for looking only. Refuses as `access_conversation` does."""
    return _admit(actor, await rows.first(_BY_ID, key=conversation_id), conversation_id)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on conversations that an actor may see. Lists, counts, search and files ask for it; the gate asks
    its twin for one row, `is_visible_to`."""
    match actor:
        case Visitor():
            return and_(Conversation.contact_id == actor.contact_id, Conversation.inbox_id == actor.inbox_id)
        case SignedInAgent():
            inbox_ids = actor.inboxes_for(Permission.VIEW_CONVERSATIONS)
            return true() if inbox_ids is None else Conversation.inbox_id.in_(sorted(inbox_ids))


def is_visible_to(actor: Actor, row: Placed) -> bool:
    """Return whether an actor may see this one, as `visible_to` says of many."""
    match actor:
        case Visitor():
            return row.contact_id == actor.contact_id and row.inbox_id == actor.inbox_id
        case SignedInAgent():
            return actor.may(Permission.VIEW_CONVERSATIONS, row.inbox_id)


def of_visible(actor: SignedInAgent, conversation_id: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Return the condition on rows that belong to a conversation which an agent may see."""
    if actor.inboxes_for(Permission.VIEW_CONVERSATIONS) is None:
        return true()
    return conversation_id.in_(select(Conversation.id).where(visible_to(actor)))


def _admit(actor: Actor, conversation: Conversation | None, conversation_id: str) -> Conversation:
    if conversation is None or not is_visible_to(actor, conversation):
        raise NotFound("conversation", conversation_id)
    return conversation
