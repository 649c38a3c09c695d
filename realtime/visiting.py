"""Visitors on the sites now: kept in memory on every node, told by each to all, forgotten when a lease runs out.

A list of visitors is a hint: opening a page writes nothing, and a node that starts knows everybody again as soon as
their launchers have spoken once more. What an agent has said to a visitor is a row; it is only carried along here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec
import structlog
from msgspec.structs import replace
from sqlalchemy import select

from app.clock import monotonic
from app.contract.audiences import ToNodes, ToVisitorWatchers
from app.contract.contacts import ContactChanged
from app.contract.conversations import ConversationChanged
from app.contract.proactive import GreetingView
from app.contract.visitors import VisitorsChanged, VisitorView
from app.people.actors import Visitor
from app.visiting.pages import Device, SeenPage, remember_pages
from app.visiting.visits import (
    Visit,
    Whereabouts,
    lengthen_trail,
    next_visit,
    unshown_greeting,
    views_of,
    with_greeting,
    with_outcome,
)
from app.work import Announcement, Works
from models import Contact
from realtime.hub import EncodedEvent, LocalHub
from realtime.rooms import NODES, VISITORS

log = structlog.get_logger("visiting")

PAUSE_SECONDS = 0.5
MAX_VISITS = 10_000
MAX_SHOWN = 500
MAX_WAITING = 5_000


class Visits:
    """The visitors of all nodes, and the launchers that wait at this one. A subscriber of its own hub."""

    def __init__(self, works: Works, hub: LocalHub) -> None:
        self.rooms: set[str] = set()
        self._works = works
        self._hub = hub
        self._visits: dict[str, Visit] = {}
        self._until: dict[str, float] = {}
        self._trails: dict[str, list[SeenPage]] = {}
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._dirty: set[str] = set()
        self._has_moved = asyncio.Event()
        hub.enter(self, [NODES])
        hub.when_published(self._hear)

    def deliver(self, encoded: EncodedEvent) -> None:
        """Record a visitor announced by a node, this one included."""
        try:
            visit = msgspec.json.decode(encoded.json, type=Visit)
        except msgspec.DecodeError:
            return
        if visit.contact_id not in self._visits and len(self._visits) >= MAX_VISITS:
            self._forget(min(self._until, key=lambda id: self._until[id]))
        self._visits[visit.contact_id] = visit
        self._until[visit.contact_id] = monotonic() + visit.lives_seconds
        self._moved(visit.contact_id)
        if unshown_greeting(visit):
            for waiting in self._waiting.get(visit.contact_id, ()):
                waiting.set()

    def cut(self) -> None:
        """Nothing to close."""

    def find(self, contact_id: str) -> Visit | None:
        """Where this visitor is, if they are here."""
        return self._visits.get(contact_id)

    async def seen(self, visitor: Visitor, at: Whereabouts, *, is_leaving: bool = False) -> Visit | None:
        """The visitor is on a page. A contact's pages are kept; others' only in memory. None for what is no page."""
        now = self._works.clock()
        before = self._visits.get(visitor.contact_id)
        visit = next_visit(visitor, before, at, now, is_leaving=is_leaving)
        if visit is None:
            return None
        self._tell(visit)
        lengthen_trail(self._trails.setdefault(visitor.contact_id, []), visit, now)
        if before is None or before.at.url != visit.at.url:
            await self.remember(visitor)
        return visit

    async def remember(self, visitor: Visitor) -> None:
        """Keep where a contact was. Asked again once somebody has written for the first time."""
        trail = self._trails.get(visitor.contact_id)
        visit = self._visits.get(visitor.contact_id)
        if not trail or visit is None:
            return
        async with self._works.read() as rows:
            if await rows.one(select(Contact.id).where(Contact.id == visitor.contact_id)) is None:
                return
        device = Device(timezone=visit.at.timezone, browser=visit.at.browser)
        await self._works.run(remember_pages, visitor, tuple(trail), device)
        del trail[:-1]

    def invited(self, visitor: Visitor, greeting: GreetingView) -> None:
        """An agent has said something to a visitor who is here."""
        visit = self._visits.get(visitor.contact_id)
        if visit is not None:
            self._tell(with_greeting(visit, greeting))

    def greeted(self, visitor: Visitor, outcome: Literal["shown", "dismissed"]) -> None:
        """An agent's word was shown to the visitor, or they waved it away."""
        visit = self._visits.get(visitor.contact_id)
        if visit is not None:
            self._tell(with_outcome(visit, outcome))

    async def wait(self, contact_id: str, seconds: float) -> GreetingView | None:
        """Hold a launcher until an agent says something to its visitor, or for so long."""
        if greeting := unshown_greeting(self._visits.get(contact_id)):
            return greeting
        if sum(map(len, self._waiting.values())) >= MAX_WAITING:
            return None
        waiting = asyncio.Event()
        self._waiting.setdefault(contact_id, set()).add(waiting)
        try:
            await asyncio.wait_for(waiting.wait(), seconds)
        except TimeoutError:
            return None
        finally:
            waiters = self._waiting[contact_id]
            waiters.discard(waiting)
            if not waiters:
                del self._waiting[contact_id]
        return unshown_greeting(self._visits.get(contact_id))

    def release(self) -> None:
        """Let every launcher go: this node is about to stop."""
        for waiting in [one for waiters in self._waiting.values() for one in waiters]:
            waiting.set()

    async def list(self) -> list[VisitorView]:
        """List the visitors here now, latest first. Where there are very many, the others follow as if they had moved, some
        at a time.
        """
        latest_first = sorted(self._visits.values(), key=lambda visit: visit.came_at, reverse=True)
        async with self._works.read() as rows:
            views = await views_of(rows, latest_first[:MAX_SHOWN])
        for visit in latest_first[MAX_SHOWN:]:
            self._moved(visit.contact_id)
        return views

    async def sweep(self) -> None:
        """Forget those whose lease has run out."""
        now = monotonic()
        for contact_id in [id for id, until in self._until.items() if until <= now]:
            self._forget(contact_id)

    async def paint_forever(self) -> None:
        """Tell those who watch what has moved, at most twice a second."""
        while True:
            await self._has_moved.wait()
            self._has_moved.clear()
            dirty, self._dirty = self._dirty, set()
            if self._hub.is_anyone_in(VISITORS):
                try:
                    await self.paint(dirty)
                except Exception:
                    log.exception("the list of visitors could not be told")
            await asyncio.sleep(PAUSE_SECONDS)

    async def paint(self, dirty: set[str]) -> None:
        """Tell those who watch how these visitors stand now, so many at a time that an event stays small."""
        ids = sorted(dirty)
        for at in range(0, len(ids), MAX_SHOWN):
            some = ids[at : at + MAX_SHOWN]
            async with self._works.read() as rows:
                views = await views_of(rows, [self._visits[id] for id in some if id in self._visits])
            gone = [id for id in some if id not in self._visits]
            self._hub.deliver_here([Announcement(VisitorsChanged(visitors=views, gone_ids=gone), ToVisitorWatchers())])

    def _hear(self, announcements: Sequence[Announcement]) -> None:
        """Update the lists with what this node has announced of a visitor who is here."""
        for announcement in announcements:
            match announcement.event:
                case ConversationChanged(conversation=conversation):
                    self._retell(conversation.contact.id)
                case ContactChanged(contact=contact):
                    self._retell(contact.id)
                case _:
                    pass

    def _retell(self, contact_id: str) -> None:
        visit = self._visits.get(contact_id)
        if visit is not None:
            self._tell(replace(visit, lives_seconds=max(0.0, self._until[contact_id] - monotonic())))

    def _tell(self, visit: Visit) -> None:
        self._hub.publish([Announcement(visit, ToNodes())])

    def _forget(self, contact_id: str) -> None:
        for held in (self._visits, self._until, self._trails):
            held.pop(contact_id, None)
        self._moved(contact_id)

    def _moved(self, contact_id: str) -> None:
        self._dirty.add(contact_id)
        self._has_moved.set()
