"""The wall, pushed: recounted from the rows when something moved, at most once a second, only while somebody watches."""

from __future__ import annotations

import asyncio

import structlog

from app.contract.audiences import ToWall
from app.contract.events import WallChanged
from app.reports import wall_view
from app.work import Announcement, Works
from realtime.hub import Hub
from realtime.rooms import WALL

log = structlog.get_logger("wall")
PAUSE_SECONDS = 0.5


class WallPainter:
    """Turns any number of movements into at most two paintings a second."""

    def __init__(self, works: Works, hub: Hub) -> None:
        self._works = works
        self._hub = hub
        self._has_moved = asyncio.Event()

    def moved(self) -> None:
        """Something the wall shows may have changed."""
        self._has_moved.set()

    async def paint_forever(self) -> None:
        while True:
            await self._has_moved.wait()
            self._has_moved.clear()
            if self._hub.is_anyone_in(WALL):
                try:
                    async with self._works.read() as rows:
                        wall = await wall_view(rows, self._works.clock())
                    self._hub.publish([Announcement(WallChanged(wall=wall), ToWall())])
                except Exception:
                    log.exception("the wall could not be painted")
            await asyncio.sleep(PAUSE_SECONDS)
