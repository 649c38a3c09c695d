"""The form of an inbox: which fields must be filled in, and where their answers go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import select, update

from app.contract.audiences import ToInboxAgents
from app.contract.contacts import ContactChanged, FactView, WidgetContactView
from app.contract.forms import PrechatFields, SubmitForm
from app.contract.inboxes import FormFieldView
from app.contract.values import FormWhen
from app.conversations.access import access_conversation
from app.conversations.assignments.offers import keep_fields, routing_of
from app.conversations.contact_details import announce_contact
from app.errors import Invalid, NotFound
from app.people.actors import Visitor
from app.people.contacts import contact_view, details_view, find_contact, remember_contact, widget_contact_view
from app.people.inboxes import email_prompt_of, form_of
from app.text import clean_line
from app.work import Work
from models import Contact, Inbox, Routing

MAX_FACTS = 30
MAX_VALUE = 500
NUMBER = re.compile(r"^[+-]?\d{1,15}([.,]\d{1,10})?$")
YES = "yes"
OWN_KINDS = ("name", "email", "phone")
"""Kinds that are about the contact themself; answers to the others are custom fields."""


async def check_before_start(work: Work, visitor: Visitor, fields: PrechatFields | None) -> None:
    """Raise Invalid for a new conversation without what the inbox asks for before it. What is known already counts."""
    inbox, contact = await _inbox_of(work, visitor), await find_contact(work, visitor.contact_id)
    given = fields or PrechatFields()
    if email_prompt_of(inbox) == "require" and not (given.email or (contact and contact.email)):
        raise Invalid("Enter your email address to start the conversation.")
    check_fields(fields_of(inbox, "before"), given, contact)


async def submit_form(work: Work, visitor: Visitor, command: SubmitForm) -> WidgetContactView:
    """Keep what the visitor filled in after the first message. Raises Invalid while a required field is empty."""
    conversation = await access_conversation(work, visitor, command.conversation_id)
    inbox, contact = await _inbox_of(work, visitor), await find_contact(work, visitor.contact_id)
    check_fields(fields_of(inbox, "after"), command.fields, contact)
    contact = await remember_contact(work, visitor, command.fields, None)
    if answers := _answers(command.fields):
        known = await routing_of(work, conversation.id)
        if known is None:
            await keep_fields(work, conversation.id, answers)
        else:
            merged = {**known.fields, **answers}
            await work.change(update(Routing).where(Routing.conversation_id == conversation.id).values(fields=merged))
    contact = await keep_answers(work, inbox, contact, command.fields)
    await announce_contact(work, contact)
    return widget_contact_view(visitor, contact)


async def keep_form(work: Work, visitor: Visitor, contact: Contact, fields: PrechatFields | None) -> None:
    """Keep the answers to the form before a first message with the contact."""
    if fields is not None and fields.more:
        await keep_answers(work, await _inbox_of(work, visitor), contact, fields)


def fields_of(inbox: Inbox, when: FormWhen) -> list[FormFieldView]:
    """Return the fields the inbox asks for at this moment."""
    form = form_of(inbox)
    return form.fields if form and form.when == when else []


def check_fields(asked: list[FormFieldView], given: PrechatFields, contact: Contact | None) -> None:
    """Raise Invalid for the first required field without an answer, and for an answer that is none."""
    answers = _answers(given)
    for field in asked:
        name = field.label or field.kind.capitalize()
        value = _own_value(field, given, contact) if field.kind in OWN_KINDS else answers.get(field.key, "")
        if field.is_required and (not value or (field.kind == "checkbox" and value != YES)):
            raise Invalid(f"{name}: this field is required.")
        if value and field.kind == "number" and not NUMBER.match(value):
            raise Invalid(f"{name}: enter a number.")
        if value and field.kind == "choice" and value not in field.options:
            raise Invalid(f"{name}: choose one of the options.")


async def keep_answers(work: Work, inbox: Inbox, contact: Contact, given: PrechatFields) -> Contact:
    """Write answers into the contact's custom fields under their labels; one of the same name is replaced."""
    form, answers = form_of(inbox), _answers(given)
    labels = {field.key: field.label or field.key for field in (form.fields if form else [])}
    new = {labels[key]: value[:MAX_VALUE] for key, value in answers.items() if key in labels and value}
    if not new:
        return contact
    facts = msgspec.convert(contact.facts or [], list[FactView])
    replaced = {name.casefold() for name in new}
    kept = [{"name": fact.name, "value": fact.value} for fact in facts if fact.name.casefold() not in replaced]
    values = (kept + [{"name": name, "value": value} for name, value in new.items()])[:MAX_FACTS]
    changed = await work.one(update(Contact).where(Contact.id == contact.id).values(facts=values).returning(Contact))
    assert changed is not None
    event = ContactChanged(contact=contact_view(changed), details=details_view(changed))
    work.announce(event, to=ToInboxAgents(inbox_id=changed.inbox_id))
    return changed


def _answers(given: PrechatFields) -> dict[str, str]:
    return {one.name: clean_line(one.value) for one in given.more}


def _own_value(field: FormFieldView, given: PrechatFields, contact: Contact | None) -> str:
    known: Mapping[str, Any] = {kind: getattr(contact, kind) for kind in OWN_KINDS} if contact else {}
    return clean_line(getattr(given, field.kind) or known.get(field.kind) or "")


async def _inbox_of(work: Work, visitor: Visitor) -> Inbox:
    inbox = await work.one(select(Inbox).where(Inbox.id == visitor.inbox_id))
    if inbox is None:
        raise NotFound("inbox", visitor.inbox_id)
    return inbox
