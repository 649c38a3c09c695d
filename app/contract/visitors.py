"""Visitors on a site now, the pages they are on, and the launchers that say so."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Command, Done, Event, Reply, View
from app.contract.inboxes import InboxKey
from app.contract.proactive import GreetingView
from app.contract.values import InvitationState, Line, Url
from app.contract.widget import VisitorToken


class PageView(View):
    """A page a contact was on, from when to when at least."""

    id: str
    url: str
    title: str
    visited_at: datetime
    left_at: datetime


class VisitorView(View):
    """A visitor on a site now. `name` is empty until they give it, `conversation_id` until they write; `invitation` tells
    how far our own first message to them has come."""

    contact_id: str
    inbox_id: str
    name: str
    is_contact: bool
    is_returning: bool
    url: str
    title: str
    locale: str
    came_at: datetime
    page_since: datetime
    conversation_id: str | None
    agent_id: str | None
    invitation: InvitationState


class VisitorsWatched(Reply):
    """The visitors who are here now, latest first; changes follow as events."""

    visitors: list[VisitorView]
    ok: Literal[True] = True


class VisitPage(Command, tag="page.visited", answers=Done):
    """The visitor is on this page now, said on arriving and every so often while they stay. Kept for contacts; of
    somebody who has not written, only for as long as they are here."""

    url: Url
    title: Line = ""
    timezone: Annotated[str, Meta(max_length=60)] | None = None
    browser: Annotated[str, Meta(max_length=400)] | None = None


class WatchVisitors(Command, tag="visitors.watch", answers=VisitorsWatched):
    """Start or stop receiving `visitors.changed` on this connection."""

    watching: bool


class VisitorsChanged(Event, tag="visitors.changed"):
    """Visitors came, moved on or left; sent at most twice a second."""

    visitors: list[VisitorView]
    gone_ids: list[str]


class ContactVisited(Event, tag="contact.visited"):
    """A contact is on this page now; one of the same id replaces it."""

    contact_id: str
    page: PageView


class TellVisit(Body):
    """`POST /api/v1/widget/visits`: a launcher says where its visitor is. `is_waiting` holds the answer back until there
    is something to say, or 20 s; `is_leaving` says that the page is being closed."""

    inbox_key: InboxKey
    url: Url
    visitor_token: VisitorToken | None = None
    title: Line = ""
    locale: Annotated[str, Meta(max_length=35)] = ""
    timezone: Annotated[str, Meta(max_length=60)] | None = None
    browser: Annotated[str, Meta(max_length=400)] | None = None
    is_returning: bool = False
    is_waiting: bool = False
    is_leaving: bool = False


class VisitTold(View):
    """The messages a launcher may show, and when to ask again: `again_seconds` 0 is never, as when the inbox does not want
    to know. `greetings` are those whose rules fit this page, in their order; `invitation` is an agent's own word."""

    visitor_token: str
    greetings: list[GreetingView]
    invitation: GreetingView | None
    again_seconds: float
    ok: Literal[True] = True
