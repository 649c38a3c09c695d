"""Requests from an inbox's public form: a contact, a conversation and a ticket in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct
from sqlalchemy import select

from app.contract.forms import PrechatFields
from app.contract.ticket_fields import TicketValue
from app.conversations.access import access_conversation
from app.conversations.messages.send import add_contact_message, find_message
from app.conversations.new_conversations import add_conversation
from app.conversations.ticket_fields import checked_values
from app.conversations.tickets import open_ticket_for
from app.people.actors import Visitor
from app.people.contacts import remember_contact
from app.work import Work
from models import Inbox, Ticket


class FormRequest(Struct, frozen=True, kw_only=True):
    """A filled-in form. `values` are by field; files among them are named in `attachment_ids` too."""

    title: str
    body: str
    who: PrechatFields
    values: Mapping[str, str]
    attachment_ids: Sequence[str] = ()


def sender_of(inbox: Inbox, key: str) -> Visitor:
    """Return the visitor whom a form's page stands for: the same for each time this very page is sent."""
    return Visitor(contact_id=str(uuid5(NAMESPACE_URL, f"parley:form:{inbox.id}:{key}")), inbox_id=inbox.id)


async def submit_web_form(work: Work, visitor: Visitor, key: str, asked: FormRequest) -> int:
    """Keep a request and return its ticket's number; sent again with the same key, the number of the first time.

    Raises Invalid for a value its field does not take, Forbidden for an archived inbox.
    """
    if earlier := await find_message(work, visitor.contact_id, key):
        number = await work.one(select(Ticket.number).where(Ticket.conversation_id == earlier.conversation_id))
        assert number is not None
        return number
    await remember_contact(work, visitor, asked.who, None)
    conversation = await add_conversation(work, visitor.inbox_id, visitor.contact_id, channel="form", is_extra=True)
    await add_contact_message(work, conversation, visitor, key, asked.body, asked.attachment_ids)
    conversation = await access_conversation(work, visitor, conversation.id)
    given = [TicketValue(field_id=id, value=value) for id, value in asked.values.items()]
    values = await checked_values(work, conversation, given)
    return (await open_ticket_for(work, conversation, title=asked.title, fields=values)).number
