"""Proofs of identity: signed visitor tokens, hashed secrets, passwords."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Literal, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.errors import Unavailable
from app.people.actors import Visitor

VISITOR_TOKEN_LIFE = timedelta(days=180)
TokenFault = Literal["malformed", "other_key", "expired", "ended"]
"""`ended`: signed out, or its contact has been verified since."""
_VISITOR_TOKEN = re.compile(r"pv1\.([0-9a-f-]{36})\.([0-9a-f-]{36})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")
_PROVEN_TOKEN = re.compile(
    r"pv2\.([0-9a-f-]{36})\.([0-9a-f-]{36})\.([0-9]{1,12})\.([0-9a-f-]{36})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})"
)
_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(2, "passwords")
_waiting = 0
MAX_WAITING = 100

T = TypeVar("T")


def new_secret() -> str:
    """256 random bits for a cookie, a link or an API token."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the hash a secret is stored as. Secrets are random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_link(purpose: str, secret: str) -> str:
    """Return how a one-time link is kept at rest. A link made for one purpose never fits another."""
    return hash_secret(f"{purpose}:{secret}")


def hash_password(password: str) -> str:
    """argon2id. About 50 ms of CPU: call it off the event loop."""
    return _hasher.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Return whether the password is right. Takes as long when there is no such agent (`None`). Call it off the event loop."""
    try:
        return _hasher.verify(password_hash or _hash_of_nobody(), password) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


async def hash_password_apart(password: str) -> str:
    """Hash in a thread that does nothing but passwords. Raises Unavailable while too many wait for it."""
    return await _apart(partial(hash_password, password))


async def is_password_apart(password_hash: str | None, password: str) -> bool:
    """Check in a thread that does nothing but passwords. Raises Unavailable while too many wait for it."""
    return await _apart(partial(is_password, password_hash, password))


async def _apart(do: Callable[[], T]) -> T:
    """Files and articles have the common threads, so that nothing they do makes anyone wait to sign in."""
    global _waiting  # noqa: PLW0603 - one count for the one pool
    if _waiting >= MAX_WAITING:
        raise Unavailable("Many people are signing in just now. Try again in a moment.")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, do)
    finally:
        _waiting -= 1


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


class VisitorTokens:
    """Tokens that need no row: contact, inbox and time, signed. Opening a page writes nothing."""

    def __init__(self, secret_key: str) -> None:
        self._key = hashlib.sha256(b"visitor-token:" + secret_key.encode()).digest()

    def issue(self, visitor: Visitor, now: datetime) -> str:
        """Sign a token for this visitor: valid for 180 days, or for as long as their proof holds."""
        if visitor.verified_until:
            parts = (visitor.contact_id, visitor.inbox_id, int(now.timestamp()), visitor.session, visitor.verified_until)
            signed = f"pv2.{'.'.join(map(str, parts))}"
        else:
            signed = f"pv1.{visitor.contact_id}.{visitor.inbox_id}.{int(now.timestamp())}"
        return f"{signed}.{self._sign(signed)}"

    def read(self, token: str, now: datetime) -> Visitor | None:
        """Return the visitor of a token, or None when it is forged, expired or not a token at all.

        One signed later than now is ours all the same: the clock that signed it was ahead, or this one is behind.
        """
        proven = _PROVEN_TOKEN.fullmatch(token) if len(token) <= 512 else None
        match = proven or (_VISITOR_TOKEN.fullmatch(token) if len(token) <= 512 else None)
        if match is None or not hmac.compare_digest(match.groups()[-1], self._sign(token.rpartition(".")[0])):
            return None
        contact_id, inbox_id, issued = match.groups()[:3]
        age = now.timestamp() - int(issued)
        if abs(age) > VISITOR_TOKEN_LIFE.total_seconds():
            return None
        if proven is None:
            return Visitor(contact_id=contact_id, inbox_id=inbox_id)
        session, until = proven.groups()[3:5]
        if int(until) <= now.timestamp():
            return None
        return Visitor(contact_id=contact_id, inbox_id=inbox_id, session=session, verified_until=int(until))

    def why_refused(self, token: str, now: datetime) -> TokenFault:
        """Return what is wrong with a token that `find_visitor` does not take."""
        match = None if len(token) > 512 else _PROVEN_TOKEN.fullmatch(token) or _VISITOR_TOKEN.fullmatch(token)
        if match is None:
            return "malformed"
        if not hmac.compare_digest(match.groups()[-1], self._sign(token.rpartition(".")[0])):
            return "other_key"
        return "ended" if self.read(token, now) else "expired"

    def _sign(self, text: str) -> str:
        digest = hmac.digest(self._key, text.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
