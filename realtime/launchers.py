"""Requests launchers make before anybody has opened the chat: plain ones, held back, never a socket."""

from __future__ import annotations

from litestar import post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler
from sqlalchemy import select

from app.clock import new_id
from app.contract.bases import Done
from app.contract.proactive import TellGreeting
from app.contract.visitors import TellVisit, VisitTold
from app.errors import NotFound, Unauthenticated
from app.http.platform import AnyRequest, address_of, platform_of
from app.limits import Limit
from app.people.actors import Visitor
from app.people.visitor_sessions import find_visitor
from app.visiting.greetings import greeting_told, pending_invitation
from app.visiting.proactive import greetings_for
from app.visiting.visits import Whereabouts
from models import Inbox
from realtime.visiting import Visits

HOLD_SECONDS = 20.0
PAUSE_SECONDS = 1.0
RATE, BURST = 10.0, 120.0


def launcher_routes(visits: Visits) -> list[ControllerRouterHandler]:
    """Routes of launchers whose inbox shows its visitors."""
    limit = Limit(RATE, BURST)

    @post("/api/v1/widget/visits", status_code=200)
    async def tell_visit(request: AnyRequest, data: JSONBody[TellVisit]) -> VisitTold:
        """A visitor is on a page. Writes nothing for one who has never written. An inbox that does not want to know is
        told nothing, and its launchers are told not to ask again."""
        platform = platform_of(request)
        limit.take(address_of(request))
        now = platform.works.clock()
        async with platform.works.read() as rows:
            inbox = await rows.one(select(Inbox).where(Inbox.key == data.inbox_key))
            visitor = await find_visitor(rows, platform.tokens, data.visitor_token or "", now)
        if inbox is None:
            raise NotFound("inbox", data.inbox_key)
        if visitor is None or visitor.inbox_id != inbox.id:
            visitor = Visitor(contact_id=new_id(), inbox_id=inbox.id)
        token = platform.tokens.issue(visitor, now)
        never = VisitTold(visitor_token=token, greetings=[], invitation=None, again_seconds=0)
        if not inbox.shows_visitors:
            return never
        at = Whereabouts(
            url=data.url,
            title=data.title,
            locale=data.locale,
            timezone=data.timezone,
            browser=data.browser,
            is_returning=data.is_returning,
        )
        visit = await visits.seen(visitor, at, is_leaving=data.is_leaving)
        if visit is None or data.is_leaving:
            return never
        if data.is_waiting:
            invitation, greetings = await visits.wait(visitor.contact_id, HOLD_SECONDS), []
        else:
            async with platform.works.read() as rows:
                invitation = await pending_invitation(rows, visitor, now)
                greetings = await greetings_for(
                    rows, inbox, visitor.contact_id, now, visit.at.url, visit.at.locale, visit.at.is_returning
                )
        return VisitTold(visitor_token=token, greetings=greetings, invitation=invitation, again_seconds=PAUSE_SECONDS)

    @post("/api/v1/widget/greetings", status_code=200)
    async def tell_greeting(request: AnyRequest, data: JSONBody[TellGreeting]) -> Done:
        """A greeting was shown, or waved away."""
        platform = platform_of(request)
        limit.take(address_of(request))
        async with platform.works.read() as rows:
            visitor = await find_visitor(rows, platform.tokens, data.visitor_token, platform.works.clock())
        if visitor is None:
            raise Unauthenticated("Your visitor token is missing, forged or too old.")
        outcome = await platform.works.run(greeting_told, visitor, data.greeting_id, data.outcome)
        if outcome is not None:
            visits.greeted(visitor, outcome)
        return Done()

    return [tell_visit, tell_greeting]
