"""Tickets without a chat: an agent writes down what a contact said elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import collate, func, or_, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.assignments import AssignConversation
from app.contract.new_tickets import CreateTicket, FoundContact, NewContact
from app.contract.tickets import TicketView
from app.contract.values import Priority
from app.conversations.access import access_conversation
from app.conversations.assignments.change import assign_conversation
from app.conversations.messages.send import add_agent_message, find_message
from app.conversations.new_conversations import add_conversation
from app.conversations.ticket_fields import checked_values
from app.conversations.tickets import open_ticket_for
from app.errors import Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.text import clean_line, clean_text, shorten
from app.work import Rows, Work
from models import Contact, Inbox, Team, Ticket

MAX_FOUND = 10
PREVIEW_LENGTH = 200


async def create_ticket(
    work: Work, agent: SignedInAgent, asked: CreateTicket, proposed_title: str, proposed_topic: str, proposed_priority: Priority
) -> TicketView:
    """Write a conversation with a note and a ticket; a second request with the same client_id returns the first one's.

    Raises Invalid without a contact or a description, NotFound for an unknown contact, inbox, team or agent, Forbidden for an
    archived inbox, Incomplete while a field that is required to open has no value.
    """
    require(Permission.MANAGE_TICKETS, agent)
    if earlier := await find_message(work, agent.id, asked.client_id):
        conversation = await access_conversation(work, agent, earlier.conversation_id)
        if await work.one(select(Ticket.id).where(Ticket.conversation_id == conversation.id)) is None:
            raise Invalid("This client_id was used for another message. Choose a new one.")
        return await open_ticket_for(work, conversation, opened_by=agent)
    description = clean_text(asked.description)
    if not description:
        raise Invalid("Describe what it is about.")
    if asked.team_id and await work.one(select(Team.id).where(Team.id == asked.team_id)) is None:
        raise NotFound("team", asked.team_id)
    contact = await _contact_of(work, agent, asked)
    conversation = await add_conversation(
        work,
        asked.inbox_id,
        contact.id,
        team_id=asked.team_id,
        preview=shorten(description, PREVIEW_LENGTH),
        is_extra=True,
    )
    await add_agent_message(work, conversation, agent, asked.client_id, description, "internal")
    conversation = await access_conversation(work, agent, conversation.id)
    ticket = await open_ticket_for(
        work,
        conversation,
        title=clean_line(asked.title) or proposed_title,
        topic=clean_line(asked.topic) or proposed_topic,
        priority=asked.priority or proposed_priority,
        opened_by=agent,
        fields=await checked_values(work, conversation, asked.fields),
    )
    if asked.agent_id:
        given = AssignConversation(conversation_id=conversation.id, agent_id=asked.agent_id, team_id=asked.team_id)
        await assign_conversation(work, agent, given)
        conversation = await access_conversation(work, agent, conversation.id)
        ticket = await open_ticket_for(work, conversation, opened_by=agent)
    return ticket


async def find_contacts(rows: Rows, agent: SignedInAgent, query: str) -> list[FoundContact]:
    """Return contacts whose name, address or phone number begins like the query, those seen last first."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    wanted = clean_line(query).lower()
    if not wanted:
        return []
    columns = (Contact.name, Contact.email, Contact.phone)
    begins = [_begins(rows, column, wanted) for column in columns]
    found = await rows.all(select(Contact).where(or_(*begins)).order_by(Contact.last_seen_at.desc(), Contact.id).limit(MAX_FOUND))
    return [
        FoundContact(id=one.id, name=one.name, email=one.email, phone=one.phone or "", is_verified=one.is_verified)
        for one in found
    ]


def _begins(rows: Rows, column: Any, wanted: str) -> Any:
    """In the words of the indexes on contacts."""
    lowered: Any = func.lower(column)
    if rows.dialect == "postgresql":
        lowered = collate(lowered, "C")
    return lowered.between(wanted, wanted + "\U0010ffff")


async def _contact_of(work: Work, agent: SignedInAgent, asked: CreateTicket) -> Contact:
    if asked.contact_id:
        contact = await work.one(select(Contact).where(Contact.id == asked.contact_id))
        if contact is None:
            raise NotFound("contact", asked.contact_id)
        return contact
    said = asked.new_contact or NewContact()
    name, phone, email = clean_line(said.name), clean_line(said.phone), (said.email or "").lower()
    if not (name or phone or email):
        raise Invalid("Choose a contact, or enter a name, an email address or a phone number.")
    locale = await work.one(select(Inbox.locale).where(Inbox.id == asked.inbox_id))
    if locale is None:
        raise NotFound("inbox", asked.inbox_id)
    if email:
        known = select(Contact).where(Contact.inbox_id == asked.inbox_id, Contact.email == email)
        if contact := await work.one(known.order_by(Contact.created_at).limit(1)):
            if name and not contact.name:
                await work.change(update(Contact).where(Contact.id == contact.id).values(name=name))
            return contact
    contact = await work.add(
        Contact(
            id=new_id(),
            inbox_id=asked.inbox_id,
            name=name,
            email=email or None,
            phone=phone or None,
            is_verified=False,
            locale=locale,
            last_seen_at=work.now,
            created_at=work.now,
        )
    )
    record(work, agent, "contact.add", about=("contact", contact.id), name=name)
    return contact
