"""Contacts, their details, and the pages they were on."""

from __future__ import annotations

from datetime import datetime

from app.contract.values import View


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


class PageView(View):
    """A page a contact was on, from when to when at least."""

    id: str
    url: str
    title: str
    visited_at: datetime
    left_at: datetime
