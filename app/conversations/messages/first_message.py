"""A visitor's first message: the contact, the conversation and the message in one transaction."""

from __future__ import annotations

from sqlalchemy import select

from app.contract.conversations import StartConversation, Started
from app.contract.values import OPEN_CATEGORIES
from app.conversations.announcements import announce_conversation
from app.conversations.assignments.offers import keep_fields
from app.conversations.forms import check_before_start, keep_form
from app.conversations.messages.proactive_start import answered, begin_with
from app.conversations.messages.send import add_contact_message, announce_again, find_message
from app.conversations.new_conversations import add_conversation
from app.conversations.views import message_view, visitor_view_of
from app.people.actors import Visitor
from app.people.contacts import remember_contact
from app.visiting.greetings import find_greeting
from app.work import Work
from models import Conversation


async def start_conversation(work: Work, visitor: Visitor, command: StartConversation) -> Started:
    """Open a conversation with its first message, or, while one is open in the inbox, write into that.

    Two that race (tabs, a double click) meet in the unique index on one open conversation: the loser is tried again
    and finds the winner's.
    """
    if earlier := await find_message(work, visitor.contact_id, command.client_id):
        conversation = await work.one(select(Conversation).where(Conversation.id == earlier.conversation_id).with_for_update())
        assert conversation is not None
        announce_again(work, conversation, earlier)
        return Started(conversation=await visitor_view_of(work, conversation), message=message_view(earlier, for_agents=False))
    contact = await remember_contact(work, visitor, command.fields, command.page_url)
    conversation = await _open_conversation(work, visitor)
    is_first = conversation is None
    if is_first:
        await check_before_start(work, visitor, command.fields)
    greeting = await find_greeting(work, visitor, command.greeting_id) if command.greeting_id else None
    if conversation is None:
        conversation = await add_conversation(work, visitor.inbox_id, visitor.contact_id)
        if greeting is not None:
            conversation = await begin_with(work, conversation, greeting)
    if is_first and command.fields and command.fields.more:
        await keep_fields(work, conversation.id, {one.name: one.value for one in command.fields.more})
    await keep_form(work, visitor, contact, command.fields)
    message = await add_contact_message(work, conversation, visitor, command.client_id, command.body, command.attachment_ids)
    if is_first or command.fields:  # agents see who it is
        await announce_conversation(work, conversation)
    if is_first and greeting is not None:
        await answered(work, visitor, conversation.id, greeting)
    return Started(conversation=await visitor_view_of(work, conversation), message=message)


async def _open_conversation(work: Work, visitor: Visitor) -> Conversation | None:
    return await work.one(
        select(Conversation)
        .where(
            Conversation.contact_id == visitor.contact_id,
            Conversation.inbox_id == visitor.inbox_id,
            Conversation.is_extra.is_(False),
            Conversation.category.in_(OPEN_CATEGORIES),
        )
        .with_for_update()
    )
