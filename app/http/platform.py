"""Dependencies of controllers: the built platform, and the caller."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from app.attachments import FileStore
from app.callers import Caller, caller_of
from app.conversations.lists.counts import OpenCounts
from app.egress import Egress
from app.errors import Forbidden, Unauthenticated
from app.file_room import UploadLimits
from app.http.sightings import SightingNotes
from app.knowledge.suggest import Suggester
from app.limits import Limit
from app.mail.accounts import AccountMails
from app.mail.contact_mail import MailSettings
from app.mail.mailer import SmtpMailer
from app.people.actors import SignedInAgent, Visitor
from app.people.sign_in import find_api_token, find_session
from app.people.sign_in_limits import SignInLimits
from app.people.tokens import VisitorTokens
from app.people.visitor_sessions import find_visitor
from app.settings import Settings
from app.work import Works

AnyRequest = Request[Any, Any, Any]
AnyConnection = ASGIConnection[Any, Any, Any, Any]
KNOWN = "parley_agent"
OPEN_DOORS = re.compile(
    r"(?!/api/v1/)|/api/v1/(login|setup|commands|events|password-resets(/.*)?|attachments(/.*)?|invitations/.*|widget/.*|schema(/.*)?)$"
)
"""They know their callers by other means, or none."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_COOKIE = "parley_session"
SECURE_PREFIX = "__Host-"
"""Over TLS, cookies' names begin with it: browsers then take them from this very host only."""


class Platform(Struct, frozen=True, kw_only=True):
    """Everything the controllers need, built once by the door."""

    settings: Settings
    works: Works
    open_counts: OpenCounts
    tokens: VisitorTokens
    files: FileStore
    upload_limits: UploadLimits
    mailer: SmtpMailer | None
    """None without a mail host."""
    mail: MailSettings
    link_limit: Limit
    suggester: Suggester
    epoch: str
    setup_code: str
    account_mails: AccountMails
    sign_ins: SignInLimits
    egress: Egress
    egress_limit: Limit
    """Of pages an admin has fetched."""
    login_limit: Limit
    """Of what is asked about accounts besides signing in."""
    widget_limit: Limit
    sightings: SightingNotes
    trouble: Callable[[], str | None]
    """What is wrong without stopping the chat, in a sentence."""


def platform_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Platform:
    """The platform of this application."""
    return connection.app.state.platform


async def visitor_of(request: AnyRequest) -> Visitor:
    """The visitor whose token the request bears. Raises Unauthenticated."""
    platform = platform_of(request)
    async with platform.works.read() as rows:
        visitor = await find_visitor(rows, platform.tokens, _bearer(request) or "", platform.works.clock())
    if visitor is None:
        raise Unauthenticated("Your visitor token is missing, forged or too old.")
    return visitor


async def agent_of(request: AnyConnection) -> SignedInAgent:
    """The agent by session cookie or API token, asked for once a request. A cookie is not taken from a page of another
    origin.

    Raises Unauthenticated or Forbidden.
    """
    known: SignedInAgent | None = request.scope["state"].get(KNOWN)
    if known is not None:
        return known
    platform = platform_of(request)
    token, secret = _bearer(request), cookie_of(request, SESSION_COOKIE)
    agent = None
    async with platform.works.read() as rows:
        if token:
            agent = await find_api_token(rows, token, platform.works.clock())
        elif secret:
            refuse_foreign_origin(request)
            agent = await find_session(rows, secret, platform.works.clock())
    if agent is None:
        raise Unauthenticated("Sign in to continue.")
    request.scope["state"][KNOWN] = agent
    return agent


async def caller_first(request: AnyConnection, _: BaseRouteHandler) -> None:
    """Identify the caller before reading anything they send, or refusals would explain the doors to strangers. Raises
    Unauthenticated or Forbidden.
    """
    path = str(request.scope.get("path_template") or request.scope["path"])
    if not OPEN_DOORS.match(path):
        await agent_of(request)


async def actor_of(request: AnyRequest) -> Visitor | SignedInAgent:
    """Whoever asks: a visitor by token, or an agent."""
    token = _bearer(request)
    if token is not None and token.startswith(("pv1.", "pv2.")):
        return await visitor_of(request)
    return await agent_of(request)


def refuse_foreign_origin(request: AnyConnection) -> None:
    """A write that rides on a cookie must come from our own pages. Programs send no Origin and have no cookie to lose."""
    origin = request.headers.get("origin")
    if request.scope.get("method") in SAFE_METHODS or origin is None:
        return
    host = request.headers.get("host")
    if origin not in platform_of(request).settings.origins and origin not in (f"http://{host}", f"https://{host}"):
        raise Forbidden("This page may not act for you.")


def cookie_of(request: AnyConnection, name: str) -> str:
    """A cookie's value by either of its names, the one that only this host can set first."""
    return request.cookies.get(SECURE_PREFIX + name) or request.cookies.get(name) or ""


def caller_of_request(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Where a request comes from."""
    return caller_of(connection.scope, platform_of(connection).settings.trusted_proxies)


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the key a caller is counted by: their address, or their network of IPv6."""
    return caller_of_request(connection).network


def _bearer(request: AnyConnection) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None
