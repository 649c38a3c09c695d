"""A visit: where a visitor is on a site now, how it follows from the one before, and how a colleague sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import and_, select

from app.contract.bases import Event
from app.contract.proactive import GreetingView
from app.contract.values import OPEN_CATEGORIES, InvitationState
from app.contract.visitors import VisitorView
from app.people.actors import Visitor
from app.text import clean_line
from app.visiting.pages import MAX_TITLE, SeenPage, page_address
from app.work import Rows
from models import Contact, Conversation

LEASE_SECONDS = 45.0
LEAVING_SECONDS = 6.0
MAX_TRAIL = 10


class Whereabouts(Struct, frozen=True, kw_only=True):
    """Where a visitor is, as their browser says."""

    url: str
    title: str = ""
    locale: str = ""
    timezone: str | None = None
    browser: str | None = None
    is_returning: bool = False


class Visit(Event, tag="visit.told"):
    """A visitor who is here, as nodes tell each other. `greeting` is an agent's word that waits to be shown to them."""

    contact_id: str
    inbox_id: str
    at: Whereabouts
    came_at: datetime
    page_since: datetime
    invitation: InvitationState
    greeting: GreetingView | None
    lives_seconds: float


def next_visit(
    visitor: Visitor, before: Visit | None, at: Whereabouts, now: datetime, *, is_leaving: bool = False
) -> Visit | None:
    """Return the visit now that the browser says `at`. None when that is no page."""
    url = page_address(at.url)
    if url is None:
        return None
    is_same_page = before is not None and before.at.url == url
    return Visit(
        contact_id=visitor.contact_id,
        inbox_id=visitor.inbox_id,
        at=replace(
            at,
            url=url,
            title=clean_line(at.title)[:MAX_TITLE],
            is_returning=at.is_returning or (before is not None and before.at.is_returning),
        ),
        came_at=before.came_at if before else now,
        page_since=before.page_since if before and is_same_page else now,
        invitation=before.invitation if before else "none",
        greeting=before.greeting if before else None,
        lives_seconds=LEAVING_SECONDS if is_leaving else LEASE_SECONDS,
    )


def with_greeting(visit: Visit, greeting: GreetingView) -> Visit:
    """Return the visit once an agent has said something to its visitor."""
    return replace(visit, invitation="sent", greeting=greeting)


def with_outcome(visit: Visit, outcome: Literal["shown", "dismissed"]) -> Visit:
    """Return the visit once the agent's word was shown, or waved away."""
    return replace(visit, invitation=outcome, greeting=visit.greeting if outcome == "shown" else None)


def unshown_greeting(visit: Visit | None) -> GreetingView | None:
    """Return an agent's word that the visitor has not seen yet."""
    return visit.greeting if visit is not None and visit.invitation == "sent" else None


def lengthen_trail(trail: list[SeenPage], visit: Visit, now: datetime) -> None:
    """Add the page of now; a page looked at twice in a row is kept once, for longer. The newest ten stay."""
    if trail and trail[-1].url == visit.at.url:
        trail.pop()
    trail.append(SeenPage(url=visit.at.url, title=visit.at.title, since=visit.page_since, until=now))
    del trail[:-MAX_TRAIL]


async def views_of(rows: Rows, visits: Sequence[Visit]) -> list[VisitorView]:
    """Return the visitors as colleagues see them, with the conversation each has open."""
    known = {
        id: (name, conversation_id, agent_id)
        for id, name, conversation_id, agent_id in await rows.rows(
            select(Contact.id, Contact.name, Conversation.id, Conversation.agent_id)
            .outerjoin(
                Conversation,
                and_(Conversation.contact_id == Contact.id, Conversation.category.in_(OPEN_CATEGORIES)),
            )
            .where(Contact.id.in_([visit.contact_id for visit in visits]))
        )
    }
    return [_view(visit, known.get(visit.contact_id)) for visit in visits]


def _view(visit: Visit, known: tuple[str, str | None, str | None] | None) -> VisitorView:
    name, conversation_id, agent_id = known or ("", None, None)
    return VisitorView(
        contact_id=visit.contact_id,
        inbox_id=visit.inbox_id,
        name=name,
        is_contact=known is not None,
        is_returning=visit.at.is_returning or known is not None,
        url=visit.at.url,
        title=visit.at.title,
        locale=visit.at.locale,
        came_at=visit.came_at,
        page_since=visit.page_since,
        conversation_id=conversation_id,
        agent_id=agent_id,
        invitation=visit.invitation,
    )
