"""Contacts and their details, as agents know and edit them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.contract.bases import Command, Event, Reply, View
from app.contract.values import Email, EmailOrNone, Id, Line, MessageBody


class ContactView(View):
    """A person we help. `is_verified` only after a signed identity or an answered mail, never by their own word."""

    id: str
    name: str
    email: str | None
    is_verified: bool
    locale: str
    page_url: str | None
    last_seen_at: datetime | None
    created_at: datetime


class FactView(View):
    """Something an agent has noted of a contact, under a name of their own."""

    name: str
    value: str


class ContactDetailsView(View):
    """The rest of what is known of a contact. `timezone` and `browser` are the visitor's browser's own word."""

    contact_id: str
    phone: str
    company: str
    notes: str
    facts: list[FactView]
    timezone: str | None
    browser: str | None


class WidgetContactView(View):
    """The visitor as the widget knows them."""

    id: str
    name: str
    email: str | None
    is_verified: bool


class ContactIs(Reply):
    """The visitor after the change."""

    contact: WidgetContactView
    ok: Literal[True] = True


class ContactEdited(Reply):
    """The contact after the change."""

    contact: ContactView
    details: ContactDetailsView
    ok: Literal[True] = True


class UpdateContact(Command, tag="contact.update", answers=ContactIs):
    """The visitor leaves a name or an email address, unverified. Fields left out stay as they are."""

    name: Line | None = None
    email: Email | None = None


class FactGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact under a name of the agent's own."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    value: Annotated[str, Meta(max_length=500)]


class EditContact(Command, tag="contact.edit", answers=ContactEdited):
    """An agent writes down what they know. Fields left out stay; empty ones are cleared; `facts` replaces them all.
    Refused for a name or address that the site itself has vouched for."""

    contact_id: Id
    name: Line | None = None
    email: EmailOrNone | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    company: Line | None = None
    notes: MessageBody | None = None
    facts: Annotated[list[FactGiven], Meta(max_length=30)] | None = None


class ContactChanged(Event, tag="contact.changed"):
    """A contact as agents know them now."""

    contact: ContactView
    details: ContactDetailsView
