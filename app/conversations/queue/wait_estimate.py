"""Estimates of the remaining wait: a range, from how long conversations have taken and how many are served at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, exp, floor, log, sqrt
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, func, or_, select, update

from app.contract.queue import QueueView
from app.database import Prepared
from app.work import Rows, Work
from models import Agent, Assignment, TeamMember, WaitPromise

MAX_HELD = 50
FEWEST_HELD = 3
EDGE = 1.2816
"""How many standard deviations from the middle four values in five lie."""
MAX_PROMISES = 100
FEWEST_PROMISES = 20
WIDEST = 4.0
"""By what a range is stretched at most: wider, it would say nothing."""


class Pace(Struct, frozen=True):
    """The pace a queue is served at: conversations held at once, and the mean seconds each is held, from so many of them.
    Ranges are stretched by `widening`, as the last ones that were promised should have been."""

    slots: int
    hold_seconds: float
    held_count: int = MAX_HELD
    widening: float = 1.0


class Kept(Struct, frozen=True):
    """A range that was promised at a place, and how long the wait was."""

    position: int
    low_seconds: float
    high_seconds: float
    waited_seconds: float


class Calibration(Struct, frozen=True):
    """Of so many promises whose wait is over, how many lasted within the range promised."""

    kept_count: int
    promise_count: int


def wait_range(position: int, pace: Pace) -> tuple[int, int, int]:
    """Low, middle and high seconds until the one at this place is served.

    With every slot taken, conversations end one after another at slots / hold_seconds a second, and the wait at place p is
    the time until the p-th does: a gamma distribution of shape p, whose quantiles are those of chi-square (Wilson and
    Hilferty's cube). The mean is itself uncertain by one part in the root of how many it is from, which counts for those
    far back. Four waits in five lie between low and high, as long as the pace stays what it is; how much it does not is
    in the pace's widening.
    """
    each = pace.hold_seconds / max(1, pace.slots)
    low, high = (each * edge for edge in _edges(position, pace.held_count))
    if pace.widening > 1:
        middle, half = _middle_of(low, high), pace.widening * _half_of(low, high)
        low, high = middle * exp(-half), middle * exp(half)
    return floor(low), round(position * each), ceil(high)


def widening_of(promises: Sequence[Kept]) -> float:
    """By what the last ranges should have been stretched for four waits in five to lie within: 1 where they did.

    The model takes the pace for constant. Where it drifts while a queue grows, by as much as nobody can know beforehand,
    ranges are wrong by as much as the last ones were (conformal prediction): each wait is compared with its range, in the
    logarithm and in halves of the range the model alone would have given that place.
    """
    if len(promises) < FEWEST_PROMISES:
        return 1.0
    misses = sorted(_miss_of(promise) for promise in promises)
    return min(WIDEST, max(1.0, misses[min(len(misses) - 1, int(0.8 * (len(misses) + 1)))]))


def _miss_of(promise: Kept) -> float:
    off = log(max(1.0, promise.waited_seconds) / _middle_of(promise.low_seconds, promise.high_seconds))
    return abs(off) / _half_of(*_edges(promise.position, MAX_HELD))


def _edges(position: int, held_count: int) -> tuple[float, float]:
    """Of the range, where one conversation ends a second."""
    spread = 1 / (9 / (1 / position + 1 / held_count))
    low, high = (position * (1 - spread + deviations * sqrt(spread)) ** 3 for deviations in (-EDGE, EDGE))
    return max(0.0, low), high


def _middle_of(low: float, high: float) -> float:
    """In the logarithm; of seconds a wait of less than one is as good as one."""
    return sqrt(max(1.0, low) * max(2.0, high))


def _half_of(low: float, high: float) -> float:
    return log(high / max(low, 1e-3)) / 2


def place_view(position: int, pace: Pace | None) -> QueueView:
    """A place in a queue of this pace, as the contact sees it."""
    low, middle, high = wait_range(position, pace) if pace else (None, None, None)
    return QueueView(position=position, wait_seconds=middle, low_seconds=low, high_seconds=high)


async def pace_of(rows: Rows, team_id: str | None) -> Pace | None:
    """Return the pace a team's queue is served at now. None while nobody serves it, or too little has happened to tell."""
    team = {"team": team_id} if team_id else {}
    ((count,),) = await rows.tuples(_SLOTS_OF_TEAM if team_id else _SLOTS, **team)
    if not count:
        return None
    held = await rows.tuples(_HELD_FOR_TEAM if team_id else _HELD_WITHOUT_TEAM, **team)
    if len(held) < FEWEST_HELD:
        return None
    seconds = [(ended - started).total_seconds() for started, ended in held]
    kept = await rows.tuples(_KEPT_FOR_TEAM if team_id else _KEPT_WITHOUT_TEAM, **team)
    return Pace(int(count), sum(seconds) / len(seconds), len(seconds), widening_of([Kept(*one) for one in kept]))


def _last_held(of_team: ColumnElement[bool]) -> Prepared[Any]:
    """Return a query of when the assignments that ended last began and ended."""
    return Prepared(
        select(Assignment.started_at, Assignment.ended_at)
        .where(
            of_team,
            Assignment.agent_id.is_not(None),
            Assignment.ended_at.is_not(None),
            or_(Assignment.outcome.is_(None), Assignment.outcome == "accepted"),
        )
        .order_by(Assignment.ended_at.desc())
        .limit(MAX_HELD)
    )


def _last_kept(of_team: ColumnElement[bool]) -> Prepared[Any]:
    """Return a query of the latest promises whose wait is over."""
    promise = WaitPromise
    return Prepared(
        select(promise.position, promise.low_seconds, promise.high_seconds, promise.waited_seconds)
        .where(of_team, promise.waited_seconds.is_not(None))
        .order_by(promise.promised_at.desc())
        .limit(MAX_PROMISES)
    )


_TEAM = bindparam("team")
_ALL_SLOTS = select(func.coalesce(func.sum(Agent.capacity), 0)).where(
    Agent.is_active, Agent.lease_until.is_not(None), Agent.presence == "online", Agent.takes_chats.is_not(False)
)
_SLOTS = Prepared(_ALL_SLOTS)
_SLOTS_OF_TEAM = Prepared(_ALL_SLOTS.where(Agent.id.in_(select(TeamMember.agent_id).where(TeamMember.team_id == _TEAM))))
_HELD_FOR_TEAM = _last_held(Assignment.team_id == _TEAM)
_HELD_WITHOUT_TEAM = _last_held(Assignment.team_id.is_(None))
_KEPT_FOR_TEAM = _last_kept(WaitPromise.team_id == _TEAM)
_KEPT_WITHOUT_TEAM = _last_kept(WaitPromise.team_id.is_(None))


async def note_waits(work: Work, conversation_ids: Sequence[str], until: datetime) -> None:
    """Their waits are over: what was promised can be compared with them. Without a promise nothing happens."""
    if not conversation_ids:
        return
    are_open = WaitPromise.conversation_id.in_(conversation_ids), WaitPromise.waited_seconds.is_(None)
    for promise in await work.all(select(WaitPromise).where(*are_open)):
        waited = seconds_since(promise.promised_at, until)
        mine = WaitPromise.conversation_id == promise.conversation_id
        await work.change(update(WaitPromise).where(mine).values(waited_seconds=waited))


async def calibration(rows: Rows, since: datetime, team_id: str | None = None) -> Calibration:
    """Count the promises made since then whose wait is over, and those that were kept; of one team, or of all."""
    over = select(WaitPromise.low_seconds, WaitPromise.high_seconds, WaitPromise.waited_seconds).where(
        WaitPromise.promised_at >= since, WaitPromise.waited_seconds.is_not(None)
    )
    if team_id:
        over = over.where(WaitPromise.team_id == team_id)
    waits = await rows.rows(over)
    kept = sum(low <= waited <= high for low, high, waited in waits if waited is not None)
    return Calibration(kept, len(waits))


def seconds_since(then: datetime, now: datetime) -> float:
    """Never negative: a clock may have been set back meanwhile."""
    return max(timedelta(), now - then).total_seconds()
