"""Pages a contact was on. Visitors who have not written leave no trace here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import delete, select, update

from app.clock import new_id
from app.contract.audiences import ToInboxAgents
from app.contract.contacts import ContactChanged
from app.contract.visitors import ContactVisited, PageView
from app.people.actors import Visitor
from app.people.contacts import contact_view, details_view
from app.text import clean_line
from app.work import Rows, Work
from models import Contact, PageVisit

MAX_PAGES = 50
MAX_URL = 2000
MAX_TITLE = 200


class SeenPage(Struct, frozen=True, kw_only=True):
    """A page, and from when to when somebody was on it."""

    url: str
    title: str
    since: datetime
    until: datetime


class Device(Struct, frozen=True, kw_only=True):
    """Device facts that a visitor's browser reports."""

    timezone: str | None = None
    browser: str | None = None


def page_address(url: str) -> str | None:
    """The address worth keeping: of the web, without a fragment or a password. None for anything else."""
    url = clean_line(url)[:MAX_URL]
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


async def remember_pages(work: Work, visitor: Visitor, pages: Sequence[SeenPage], device: Device) -> None:
    """Keep where a contact was, oldest first, and what their browser says of itself. Writes nothing for a visitor who
    has no row yet. The page they are on already is kept once, for longer."""
    contact = await work.one(select(Contact).where(Contact.id == visitor.contact_id).with_for_update())
    if contact is None or not pages:
        return
    to = ToInboxAgents(inbox_id=contact.inbox_id)
    last = await work.one(_latest_first(contact.id).limit(1))
    for page in pages:
        if last is not None and last.url == page.url:
            values: dict[str, Any] = {"left_at": max(last.left_at, page.until), "title": page.title or last.title}
            last = await work.one(update(PageVisit).where(PageVisit.id == last.id).values(**values).returning(PageVisit))
            assert last is not None
        else:
            last = await work.add(
                PageVisit(
                    id=new_id(),
                    contact_id=contact.id,
                    url=page.url,
                    title=page.title,
                    visited_at=page.since,
                    left_at=page.until,
                )
            )
        work.announce(ContactVisited(contact_id=contact.id, page=page_view(last)), to=to)
    await _forget_oldest(work, contact.id)
    said = {"timezone": device.timezone, "browser": device.browser}
    news = {name: value for name, value in said.items() if value and value != getattr(contact, name)}
    if news:
        changed = await work.one(update(Contact).where(Contact.id == contact.id).values(**news).returning(Contact))
        assert changed is not None
        work.announce(ContactChanged(contact=contact_view(changed), details=details_view(changed)), to=to)


async def list_pages(rows: Rows, contact_id: str) -> list[PageView]:
    """Where a contact was, latest first."""
    return [page_view(page) for page in await rows.all(_latest_first(contact_id).limit(MAX_PAGES))]


def page_view(page: PageVisit) -> PageView:
    return PageView(id=page.id, url=page.url, title=page.title, visited_at=page.visited_at, left_at=page.left_at)


async def _forget_oldest(work: Work, contact_id: str) -> None:
    extra = await work.all(
        select(PageVisit.id)
        .where(PageVisit.contact_id == contact_id)
        .order_by(PageVisit.visited_at.desc(), PageVisit.id.desc())
        .offset(MAX_PAGES)
        .limit(MAX_PAGES)
    )
    if extra:
        await work.change(delete(PageVisit).where(PageVisit.id.in_(extra)))


def _latest_first(contact_id: str):
    return select(PageVisit).where(PageVisit.contact_id == contact_id).order_by(PageVisit.visited_at.desc(), PageVisit.id.desc())
