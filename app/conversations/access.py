"""The gate: every verb that touches a conversation gets it here, under the caller's own scope."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.database import Prepared, prepared_by
from app.errors import NotFound
from app.people.actors import Actor, SignedInAgent, Visitor
from app.people.permissions import Permission
from app.work import Rows, Work
from models import Conversation

_TABLE = Conversation.__table__
_BY_ID = prepared_by(Conversation)
_BY_ID_LOCKED = Prepared(select(_TABLE).where(_TABLE.c.id == bindparam("key")).with_for_update(), Conversation)


async def access_conversation(work: Work, actor: Actor, conversation_id: str) -> Conversation:
    """The conversation, its row locked until the work ends. A stranger's and a missing one raise the same NotFound."""
    conversation = _admit(actor, await work.first(_BY_ID_LOCKED, key=conversation_id), conversation_id)
    work.not_before(max(conversation.changed_at, conversation.last_message_at))
    return conversation


async def access_conversation_to_read(rows: Rows, actor: Actor, conversation_id: str) -> Conversation:
    """The conversation without a lock, for looking only. Refuses as `access_conversation` does."""
    return _admit(actor, await rows.first(_BY_ID, key=conversation_id), conversation_id)


def _admit(actor: Actor, conversation: Conversation | None, conversation_id: str) -> Conversation:
    if conversation is None or not _may_enter(actor, conversation):
        raise NotFound("conversation", conversation_id)
    return conversation


def _may_enter(actor: Actor, conversation: Conversation) -> bool:
    match actor:
        case Visitor():
            return conversation.contact_id == actor.contact_id and conversation.inbox_id == actor.inbox_id
        case SignedInAgent():
            return actor.may(Permission.VIEW_CONVERSATIONS)
