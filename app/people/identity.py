"""Visitor identity, vouched for by the site they come from: a short-lived JWT signed with the inbox's secret."""

from __future__ import annotations

from typing import Any

import jwt
import msgspec
from msgspec import Struct
from sqlalchemy import select, update

from app.clock import new_id
from app.contract.values import Email, Line
from app.errors import Unauthenticated
from app.people.actors import Visitor
from app.text import clean_line
from app.work import Work
from models import Contact, Inbox

LONGEST_LIFE_SECONDS = 3600
LEEWAY_SECONDS = 60
AHEAD_SECONDS = 300
"""How far ahead of ours the site's clock may be."""


class StaleIdentity(Unauthenticated):
    """The site has signed it, but its time is over, or has not come. `sub` is whom it names."""

    def __init__(self, sub: str, *, is_early: bool) -> None:
        super().__init__("The sign-in from this page could not be verified.")
        self.sub = sub
        self.is_early = is_early


class Claims(Struct, frozen=True):
    """Claims of the token. `sub` is the site's own key for the person."""

    sub: Line
    exp: int
    iat: int
    nbf: int = 0
    name: Line = ""
    email: Email | None = None


async def identify_visitor(work: Work, inbox: Inbox, identity_token: str, visitor: Visitor) -> Visitor:
    """The verified contact the token names, made from the visitor the first time. Raises Unauthenticated for any flaw.

    HS256 only, for this inbox only (`aud` is its key), valid at most an hour. An anonymous visitor's conversations become
    the contact's only if that contact had none yet; an address alone never merges anybody.
    """
    claims = read_identity(inbox, identity_token, int(work.now.timestamp()))
    known = await work.one(select(Contact).where(Contact.inbox_id == inbox.id, Contact.external_id == claims.sub))
    values: dict[str, Any] = {"is_verified": True, "last_seen_at": work.now}
    if claims.name:
        values["name"] = clean_line(claims.name)
    if claims.email:
        values["email"] = claims.email.lower()
    if known:
        await work.change(update(Contact).where(Contact.id == known.id).values(**values))
        return Visitor(contact_id=known.id, inbox_id=inbox.id)
    anonymous = await work.one(select(Contact).where(Contact.id == visitor.contact_id))
    if anonymous and anonymous.external_id is None:
        await work.change(update(Contact).where(Contact.id == anonymous.id).values(external_id=claims.sub, **values))
        return visitor
    contact = Contact(
        id=visitor.contact_id if anonymous is None else new_id(),
        inbox_id=inbox.id,
        external_id=claims.sub,
        name="",
        is_verified=True,
        locale=inbox.locale,
        created_at=work.now,
    )
    await work.add(contact)
    await work.change(update(Contact).where(Contact.id == contact.id).values(**values))
    return Visitor(contact_id=contact.id, inbox_id=inbox.id)


def read_identity(inbox: Inbox, token: str, now: int) -> Claims:
    """Return the claims of a token that proves them. Raises Unauthenticated; StaleIdentity when only its time is wrong."""
    refused = Unauthenticated("The sign-in from this page could not be verified.")
    if not inbox.identity_secret or len(token) > 8192:
        raise refused
    try:
        decoded = jwt.decode(
            token,
            inbox.identity_secret,
            algorithms=["HS256"],
            audience=inbox.key,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "aud", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        claims = msgspec.convert(decoded, Claims)
    except (jwt.PyJWTError, msgspec.ValidationError, RecursionError, ValueError) as error:
        raise refused from error
    lives = claims.exp - claims.iat
    if not 0 < lives <= LONGEST_LIFE_SECONDS or not claims.sub.strip() or not claims.sub.isprintable():
        raise refused
    begins = max(claims.iat, claims.nbf)
    if now > claims.exp + LEEWAY_SECONDS or now < begins - AHEAD_SECONDS:
        raise StaleIdentity(claims.sub, is_early=now < begins)
    return claims
