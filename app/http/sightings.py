"""Noting the sites that ask for a widget, beside the requests that tell of them: never in anybody's way."""

from __future__ import annotations

import asyncio
from time import monotonic

import structlog

from app.errors import ParleyError
from app.visiting.sightings import Sighting, record_sighting
from app.work import Works

PAUSE_SECONDS = 60.0
MAX_NOTED = 2000

log = structlog.get_logger("http")


class SightingNotes:
    """Notes each site at most once a minute, and one after the other."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._noted: dict[tuple[str, str, str, bool], float] = {}
        self._waiting: list[Sighting] = []
        self._task: asyncio.Task[None] | None = None

    def note(self, seen: Sighting | None) -> None:
        """Write a sighting down soon, unless that was done within the last minute."""
        if seen is None:
            return
        known, now = (seen.key, seen.origin, seen.outcome, seen.is_site_only), monotonic()
        if now - self._noted.get(known, -PAUSE_SECONDS) < PAUSE_SECONDS or len(self._waiting) >= MAX_NOTED:
            return
        if len(self._noted) >= MAX_NOTED:
            self._noted.clear()
        self._noted[known] = now
        self._waiting.append(seen)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        while self._waiting:
            seen = self._waiting.pop(0)
            try:
                await self._works.run(record_sighting, seen)
            except ParleyError as error:
                log.warning("a site was not noted", site=seen.origin, why=error.detail)
