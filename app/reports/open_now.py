"""Open conversations, for callers who ask again and again: kept in memory while hints come, and compared with the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from sys import intern
from typing import Any

import structlog
from sqlalchemy import select

from app.clock import monotonic
from app.reports.queues import Open, count_open
from app.reports.tally import Stand, Tally
from app.reports.thresholds import Thresholds
from app.work import Rows, Works
from models import Conversation
from models.conversation import IS_OPEN

log = structlog.get_logger("wall")

PAGE = 200
BUSY_SHARE = 0.3
"""The part of the time that goes into reading everything once."""
CHECK_SECONDS = 5.0
CHECK_SHARE = 0.005
"""A look at the rows that takes long is taken less often."""
MAX_DOUBTS = 3
"""A hint may be on its way while the rows are looked at; that often in a row it was lost."""

_STAND = (
    Conversation.id,
    Conversation.category,
    Conversation.team_id,
    Conversation.agent_id,
    Conversation.channel,
    Conversation.queued_at,
    Conversation.first_answered_at,
    Conversation.created_at,
    Conversation.last_message_at,
)


class OpenNow:
    """Until everything has been read, and whenever memory and rows have been found to differ, the rows are counted."""

    def __init__(
        self,
        works: Works,
        *,
        page: int = PAGE,
        check_seconds: float = CHECK_SECONDS,
        check_share: float = CHECK_SHARE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._works = works
        self._page = page
        self._check_seconds = check_seconds
        self._check_share = check_share
        self._clock = clock
        self._tally = Tally()
        self._moved: set[str] = set()
        self._due: set[str] = set()
        self._is_read = False
        self._doubts = 0
        self._check_at = 0.0

    def note(self, conversation_id: str) -> None:
        """This one may have moved."""
        self._moved.add(conversation_id)

    def mark(self) -> None:
        """Mark all changes noted so far as due: the rows given to `count` next include them. Call it before reading those
        rows.
        """
        self._due |= self._moved
        self._moved.clear()

    async def read_all(self) -> None:
        """Everything open, a page at a time, beside whatever else is done. What moves meanwhile must be noted."""
        self._tally, self._is_read = Tally(), False
        async with self._works.read() as rows:
            ids = await rows.all(select(Conversation.id).where(IS_OPEN))
        for at in range(0, len(ids), self._page):
            began = self._clock()
            async with self._works.read() as rows:
                self._take(await rows.rows(select(*_STAND).where(Conversation.id.in_(ids[at : at + self._page]))))
            await asyncio.sleep((self._clock() - began) * (1 / BUSY_SHARE - 1))
        self._is_read = True
        self._doubts = 0

    @property
    def needs_reading(self) -> bool:
        """Return whether `read_all` is to be called (again)."""
        return not self._is_read or self._doubts >= MAX_DOUBTS

    async def count(self, rows: Rows, thresholds: Thresholds, now: datetime) -> Open:
        """As the rows say that are looked at."""
        if not self._is_read:
            return await count_open(rows, thresholds, now)
        await self._catch_up(rows)
        kept = self._tally.figures(thresholds, now)
        if not self._doubts and self._clock() < self._check_at:
            return kept
        began = self._clock()
        counted = await count_open(rows, thresholds, now)
        self._check_at = self._clock() + max(self._check_seconds, (self._clock() - began) / self._check_share)
        self._doubts = 0 if kept == counted else self._doubts + 1
        if self._doubts == MAX_DOUBTS:
            log.warning("what is open was not what was heard; it is read again")
        return counted

    @property
    def is_in_doubt(self) -> bool:
        """Return whether another look is due at once."""
        return self._is_read and self._doubts > 0

    async def _catch_up(self, rows: Rows) -> None:
        moved = sorted(self._due)
        for at in range(0, len(moved), self._page):
            ids = moved[at : at + self._page]
            found = await rows.rows(select(*_STAND).where(Conversation.id.in_(ids)))
            for id in set(ids) - {row[0] for row in found}:
                self._tally.put(id, None)
            self._take(found)
        self._due.difference_update(moved)

    def _take(self, found: Sequence[Any]) -> None:
        for id, category, team_id, agent_id, channel, queued_at, answered_at, created_at, last_message_at in found:
            if category not in ("new", "open"):
                self._tally.put(id, None)
                continue
            stand = Stand(
                team_id and intern(team_id),
                agent_id and intern(agent_id),
                intern(channel),
                queued_at if agent_id is None else None,
                created_at if answered_at is None else None,
                last_message_at,
            )
            self._tally.put(id, stand)
