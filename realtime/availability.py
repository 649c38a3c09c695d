"""Widgets learn at once when their inbox opens, closes, or is staffed: looked at once for all of an inbox, said when it differs."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from msgspec.structs import replace
from sqlalchemy import select

from app.contract.audiences import ToInboxVisitors
from app.contract.inboxes import InboxAvailability
from app.people.actors import Visitor
from app.visiting.availability import availability_of
from app.work import Announcement, Works
from models import Inbox
from realtime.hub import EncodedEvent, Hub, Subscriber
from realtime.rooms import AGENTS, room_of

log = structlog.get_logger("availability")

PAUSE_SECONDS = 0.5
CERTAIN_SECONDS = 5.0
"""Opening hours pass without an event, and a hint may be lost."""
MOVING = tuple(f'{{"type":"{name}"'.encode() for name in ("presence.changed", "config.changed"))


class Availability:
    """Hears what agents hear on every node, and tells this node's widgets."""

    def __init__(self, works: Works, hub: Hub) -> None:
        self.rooms: set[str] = set()
        self._works = works
        self._hub = hub
        self._told: dict[str, InboxAvailability] = {}
        self._woken = asyncio.Event()

    def deliver(self, encoded: EncodedEvent) -> None:
        """Look again soon when an agent came, went or changed, or an admin changed hours or an inbox."""
        if encoded.json.startswith(MOVING):
            self._woken.set()

    def cut(self) -> None:
        """There is no connection to end."""

    async def connected(self, subscriber: Subscriber, visitor: Visitor) -> None:
        """Tell a widget that has just connected; it may have missed a change while it was away."""
        held = self._told.get(visitor.inbox_id) or await self._look_at(visitor.inbox_id)
        if held is not None:
            subscriber.deliver(EncodedEvent(held))

    async def tell_forever(self) -> None:
        """Look when something moved, and every few seconds."""
        self._hub.enter(self, [AGENTS])
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), CERTAIN_SECONDS)
                self._woken.clear()
                try:
                    await self.look()
                except Exception:
                    log.exception("the availability of inboxes could not be read; it is read again in a moment")
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            self._hub.leave(self, [AGENTS])

    async def look(self) -> None:
        """Tell the widgets of each inbox whose availability is no longer as they were told."""
        for inbox_id in list(self._told):
            before, room = self._told[inbox_id], ToInboxVisitors(inbox_id=inbox_id)
            if not self._hub.is_anyone_in(room_of(room)):
                del self._told[inbox_id]
                continue
            now = await self._look_at(inbox_id)
            if now is not None and _gist(now) != _gist(before):
                self._hub.deliver_here([Announcement(now, room)])

    async def _look_at(self, inbox_id: str) -> InboxAvailability | None:
        async with self._works.read() as rows:
            inbox = await rows.one(select(Inbox).where(Inbox.id == inbox_id))
            if inbox is None:
                return None
            found = await availability_of(rows, inbox, self._works.clock())
        self._told[inbox_id] = found
        return found


def _gist(said: InboxAvailability) -> InboxAvailability:
    """Seconds that make the same minute are the same to a visitor."""
    return replace(said, reply_seconds=None if said.reply_seconds is None else said.reply_seconds // 60)
