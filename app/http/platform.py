"""What controllers are given: the built platform, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from msgspec import Struct

from app.attachments import FileStore
from app.errors import Forbidden, Unauthenticated
from app.http.sightings import SightingNotes
from app.knowledge.suggest import Suggester
from app.limits import Limit
from app.mail.accounts import AccountMails
from app.mail.contact_mail import MailSettings
from app.mail.mailer import SmtpMailer
from app.people.actors import SignedInAgent, Visitor
from app.people.signing_in import find_api_token, find_session
from app.people.tokens import VisitorTokens
from app.people.visitor_sessions import find_visitor
from app.settings import Settings
from app.work import Works

AnyRequest = Request[Any, Any, Any]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_COOKIE = "parley_session"


class Platform(Struct, frozen=True, kw_only=True):
    """Everything the controllers need, built once by the door."""

    settings: Settings
    works: Works
    tokens: VisitorTokens
    files: FileStore
    mailer: SmtpMailer | None
    """None without a mail host."""
    mail: MailSettings
    link_limit: Limit
    suggester: Suggester
    epoch: str
    setup_code: str
    account_mails: AccountMails
    login_limit: Limit
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


async def agent_of(request: AnyRequest) -> SignedInAgent:
    """The agent by session cookie or API token. A cookie is not taken from a page of another origin.

    Raises Unauthenticated or Forbidden.
    """
    platform = platform_of(request)
    token, secret = _bearer(request), request.cookies.get(SESSION_COOKIE)
    agent = None
    async with platform.works.read() as rows:
        if token:
            agent = await find_api_token(rows, token, platform.works.clock())
        elif secret:
            refuse_foreign_origin(request)
            agent = await find_session(rows, secret, platform.works.clock())
    if agent is None:
        raise Unauthenticated("Sign in to continue.")
    return agent


async def actor_of(request: AnyRequest) -> Visitor | SignedInAgent:
    """Whoever asks: a visitor by token, or an agent."""
    token = _bearer(request)
    if token is not None and token.startswith(("pv1.", "pv2.")):
        return await visitor_of(request)
    return await agent_of(request)


def refuse_foreign_origin(request: AnyRequest) -> None:
    """A write that rides on a cookie must come from our own pages. Programs send no Origin and have no cookie to lose."""
    origin = request.headers.get("origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    host = request.headers.get("host")
    if origin not in platform_of(request).settings.origins and origin not in (f"http://{host}", f"https://{host}"):
        raise Forbidden("This page may not act for you.")


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The client's address: the peer's, or, behind a trusted proxy, the right-most one that is not a proxy's."""
    trusted = platform_of(connection).settings.trusted_proxies
    hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    return client_address(connection.client.host if connection.client else "unknown", hops, trusted)


def client_address(peer: str, hops: list[str], trusted: str) -> str:
    """Walk back from the peer through `hops` (left is farthest) while each is in the comma-separated networks `trusted`."""
    networks = [ip_network(network.strip()) for network in trusted.split(",") if network.strip()]
    address = peer
    for hop in reversed(hops):
        if not _is_in(address, networks):
            break
        address = hop
    return address


def is_private(address: str) -> bool:
    """Whether an address is this machine's or of a private network."""
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


def _is_in(address: str, networks: list[Any]) -> bool:
    try:
        return any(ip_address(address) in network for network in networks)
    except ValueError:
        return False


def _bearer(request: AnyRequest) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None
