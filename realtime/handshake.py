"""Token to visitor, session to agent, or a refusal."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any

import msgspec
from msgspec import Struct

from app.contract import CONTRACT_VERSION
from app.contract.values import ErrorCode
from app.http.platform import SECURE_PREFIX, SESSION_COOKIE
from app.people.actors import SignedInAgent, Visitor
from app.people.sign_in import find_api_token, find_session
from app.people.tokens import VisitorTokens
from app.people.visitor_sessions import find_visitor
from app.work import Works


class Credentials(Struct, frozen=True):
    """Credentials a client sends on connecting."""

    token: str | None = None
    contract: int = 0


class Refusal(Exception):
    """The connection is not for this caller; the code says why."""

    def __init__(self, code: ErrorCode | str) -> None:
        super().__init__(code)
        self.code = code


class Handshake:
    """Handshake that decides who may connect to what."""

    def __init__(self, works: Works, tokens: VisitorTokens, origins: frozenset[str]) -> None:
        self._works = works
        self._tokens = tokens
        self._origins = origins

    async def visitor(self, auth: Any) -> Visitor:
        """A visitor by their widget token. Raises Refusal."""
        credentials = _read(auth)
        async with self._works.read() as rows:
            visitor = await find_visitor(rows, self._tokens, credentials.token or "", self._works.clock())
        if visitor is None:
            raise Refusal("unauthenticated")
        return visitor

    async def agent(self, auth: Any, cookies: str, origin: str | None, host: str | None) -> SignedInAgent:
        """An agent by API token, or by session cookie from an allowed origin: a page elsewhere cannot borrow it. Raises Refusal."""
        credentials = _read(auth)
        async with self._works.read() as rows:
            if credentials.token:
                agent = await find_api_token(rows, credentials.token, self._works.clock())
            elif not is_allowed_origin(origin, host, self._origins):
                raise Refusal("forbidden")
            else:
                secret = session_secret(cookies)
                agent = await find_session(rows, secret, self._works.clock()) if secret else None
        if agent is None:
            raise Refusal("unauthenticated")
        return agent


def is_allowed_origin(origin: str | None, host: str | None, origins: frozenset[str]) -> bool:
    """An exact member of the set, or the very host that was asked. A missing origin is refused."""
    if origin is None:
        return False
    return origin in origins or (host is not None and origin in (f"http://{host}", f"https://{host}"))


def session_secret(cookies: str) -> str | None:
    """The session cookie's value."""
    try:
        held = SimpleCookie(cookies)
        morsel = held.get(SECURE_PREFIX + SESSION_COOKIE) or held.get(SESSION_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _read(auth: Any) -> Credentials:
    try:
        credentials = msgspec.convert(auth if auth is not None else {}, Credentials)
    except msgspec.ValidationError as error:
        raise Refusal("invalid") from error
    if credentials.contract != CONTRACT_VERSION:
        raise Refusal("contract")
    return credentials
