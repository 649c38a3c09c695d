"""Visitors' sessions in a browser: proven by the site's word or a mailed link for a while, voided by signing out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select

from app.clock import new_id
from app.database.prepared import Prepared
from app.people.actors import Visitor
from app.people.identity import identify_visitor
from app.people.tokens import VISITOR_TOKEN_LIFE, VisitorTokens
from app.work import Rows, Work
from models import Contact, Inbox, VoidedVisitorSession

RECENT = timedelta(seconds=30)
MAX_FORGOTTEN = 1000

_CONTACTS, _VOIDED = Contact.__table__, VoidedVisitorSession.__table__
_STANDING = Prepared[Any](
    select(
        exists(select(_VOIDED.c.id).where(_VOIDED.c.id == bindparam("session"))).label("is_voided"),
        exists(select(_CONTACTS.c.id).where(_CONTACTS.c.id == bindparam("contact"), _CONTACTS.c.is_verified)).label(
            "is_verified"
        ),
    )
)


async def find_visitor(rows: Rows, tokens: VisitorTokens, token: str, now: datetime) -> Visitor | None:
    """Return the visitor of a token that still holds.

    None for a forged or expired token, for one that was signed out, and for an anonymous one whose contact has since
    been verified: whoever shares the computer would enter as them.
    """
    visitor = tokens.read(token, now)
    if visitor is None:
        return None
    (found,) = await rows.tuples(_STANDING, session=session_of(visitor), contact=visitor.contact_id)
    is_voided, is_verified = found
    if is_voided or (is_verified and not visitor.verified_until):
        return None
    return visitor


def session_of(visitor: Visitor) -> str:
    """Return what signing out voids: the session of a proven visitor; an anonymous one has a single session, the contact's."""
    return visitor.session or visitor.contact_id


async def prove_visitor(work: Work, inbox: Inbox, identity_token: str, stored: Visitor | None, life: timedelta) -> Visitor:
    """Identify the visitor by the site's word, for as long as `life`. An anonymous session of this browser ends with it.

    Raises Unauthenticated, as `identify_visitor` does.
    """
    known = stored or Visitor(contact_id=new_id(), inbox_id=inbox.id)
    found = await identify_visitor(work, inbox, identity_token, known)
    if stored and not stored.verified_until:
        await void_session(work, stored)
    return proven(found, stored, work.now, life)


def proven(found: Visitor, stored: Visitor | None, now: datetime, life: timedelta) -> Visitor:
    """Return the visitor with proof for `life`, in the session this browser has of the same contact already."""
    is_same = stored is not None and stored.contact_id == found.contact_id and stored.session
    return Visitor(
        contact_id=found.contact_id,
        inbox_id=found.inbox_id,
        session=stored.session if stored is not None and is_same else new_id(),
        verified_until=int((now + life).timestamp()),
    )


async def void_session(work: Work, visitor: Visitor) -> None:
    """End the visitor's session in their browser: its tokens are refused from now on, its sockets are closed."""
    await work.add_unless_there(VoidedVisitorSession(id=session_of(visitor), voided_at=work.now))


async def recently_voided(rows: Rows, now: datetime) -> Collection[str]:
    """Return the sessions that ended a moment ago."""
    wanted = select(VoidedVisitorSession.id).where(VoidedVisitorSession.voided_at > now - RECENT)
    return set(await rows.all(wanted))


async def forget_voided(work: Work) -> None:
    """Forget sessions whose tokens have expired by themselves."""
    old = (
        select(VoidedVisitorSession.id).where(VoidedVisitorSession.voided_at < work.now - VISITOR_TOKEN_LIFE).limit(MAX_FORGOTTEN)
    )
    await work.change(delete(VoidedVisitorSession).where(VoidedVisitorSession.id.in_(old)))
