"""Who is told what when a conversation moves."""

from __future__ import annotations

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.events import ConversationChanged, MessageCreated, MessageMarked, VisitorConversationChanged
from app.contract.views import ConversationView
from app.conversations.views import agent_view_of, marks_view, message_view, visitor_view_of
from app.work import Work
from models import Conversation, Message


def tell_message(work: Work, conversation: Conversation, message: Message) -> None:
    """Agents see every message with its revision; the contact sees public ones without."""
    work.announce(
        MessageCreated(message=message_view(message, for_agents=True)), to=ToInboxAgents(inbox_id=conversation.inbox_id)
    )
    if message.visibility == "public":
        work.announce(
            MessageCreated(message=message_view(message, for_agents=False)), to=ToContact(contact_id=conversation.contact_id)
        )


async def tell_change(work: Work, conversation: Conversation) -> ConversationView:
    """Agents and the contact see how the conversation stands now."""
    view = await agent_view_of(work, conversation.id)
    work.announce(ConversationChanged(conversation=view), to=ToInboxAgents(inbox_id=conversation.inbox_id))
    work.announce(
        VisitorConversationChanged(conversation=await visitor_view_of(work, conversation)),
        to=ToContact(contact_id=conversation.contact_id),
    )
    return view


def tell_marks(work: Work, conversation: Conversation) -> None:
    """Both sides see how far each has read."""
    marked = MessageMarked(conversation_id=conversation.id, marks=marks_view(conversation))
    work.announce(marked, to=ToInboxAgents(inbox_id=conversation.inbox_id))
    work.announce(marked, to=ToContact(contact_id=conversation.contact_id))
