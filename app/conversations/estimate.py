"""How long whoever waits may still have to: a range, from how long conversations have taken and how many are served at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, floor, sqrt
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, func, or_, select, update

from app.contract.views import QueueView
from app.database import Prepared
from app.work import Rows, Work
from models import Agent, Assignment, TeamMember, WaitPromise

MOST_HELD = 50
FEWEST_HELD = 3
EDGE = 1.2816
"""How many standard deviations from the middle four values in five lie."""


class Pace(Struct, frozen=True):
    """How fast a queue is served: conversations held at once, and the mean seconds each is held, from so many of them."""

    slots: int
    hold_seconds: float
    held_count: int = MOST_HELD


class Calibration(Struct, frozen=True):
    """Of so many promises whose wait is over, how many lasted within the range promised."""

    kept_count: int
    promise_count: int


def wait_range(position: int, pace: Pace) -> tuple[int, int, int]:
    """Low, middle and high seconds until the one at this place is served.

    With every slot taken, conversations end one after another at slots / hold_seconds a second, and the wait at place p is
    the time until the p-th does: a gamma distribution of shape p, whose quantiles are those of chi-square (Wilson and
    Hilferty's cube). The mean is itself uncertain by one part in the root of how many it is from, which counts for those
    far back. Four waits in five lie between low and high.
    """
    each = pace.hold_seconds / max(1, pace.slots)
    shape = 1 / (1 / position + 1 / pace.held_count)

    def quantile(deviations: float) -> float:
        spread = 1 / (9 * shape)
        return max(0.0, position * (1 - spread + deviations * sqrt(spread)) ** 3 * each)

    return floor(quantile(-EDGE)), round(position * each), ceil(quantile(EDGE))


def place_view(position: int, pace: Pace | None) -> QueueView:
    """A place in a queue of this pace, as the contact sees it."""
    low, middle, high = wait_range(position, pace) if pace else (None, None, None)
    return QueueView(position=position, wait_seconds=middle, low_seconds=low, high_seconds=high)


async def pace_of(rows: Rows, team_id: str | None) -> Pace | None:
    """How fast a team's queue is served now. None while nobody serves it, or too little has happened to tell."""
    team = {"team": team_id} if team_id else {}
    ((count,),) = await rows.tuples(_SLOTS_OF_TEAM if team_id else _SLOTS, **team)
    if not count:
        return None
    held = await rows.tuples(_HELD_FOR_TEAM if team_id else _HELD_WITHOUT_TEAM, **team)
    if len(held) < FEWEST_HELD:
        return None
    seconds = [(ended - started).total_seconds() for started, ended in held]
    return Pace(int(count), sum(seconds) / len(seconds), len(seconds))


def _last_held(of_team: ColumnElement[bool]) -> Prepared[Any]:
    """When what was held last began and ended."""
    return Prepared(
        select(Assignment.started_at, Assignment.ended_at)
        .where(
            of_team,
            Assignment.agent_id.is_not(None),
            Assignment.ended_at.is_not(None),
            or_(Assignment.outcome.is_(None), Assignment.outcome == "accepted"),
        )
        .order_by(Assignment.ended_at.desc())
        .limit(MOST_HELD)
    )


_TEAM = bindparam("team")
_ALL_SLOTS = select(func.coalesce(func.sum(Agent.capacity), 0)).where(
    Agent.is_active, Agent.lease_until.is_not(None), Agent.presence == "online"
)
_SLOTS = Prepared(_ALL_SLOTS)
_SLOTS_OF_TEAM = Prepared(_ALL_SLOTS.where(Agent.id.in_(select(TeamMember.agent_id).where(TeamMember.team_id == _TEAM))))
_HELD_FOR_TEAM = _last_held(Assignment.team_id == _TEAM)
_HELD_WITHOUT_TEAM = _last_held(Assignment.team_id.is_(None))


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
    """How many of the promises made since then, and whose wait is over, were kept; of one team, or of all."""
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
