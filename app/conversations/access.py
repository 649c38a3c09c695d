"""The gate: every verb that touches a conversation gets it here, under the caller's own scope."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import NotFound
from app.people.actors import Actor, SignedInAgent, Visitor
from app.people.permissions import may_view_conversations
from app.work import Rows, Work
from models import Conversation


async def access_conversation(work: Work, actor: Actor, conversation_id: str) -> Conversation:
    """The conversation, its row locked until the work ends. A stranger's and a missing one raise the same NotFound."""
    return _admit(actor, await work.one(_by_id(conversation_id).with_for_update()), conversation_id)


async def access_conversation_to_read(rows: Rows, actor: Actor, conversation_id: str) -> Conversation:
    """The conversation without a lock, for looking only. Refuses as `access_conversation` does."""
    return _admit(actor, await rows.one(_by_id(conversation_id)), conversation_id)


def _by_id(conversation_id: str):
    return select(Conversation).where(Conversation.id == conversation_id)


def _admit(actor: Actor, conversation: Conversation | None, conversation_id: str) -> Conversation:
    if conversation is None or not _may_enter(actor, conversation):
        raise NotFound("conversation", conversation_id)
    return conversation


def _may_enter(actor: Actor, conversation: Conversation) -> bool:
    match actor:
        case Visitor():
            return conversation.contact_id == actor.contact_id and conversation.inbox_id == actor.inbox_id
        case SignedInAgent():
            return may_view_conversations(actor)
        case _:
            return True
