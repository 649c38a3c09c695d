"""The database's time on this node, so that every node agrees on leases, due times and what came before what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import DateTime, String, func, literal_column, select

from app.clock import Clock, monotonic, utc_now
from app.database.rows import Database, Rows

ASKS = 3
RESOLUTION = timedelta(milliseconds=2)


class DatabaseClock:
    """Asked of the database now and then, carried on by the monotonic clock in between.

    The node's own clock may be an hour off or jump; it counts only until the database has first answered.
    """

    def __init__(self, database: Database, wall: Clock = utc_now, ticks: Callable[[], float] = monotonic) -> None:
        self._database = database
        self._wall = wall
        self._ticks = ticks
        self._origin, self._origin_at = wall(), ticks()
        self._is_measured = False

    def __call__(self) -> datetime:
        return self._at(self._ticks())

    @property
    def offset_seconds(self) -> float:
        """How far this node's own clock is behind the database's."""
        return (self() - self._wall()).total_seconds()

    async def measure(self) -> None:
        """Ask the database a few times and believe the quickest answer. What the way there and back explains is no error."""
        async with self._database.read() as rows:
            answers = [await self._ask(rows) for _ in range(ASKS)]
        way, told, at = min(answers, key=lambda answer: answer[0])
        if not self._is_measured or abs(told - self._at(at)) > way / 2 + RESOLUTION:
            self._origin, self._origin_at, self._is_measured = told, at, True

    async def _ask(self, rows: Rows) -> tuple[timedelta, datetime, float]:
        asked = self._ticks()
        if self._database.dialect == "sqlite":
            text = await rows.one(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now", type_=String)))
            told = datetime.fromisoformat(f"{text}").replace(tzinfo=UTC)
        else:
            told = await rows.one(select(literal_column("clock_timestamp()", DateTime(timezone=True))))
            assert told is not None
        answered = self._ticks()
        return timedelta(seconds=answered - asked), told, (asked + answered) / 2

    def _at(self, ticks: float) -> datetime:
        return self._origin + timedelta(seconds=ticks - self._origin_at)
