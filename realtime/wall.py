"""The wall, pushed: one recount for all who watch on this node, when something moved, at most twice a second."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from msgspec.structs import replace
from sqlalchemy import select

from app.clock import monotonic
from app.contract.audiences import ToAllAgents, ToInboxAgents, ToWall
from app.contract.events import WallChanged
from app.contract.views import WallView
from app.reports.wall import repaint_at, wall_view
from app.work import Announcement, Works
from models import Inbox
from realtime.hub import Hub, Subscriber, Told
from realtime.rooms import WALL, room_of

log = structlog.get_logger("wall")

PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 1.0
BUSY_SHARE = 0.1
"""A recount that takes long is done less often, so that painting does not keep the node from its chats."""
CERTAIN_SECONDS = 10.0
"""A hint may be lost, so a wall somebody watches is recounted this often even when nothing was heard to move."""
MOVING = tuple(
    f'{{"type":"{name}"'.encode()
    for name in ("conversation.changed", "message.created", "presence.changed", "team.thresholds_changed")
)


class WallPainter:
    """Hears what agents hear while anybody on this node watches the wall, so every node's movements reach it."""

    def __init__(self, works: Works, hub: Hub) -> None:
        self.rooms: set[str] = set()
        self._works = works
        self._hub = hub
        self._has_moved = False
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._wall: WallView | None = None
        self._due_at = 0.0

    async def watch(self, watcher: Subscriber) -> WallView:
        """Send the wall to this stream from now on; the wall as it is now, recounted once for all who ask at once."""
        self._hub.enter(watcher, [WALL])
        async with self._one_at_a_time:
            if self._wall is None or self._has_moved or not self.rooms:
                await self._paint()
                self._woken.set()  # whoever waits for the next painting does not know yet when it is due
            assert self._wall is not None
            return self._wall

    def unwatch(self, watcher: Subscriber) -> None:
        """Send it no more."""
        self._hub.leave(watcher, [WALL])

    def deliver(self, told: Told) -> None:
        """Something happened, here or on another node."""
        if told.json.startswith(MOVING):
            self._has_moved = True
            self._woken.set()

    def cut(self) -> None:
        """A painter has no connection to end."""

    async def paint_forever(self) -> None:
        """Paint when something moved, when time alone moves something, and for certainty."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._patience())
            self._woken.clear()
            began = monotonic()
            if not self._has_moved and began < self._due_at:
                continue
            await self._paint_if_watched()
            pause = (monotonic() - began) / BUSY_SHARE
            await asyncio.sleep(min(max(PAUSE_SECONDS, pause), LONGEST_PAUSE_SECONDS))

    def _patience(self) -> float | None:
        return max(0.0, self._due_at - monotonic()) if self.rooms else None

    async def _paint_if_watched(self) -> None:
        async with self._one_at_a_time:
            if not self._hub.is_anyone_in(WALL):
                self._hub.leave(self, self.rooms)
                self._has_moved = False
                return
            try:
                await self._paint()
            except Exception:
                log.exception("the wall could not be painted")
                self._has_moved = True
                self._woken.set()

    async def _paint(self) -> None:
        """Recount, and tell those who watch if it differs. Whatever moves meanwhile is in the next one."""
        await self._listen()
        self._has_moved = False
        async with self._works.read() as rows:
            wall = await wall_view(rows, self._works.clock())
        before, self._wall = self._wall, wall
        self._due_at = monotonic() + min(CERTAIN_SECONDS, (repaint_at(wall) - wall.made_at).total_seconds())
        if before is None or replace(before, made_at=wall.made_at) != wall:
            self._hub.deliver_here([Announcement(WallChanged(wall=wall), ToWall())])

    async def _listen(self) -> None:
        """Before counting: what is heard afterwards is either counted or painted anew."""
        async with self._works.read() as rows:
            inbox_ids = await rows.all(select(Inbox.id))
        rooms = {room_of(ToAllAgents()), *(room_of(ToInboxAgents(inbox_id=id)) for id in inbox_ids)}
        self._hub.enter(self, rooms - self.rooms)
