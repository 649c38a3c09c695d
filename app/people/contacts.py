"""Contacts: one row from the first message on, and what they say of themselves."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select, update

from app.contract.contacts import ContactDetailsView, ContactView, FactView, WidgetContactView
from app.contract.forms import PrechatFields
from app.database import prepared_by
from app.errors import NotFound
from app.people.actors import Visitor
from app.text import clean_line
from app.work import Rows, Work
from models import Contact, Inbox

_TABLE = Contact.__table__
_BY_ID = prepared_by(Contact)


async def remember_contact(work: Work, visitor: Visitor, fields: PrechatFields | None, page_url: str | None) -> Contact:
    """The visitor's row, made now if this is the first we hear of them. Details they give stay unverified.

    Raises NotFound when their inbox is gone.
    """
    locale = await work.one(select(Inbox.locale).where(Inbox.id == visitor.inbox_id))
    if locale is None:
        raise NotFound("inbox", visitor.inbox_id)
    await work.add_unless_there(
        Contact(
            id=visitor.contact_id,
            inbox_id=visitor.inbox_id,
            name="",
            is_verified=False,
            locale=locale,
            last_seen_at=work.now,
            created_at=work.now,
        )
    )
    return await describe_contact(work, visitor.contact_id, fields, page_url)


async def describe_contact(work: Work, contact_id: str, fields: PrechatFields | None, page_url: str | None) -> Contact:
    """Take over what the visitor said; what they left out stays. A verified contact's address is not theirs to change here."""
    contact = await work.one(select(Contact).where(Contact.id == contact_id))
    assert contact is not None
    values: dict[str, Any] = {"last_seen_at": work.now}
    if page_url:
        values["page_url"] = clean_line(page_url)
    if fields and fields.name and not contact.is_verified:
        values["name"] = clean_line(fields.name)
    if fields and fields.email and not contact.is_verified:
        values["email"] = fields.email.lower()
    if fields and fields.phone:
        values["phone"] = clean_line(fields.phone)
    changed = await work.one(update(Contact).where(Contact.id == contact_id).values(**values).returning(Contact))
    assert changed is not None
    return changed


async def find_contact(rows: Rows, contact_id: str) -> Contact | None:
    """The contact's row, or None before their first message."""
    return await rows.first(_BY_ID, key=contact_id)


def contact_view(contact: Contact) -> ContactView:
    """A contact as agents see them."""
    return ContactView(
        id=contact.id,
        name=contact.name,
        email=contact.email,
        is_verified=contact.is_verified,
        locale=contact.locale,
        page_url=contact.page_url,
        last_seen_at=contact.last_seen_at,
        created_at=contact.created_at,
    )


def details_view(contact: Contact) -> ContactDetailsView:
    """The rest of what agents know of a contact."""
    return ContactDetailsView(
        contact_id=contact.id,
        phone=contact.phone or "",
        company=contact.company or "",
        notes=contact.notes or "",
        facts=msgspec.convert(contact.facts or [], list[FactView]),
        timezone=contact.timezone,
        browser=contact.browser,
    )


def widget_contact_view(visitor: Visitor, contact: Contact | None) -> WidgetContactView:
    """A contact as their own widget sees them."""
    if contact is None:
        return WidgetContactView(id=visitor.contact_id, name="", email=None, is_verified=False)
    return WidgetContactView(id=contact.id, name=contact.name, email=contact.email, is_verified=contact.is_verified)
