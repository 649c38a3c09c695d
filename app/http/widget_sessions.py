"""Opening the widget."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast

import structlog
from litestar import post
from litestar.params import JSONBody
from prometheus_client import Counter
from sqlalchemy import select

from app.clock import new_id
from app.contract.bases import Done
from app.contract.values import OPEN_CATEGORIES, IdentityState, LauncherIcon, WidgetPosition
from app.contract.widget import OpenWidget, SignOutVisitor, WidgetInboxView, WidgetSession
from app.conversations.views import visitor_views
from app.errors import NotFound, RateLimited, Unauthenticated, UnknownKey
from app.http.platform import AnyRequest, Platform, address_of, platform_of
from app.knowledge.front_page import front_articles
from app.limits import Limit
from app.people.actors import Visitor
from app.people.contacts import find_contact, widget_contact_view
from app.people.identity import StaleIdentity
from app.people.inbox_texts import archived_text, texts_for
from app.people.inboxes import email_prompt_of, form_of
from app.people.tokens import TokenFault
from app.people.visitor_sessions import find_visitor, prove_visitor, proven, void_session
from app.visiting.availability import availability_of
from app.visiting.sightings import sighting_of
from app.work import Rows
from models import Inbox

log = structlog.get_logger("http")
refused_tokens = Counter(
    "parley_visitor_tokens_refused_total", "Stored visitor tokens that no longer hold, whose visitors begin anew", ["fault"]
)
_warnings = Limit(1 / 60, 1)
"""One log line a minute: every returning visitor brings a token."""


@post("/api/v1/widget/sessions", status_code=200)
async def open_widget(request: AnyRequest, data: JSONBody[OpenWidget]) -> WidgetSession:
    """Open the widget of an inbox: the visitor's token, new or renewed, and what they wrote before. Writes nothing for
    a visitor who is not signed in: a contact has a row from the first message on."""
    platform = platform_of(request)
    platform.widget_limit.take(address_of(request))
    now = platform.works.clock()
    async with platform.works.read() as rows:
        inbox = await rows.one(select(Inbox).where(Inbox.key == data.inbox_key))
    if data.page:
        platform.sightings.note(sighting_of(data.inbox_key, inbox, data.page, request.headers.get("host", "")))
    if inbox is None:
        raise UnknownKey(data.inbox_key)
    async with platform.works.read() as rows:
        stored = await find_visitor(rows, platform.tokens, data.visitor_token or "", now)
    if data.visitor_token and stored is None:
        _note_refused(platform.tokens.why_refused(data.visitor_token, now))
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
        conversations = await visitor_views(rows, visitor.contact_id) if contact else []
        if inbox.shows_history is False:
            conversations = [one for one in conversations if one.category in OPEN_CATEGORIES]
        return WidgetSession(
            visitor_token=platform.tokens.issue(visitor, now),
            contact=widget_contact_view(visitor, contact),
            inbox=await _inbox_view(rows, inbox, now, data.locale, platform.settings.attachment_max_bytes),
            conversations=conversations,
            articles=[]
            if inbox.shows_suggestions is False
            else await front_articles(rows, [data.locale or "", inbox.locale], platform.settings.public_url),
            identity=identity,
        )


def _note_refused(fault: TokenFault) -> None:
    """Say that a visitor begins anew. Another key's signature means that `secret.key` is not the one of before."""
    refused_tokens.labels(fault).inc()
    if fault == "other_key":
        with suppress(RateLimited):
            _warnings.take(fault)
            log.warning(
                "a visitor's token was signed with another key; they begin anew. Has secret.key or PARLEY_SECRET_KEY changed?"
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
    """Return the visitor who chats until the page has a newer token: the same one, unless the old token names someone else."""
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


async def _inbox_view(rows: Rows, inbox: Inbox, now: datetime, locale: str | None, max_file_bytes: int) -> WidgetInboxView:
    available = await availability_of(rows, inbox, now)
    texts, email_prompt = texts_for(inbox, locale), email_prompt_of(inbox)
    is_archived = inbox.archived_at is not None
    return WidgetInboxView(
        key=inbox.key,
        name=inbox.name,
        greeting=texts.greeting,
        away_text=archived_text(locale) if is_archived else texts.away,
        color=inbox.color,
        position=cast(WidgetPosition, inbox.position or "right"),
        launcher=cast(LauncherIcon, inbox.launcher or "bubble"),
        locale=inbox.locale,
        site_url=inbox.site_url or "",
        is_open=available.is_open,
        opens_at=available.opens_at,
        is_staffed=available.is_staffed,
        is_archived=is_archived,
        reply_seconds=available.reply_seconds,
        agent_names=available.agent_names,
        asks_email=email_prompt != "never",
        email_prompt=email_prompt,
        form=form_of(inbox),
        shows_history=inbox.shows_history is not False,
        shows_suggestions=inbox.shows_suggestions is not False,
        previews_typing=bool(inbox.previews_typing),
        allows_files=inbox.allows_files is not False,
        max_file_bytes=max_file_bytes,
    )


ROUTES = [open_widget, sign_out]
