"""A conversation that begins with what we said first."""

from __future__ import annotations

from sqlalchemy import select

from app.clock import new_id
from app.contract.assignments import ClaimConversation
from app.conversations.announcements import announce_message
from app.conversations.assignments.change import claim_conversation
from app.conversations.row_changes import NEW_SEQ, change_conversation
from app.people.actors import Visitor
from app.visiting.greetings import Greeting, greeting_answered
from app.work import Work
from models import Agent, Conversation, Message


async def begin_with(work: Work, conversation: Conversation, greeting: Greeting) -> Conversation:
    """Our own words as the first line; the contact has read them, or they would not answer."""
    changed = await change_conversation(
        work,
        conversation,
        is_public=True,
        contact_delivered_seq=NEW_SEQ,
        contact_read_seq=NEW_SEQ,
        agent_delivered_seq=NEW_SEQ,
        agent_read_seq=NEW_SEQ,
    )
    message = await work.add(
        Message(
            id=new_id(),
            conversation_id=changed.id,
            seq=changed.seq,
            rev=changed.rev,
            author_kind=greeting.author.kind,
            author_id=greeting.author.id,
            author_name=greeting.author.name,
            visibility="public",
            channel=changed.channel,
            body=greeting.body,
            attachments=[],
            created_at=work.now,
        )
    )
    announce_message(work, changed, message)
    return changed


async def answered(work: Work, visitor: Visitor, conversation_id: str, greeting: Greeting) -> None:
    """Give the conversation to the agent who wrote first while they are present; otherwise it waits like any other."""
    await greeting_answered(work, visitor, greeting.id)
    if greeting.agent is not None and await _is_present(work, greeting.agent.id):
        await claim_conversation(work, greeting.agent, ClaimConversation(conversation_id=conversation_id))


async def _is_present(work: Work, agent_id: str) -> bool:
    here = select(Agent.id).where(Agent.id == agent_id, Agent.lease_until > work.now, Agent.presence != "offline")
    return await work.one(here) is not None
