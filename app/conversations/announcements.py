"""Announcements of changes to a conversation, for each reader."""

from __future__ import annotations

from collections.abc import Sequence

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.conversations import ConversationChanged, ConversationView, VisitorConversationChanged
from app.contract.messages import MessageCreated
from app.contract.reading import MessageMarked
from app.conversations.views import (
    agent_views,
    both_views_of,
    marks_view,
    message_view,
    select_for_agents,
    visitor_views_of,
)
from app.work import Work
from models import Conversation, Message


def announce_message(work: Work, conversation: Conversation, message: Message) -> None:
    """Agents see every message with its revision; the contact sees public ones without."""
    work.announce(
        MessageCreated(message=message_view(message, for_agents=True)), to=ToInboxAgents(inbox_id=conversation.inbox_id)
    )
    if message.visibility == "public":
        work.announce(
            MessageCreated(message=message_view(message, for_agents=False)), to=ToContact(contact_id=conversation.contact_id)
        )


async def announce_conversation(work: Work, conversation: Conversation) -> ConversationView:
    """Agents and the contact see how the conversation stands now."""
    view, for_contact = await both_views_of(work, conversation.id)
    work.announce(ConversationChanged(conversation=view), to=ToInboxAgents(inbox_id=conversation.inbox_id))
    work.announce(VisitorConversationChanged(conversation=for_contact), to=ToContact(contact_id=conversation.contact_id))
    return view


async def announce_conversations(work: Work, conversations: Sequence[Conversation]) -> None:
    """Announce many conversations at once, in as many queries as for one."""
    ids = [conversation.id for conversation in conversations]
    if not ids:
        return
    views = {view.id: view for view in await agent_views(work, select_for_agents().where(Conversation.id.in_(ids)))}
    seen = await visitor_views_of(work, ids)
    for conversation in conversations:
        changed = ConversationChanged(conversation=views[conversation.id])
        work.announce(changed, to=ToInboxAgents(inbox_id=conversation.inbox_id))
        told = VisitorConversationChanged(conversation=seen[conversation.id])
        work.announce(told, to=ToContact(contact_id=conversation.contact_id))


def announce_marks(work: Work, conversation: Conversation) -> None:
    """Both sides see how far each has read."""
    marked = MessageMarked(conversation_id=conversation.id, marks=marks_view(conversation))
    work.announce(marked, to=ToInboxAgents(inbox_id=conversation.inbox_id))
    work.announce(marked, to=ToContact(contact_id=conversation.contact_id))
