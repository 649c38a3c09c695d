"""The database's time on this node, so that every node agrees on leases, due times and what came before what."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import DateTime, String, delete, func, literal_column, select, update

from app.clock import Clock, steady, utc_now
from app.database.clock_offset import Lead, newest_lead, set_lead
from app.database.rows import Database, Rows
from models import ClockJump, Message, NodeClock

log = structlog.get_logger("clock")

ASKS = 3
RESOLUTION = timedelta(milliseconds=2)
JUMP = timedelta(seconds=2)
"""A difference beyond this is no drift: somebody has set a clock."""

jumps = Counter("parley_clock_jumps_total", "Jumps of the database's clock this node was the first to notice")
ahead_of_database = Gauge("parley_clock_ahead_seconds", "How far this node's own clock is ahead of the database's")
lead_of_parley = Gauge("parley_clock_lead_seconds", "How far Parley's time is ahead of the database's clock since that jumped")


async def newest_written(rows: Rows) -> datetime | None:
    """Return when the newest message was written, as far as the time in its id says which that is."""
    return await rows.one(select(Message.created_at).order_by(Message.id.desc()).limit(1))


class DatabaseClock:
    """Asked of the database now and then, carried on by the steady clock in between.

    The node's own clock may be an hour off or jump; it counts only until the database has first answered. When the
    database's clock jumps, Parley's time does not: the difference is kept as a `Lead` that all nodes share, and worked off.
    """

    def __init__(
        self, database: Database, wall: Clock = utc_now, ticks: Callable[[], float] = steady, node: str | None = None
    ) -> None:
        self._database = database
        self._wall = wall
        self._ticks = ticks
        self._node = node or socket.gethostname()
        self._origin, self._origin_at = wall(), ticks()
        self._lead = Lead()
        self._is_ours = False
        self._is_measured = False

    def __call__(self) -> datetime:
        told = self._told_at(self._ticks())
        return told + self._lead.at(told)

    @property
    def offset_seconds(self) -> float:
        """Return how many seconds this node's own clock is behind Parley's time."""
        return (self() - self._wall()).total_seconds()

    async def start(self) -> None:
        """Measure for the first time. On SQLite there is no other node to agree with: a start takes the clock as it is now."""
        if self._database.dialect == "sqlite":
            async with self._database.begin(lambda: None) as transaction:
                await transaction.change(delete(ClockJump))
        await self.measure()

    async def measure(self) -> None:
        """Ask the database a few times and believe the quickest answer. What the way there and back explains is no error."""
        async with self._database.read() as rows:
            answers = [await self._ask(rows) for _ in range(ASKS)]
            lead = await newest_lead(rows)
            is_noted = await rows.one(select(NodeClock.node).where(NodeClock.node == self._node)) is not None
            newest = await newest_written(rows) if self._database.dialect == "sqlite" else None
        ahead = self._wall() - self._told_of(answers[-1])
        way, told, at = min(answers, key=lambda answer: answer[0])
        if self._is_measured and abs(self._jump(lead, told, at)) > JUMP + way / 2 and self._is_to_be_said(lead, told, at):
            lead = await self._say(lead, told, at)
        if not self._is_measured or lead != self._lead or abs(told - self._told_at(at)) > way / 2 + RESOLUTION:
            self._origin, self._origin_at, self._is_measured = told, at, True
        self._lead = lead
        lead_of_parley.set(lead.at(told).total_seconds())
        if newest is not None and newest - self() > JUMP:
            ahead = self() - newest  # SQLite goes by this machine's clock, and that is behind what it has written itself
        await self._note(ahead, is_noted=is_noted)

    def _jump(self, lead: Lead, told: datetime, at: float) -> timedelta:
        """Return how far the database's time, with this lead, is from the steady clock's."""
        carried = self._told_at(at)
        return told + lead.at(told) - carried - self._lead.at(carried)

    def _is_to_be_said(self, lead: Lead, told: datetime, at: float) -> bool:
        """Unless another node has said something since. It counts when this node does not object: nothing has jumped for it
        under the lead there was before. Whoever was objected to gives in: their own ticks have stood still."""
        return lead == self._lead or (not self._is_ours and abs(self._jump(self._lead, told, at)) <= JUMP)

    async def _say(self, lead: Lead, told: datetime, at: float) -> Lead:
        jump = self._jump(lead, told, at)
        mine = Lead(lead.number + 1, lead.at(told) - jump, told)
        async with self._database.begin(lambda: None) as transaction:
            self._is_ours = await set_lead(transaction, mine, jump, self._node)
        if self._is_ours:
            jumps.inc()
            log.warning("the database's clock has jumped; Parley's time has not", seconds=round(jump.total_seconds(), 1))
            return mine
        async with self._database.read() as rows:
            return await newest_lead(rows)

    async def _note(self, ahead: timedelta, *, is_noted: bool) -> None:
        """Write down that this node's own clock differs, for admins to read; or that it does no longer."""
        ahead_of_database.set(ahead.total_seconds())
        is_off = abs(ahead) > JUMP
        if is_off and not is_noted:
            log.warning(
                "this node's own clock differs from the database's, or from what it holds",
                seconds=round(ahead.total_seconds(), 1),
            )
        mine = NodeClock.node == self._node
        if is_off:
            values = {"ahead_seconds": ahead.total_seconds(), "seen_at": self()}
            async with self._database.begin(lambda: None) as transaction:
                if not await transaction.change(update(NodeClock).where(mine).values(**values)):
                    await transaction.add_unless_there(NodeClock(node=self._node, **values))
        elif is_noted:
            async with self._database.begin(lambda: None) as transaction:
                await transaction.change(delete(NodeClock).where(mine))

    def _told_of(self, answer: tuple[timedelta, datetime, float]) -> datetime:
        """Return the database's time now, a moment after this answer."""
        _, told, at = answer
        return told + timedelta(seconds=self._ticks() - at)

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

    def _told_at(self, ticks: float) -> datetime:
        return self._origin + timedelta(seconds=ticks - self._origin_at)
