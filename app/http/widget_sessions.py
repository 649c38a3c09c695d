"""Opening the widget."""

from __future__ import annotations

from datetime import datetime, timedelta

from litestar import post
from litestar.params import JSONBody
from sqlalchemy import select

from app.clock import new_id
from app.contract.http import OpenWidget, SignOutVisitor, WidgetSession
from app.contract.replies import Done
from app.contract.values import IdentityState
from app.contract.views import WidgetInboxView
from app.conversations.views import visitor_views
from app.errors import NotFound, Unauthenticated
from app.http.platform import AnyRequest, Platform, address_of, platform_of
from app.people.actors import Visitor
from app.people.contacts import find_contact, widget_contact_view
from app.people.identity import StaleIdentity
from app.people.visitor_sessions import find_visitor, prove_visitor, proven, void_session
from app.visiting.proactive import is_staffed
from app.work import Rows
from models import Assignment, Inbox


@post("/api/v1/widget/sessions", status_code=200)
async def open_widget(request: AnyRequest, data: JSONBody[OpenWidget]) -> WidgetSession:
    """Open the widget of an inbox: the visitor's token, new or renewed, and what they wrote before. Writes nothing for
    a visitor who is not signed in: a contact has a row from the first message on."""
    platform = platform_of(request)
    platform.widget_limit.take(address_of(request))
    now = platform.works.clock()
    async with platform.works.read() as rows:
        inbox = await rows.one(select(Inbox).where(Inbox.key == data.inbox_key))
    if inbox is None:
        raise NotFound("inbox", data.inbox_key)
    async with platform.works.read() as rows:
        stored = await find_visitor(rows, platform.tokens, data.visitor_token or "", now)
    if stored and stored.inbox_id != inbox.id:
        stored = None
    identity: IdentityState = "none"
    visitor = stored or Visitor(contact_id=new_id(), inbox_id=inbox.id)
    life = timedelta(hours=platform.settings.verified_visitor_hours)
    if data.link_token:
        visitor = await _visitor_of_link(platform, inbox, data.link_token, now)
    elif data.identity_token:
        try:
            visitor = await platform.works.run(prove_visitor, inbox, data.identity_token, stored, life)
            identity = "verified"
        except StaleIdentity as stale:
            visitor = await _visitor_meanwhile(platform, visitor, stale)
            identity = "early" if stale.is_early else "expired"
    async with platform.works.read() as rows:
        contact = await find_contact(rows, visitor.contact_id)
        return WidgetSession(
            visitor_token=platform.tokens.issue(visitor, now),
            contact=widget_contact_view(visitor, contact),
            inbox=await _inbox_view(rows, inbox, now),
            conversations=await visitor_views(rows, visitor.contact_id) if contact else [],
            identity=identity,
        )


async def _visitor_of_link(platform: Platform, inbox: Inbox, token: str, now: datetime) -> Visitor:
    """The contact a mail went to. Raises Unauthenticated."""
    async with platform.works.read() as rows:
        try:
            link = await platform.mail.links.read(rows, token, "chat", now)
        except NotFound:
            raise Unauthenticated("This link doesn't work. Open the mail again and use its button.") from None
    if link.is_expired or link.inbox.id != inbox.id:
        raise Unauthenticated("This link has expired. Open the mail again to get a new one.")
    found = Visitor(contact_id=link.contact.id, inbox_id=inbox.id)
    life = timedelta(hours=platform.settings.verified_visitor_hours)
    return proven(found, None, now, life)


async def _visitor_meanwhile(platform: Platform, visitor: Visitor, stale: StaleIdentity) -> Visitor:
    """Who chats until the page has a newer token: the same visitor, unless the old token names someone else."""
    async with platform.works.read() as rows:
        contact = await find_contact(rows, visitor.contact_id)
    if contact is None or contact.external_id in (None, stale.sub):
        return visitor
    return Visitor(contact_id=new_id(), inbox_id=visitor.inbox_id)


@post("/api/v1/widget/sign-out", status_code=200)
async def sign_out(request: AnyRequest, data: JSONBody[SignOutVisitor]) -> Done:
    """End a visitor's session in this browser. Its tokens are refused from now on, its sockets closed."""
    platform = platform_of(request)
    platform.widget_limit.take(address_of(request))
    visitor = platform.tokens.read(data.visitor_token, platform.works.clock())
    if visitor is not None:
        await platform.works.run(void_session, visitor)
    return Done()


async def _inbox_view(rows: Rows, inbox: Inbox, now: datetime) -> WidgetInboxView:
    return WidgetInboxView(
        key=inbox.key,
        name=inbox.name,
        greeting=inbox.greeting,
        color=inbox.color,
        locale=inbox.locale,
        is_staffed=await is_staffed(rows, inbox, now),
        reply_seconds=await _reply_seconds(rows, inbox, now),
        asks_email=inbox.asks_email,
        previews_typing=bool(inbox.previews_typing),
    )


async def _reply_seconds(rows: Rows, inbox: Inbox, now: datetime) -> int | None:
    """The median wait of the last day's routed chats, empty when there were too few to promise anything."""
    of_team = Assignment.team_id == inbox.team_id if inbox.team_id else Assignment.team_id.is_(None)
    recent = await rows.all(
        select(Assignment.waited_seconds)
        .where(of_team, Assignment.waited_seconds.is_not(None), Assignment.started_at > now - timedelta(days=1))
        .order_by(Assignment.started_at.desc())
        .limit(50)
    )
    waits = sorted(wait for wait in recent if wait is not None)
    return round(waits[len(waits) // 2]) if len(waits) >= 5 else None


ROUTES = [open_widget, sign_out]
