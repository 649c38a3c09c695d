"""Somebody is typing: told, never stored."""

from __future__ import annotations

from sqlalchemy import select

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.messages import SetTyping, TypingChanged
from app.conversations.access import access_conversation_to_read
from app.people.actors import SignedInAgent, Visitor
from app.people.contacts import find_contact
from app.text import clean_unfinished
from app.work import Announcement, Rows
from models import Inbox


async def typing_changed(rows: Rows, actor: Visitor | SignedInAgent, command: SetTyping) -> list[Announcement]:
    """Return the announcements that an author started or stopped typing. The contact is told that an agent types, not which."""
    conversation = await access_conversation_to_read(rows, actor, command.conversation_id)
    to_agents = ToInboxAgents(inbox_id=conversation.inbox_id)
    if isinstance(actor, Visitor):
        contact = await find_contact(rows, actor.contact_id)
        event = TypingChanged(
            conversation_id=conversation.id,
            author_kind="contact",
            author_id=actor.contact_id,
            author_name=contact.name if contact else "",
            typing=command.typing,
            preview=await _preview_of(rows, conversation.inbox_id, command),
        )
        return [Announcement(event, to_agents)]
    seen_by_agents = TypingChanged(
        conversation_id=conversation.id,
        author_kind="agent",
        author_id=actor.id,
        author_name=actor.name,
        typing=command.typing,
        preview="",
    )
    seen_by_contact = TypingChanged(
        conversation_id=conversation.id,
        author_kind="agent",
        author_id=None,
        author_name=actor.name,
        typing=command.typing,
        preview="",
    )
    return [Announcement(seen_by_agents, to_agents), Announcement(seen_by_contact, ToContact(contact_id=conversation.contact_id))]


async def _preview_of(rows: Rows, inbox_id: str, command: SetTyping) -> str:
    """Return the text typed so far, where the inbox says that agents see it."""
    if not command.typing or not command.preview:
        return ""
    is_on = await rows.one(select(Inbox.previews_typing).where(Inbox.id == inbox_id))
    return clean_unfinished(command.preview) if is_on else ""
