"""Contact details: by the contact's own word, and by what agents write down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select, update

from app.activity.actor import Recorded
from app.activity.record import record
from app.contract.audiences import ToInboxAgents
from app.contract.contacts import ContactChanged, ContactEdited, EditContact, UpdateContact, WidgetContactView
from app.contract.conversations import AskEmail, ConversationView
from app.contract.forms import PrechatFields
from app.contract.values import OPEN_CATEGORIES
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation
from app.conversations.messages.send import add_system_message
from app.conversations.row_changes import change_conversation
from app.conversations.views import agent_view_of
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent, Visitor
from app.people.contacts import contact_view, details_view, find_contact, remember_contact, widget_contact_view
from app.people.permissions import Permission, require
from app.text import clean_line, clean_text
from app.work import Work
from models import Contact, Conversation, Message

DETAILS = ("name", "email", "phone", "company", "notes")


async def update_contact(work: Work, visitor: Visitor, command: UpdateContact) -> WidgetContactView:
    """Keep the name or address, unverified; agents see it in every open conversation of theirs."""
    before = await find_contact(work, visitor.contact_id)
    known = details_of(before) if before else {}
    contact = await remember_contact(work, visitor, PrechatFields(name=command.name, email=command.email), None)
    record_details(work, visitor, "contact.update", known, contact, await announce_contact(work, contact))
    return widget_contact_view(visitor, contact)


async def edit_contact(work: Work, agent: SignedInAgent, command: EditContact) -> ContactEdited:
    """Keep what an agent knows of a contact; fields left out stay, empty ones are cleared.

    Raises NotFound, and Invalid for a name or address that the site itself has vouched for.
    """
    require(Permission.EDIT_CONTACTS, agent)
    contact = await work.one(select(Contact).where(Contact.id == command.contact_id).with_for_update())
    if contact is None or not agent.may(Permission.VIEW_CONVERSATIONS):
        raise NotFound("contact", command.contact_id)
    values, known = _changes(command), details_of(contact)
    if contact.is_verified and any(name in values and values[name] != getattr(contact, name) for name in ("name", "email")):
        raise Invalid("Your site manages this contact's name and email address.")
    if values:
        changed = await work.one(update(Contact).where(Contact.id == contact.id).values(**values).returning(Contact))
        assert changed is not None
        contact = changed
    view, details = contact_view(contact), details_view(contact)
    work.announce(ContactChanged(contact=view, details=details), to=ToInboxAgents(inbox_id=contact.inbox_id))
    if "name" in values or "email" in values:
        opened = await announce_contact(work, contact)
    else:
        opened = await work.all(_open_of(contact))
    record_details(work, agent, "contact.edit", known, contact, opened)
    return ContactEdited(contact=view, details=details)


async def ask_email(work: Work, agent: SignedInAgent, command: AskEmail) -> ConversationView:
    """Ask the visitor for an address: a line of the conversation that their widget answers with the question.

    Raises Conflict when there is an address already. Asked twice in a row, the second changes nothing.
    """
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    contact = await find_contact(work, conversation.contact_id)
    if contact is not None and contact.email:
        raise Conflict("The visitor has left an email address.")
    newest = await work.one(
        select(Message.system).where(Message.conversation_id == conversation.id).order_by(Message.rev.desc()).limit(1)
    )
    if newest == "email_asked":
        return await agent_view_of(work, conversation.id)
    body = f"{agent.name} asked for an email address."
    record(work, agent, "contact.ask_email", conversation=conversation)
    return await announce_conversation(work, await add_system_message(work, conversation, "email_asked", body, agent.name))


def _changes(command: EditContact) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in ("name", "phone", "company"):
        said: str | None = getattr(command, field)
        if said is not None:
            values[field] = clean_line(said)
    if command.email is not None:
        values["email"] = command.email.lower() or None
    if command.notes is not None:
        values["notes"] = clean_text(command.notes)
    if command.facts is not None:
        facts = [(clean_line(fact.name), clean_line(fact.value)) for fact in command.facts]
        if len({name.casefold() for name, _ in facts}) < len(facts) or not all(name for name, _ in facts):
            raise Invalid("Each custom field needs its own name.")
        values["facts"] = [{"name": name, "value": value} for name, value in facts]
    return values


async def announce_contact(work: Work, contact: Contact) -> Sequence[Conversation]:
    """Agents see who it is in every open conversation of theirs; return these."""
    open_ones = await work.all(_open_of(contact).order_by(Conversation.id).with_for_update())
    for conversation in open_ones:
        await announce_conversation(work, await change_conversation(work, conversation))
    return open_ones


def details_of(contact: Contact) -> dict[str, Any]:
    """Return the details of a contact whose changes are recorded."""
    facts = {f"field {fact['name']}": fact["value"] for fact in contact.facts or []}
    return {name: getattr(contact, name) or None for name in DETAILS} | facts


def record_details(
    work: Work, actor: Recorded, action: str, before: Mapping[str, Any], contact: Contact, conversations: Sequence[Conversation]
) -> None:
    """Record what changed of a contact, in each of their open conversations, or by itself where none is open."""
    for conversation in conversations or [None]:
        about, after = ("contact", contact.id), details_of(contact)
        record(work, actor, action, conversation=conversation, about=about, before=before, after=after)


def _open_of(contact: Contact) -> Select[Conversation]:
    return select(Conversation).where(Conversation.contact_id == contact.id, Conversation.category.in_(OPEN_CATEGORIES))
