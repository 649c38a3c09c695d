"""Business hours as admins write them, and what the calendar says of them: is it open, and when does that change?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from msgspec import Struct

from app.sla import calendar
from app.sla.calendar import WEEKDAYS, Calendar, calendar_of

LOOKED_AHEAD = timedelta(days=366)


class Period(Struct, frozen=True):
    """Open from `opens` to `closes` on a day of the week, 0 for Monday; past midnight when it closes before it opens."""

    day: int
    opens: str
    closes: str


def is_open(time_zone: str, periods: Sequence[Period], closed_on: Collection[str], at: datetime) -> bool:
    """Return whether `at` lies in a period, by the wall clock of the zone: the opening minute does, the closing minute does
    not. A period that opens and closes at the same time is the whole day."""
    return calendar.is_open(calendar_of_hours(time_zone, periods, closed_on), at)


def next_opening(time_zone: str, periods: Sequence[Period], closed_on: Collection[str], at: datetime) -> datetime | None:
    """Return when it opens after `at`, in UTC. None while it is open, and when it stays closed for a year."""
    return _next_change(calendar_of_hours(time_zone, periods, closed_on), at, while_open=False)


def next_closing(time_zone: str, periods: Sequence[Period], closed_on: Collection[str], at: datetime) -> datetime | None:
    """Return when it closes after `at`, in UTC. None while it is closed, and when it stays open for a year."""
    return _next_change(calendar_of_hours(time_zone, periods, closed_on), at, while_open=True)


def calendar_of_hours(time_zone: str, periods: Sequence[Period], closed_on: Collection[str]) -> Calendar:
    """Return the calendar that these hours are. Raises Invalid for an unknown zone, time or day."""
    return _calendar_of(time_zone, tuple(periods), tuple(sorted(closed_on)))


def periods_of(kept: Sequence[Any]) -> list[Period]:
    """Periods as the row keeps them."""
    return [Period(day=one["day"], opens=one["opens"], closes=one["closes"]) for one in kept]


@lru_cache(maxsize=1024)
def _calendar_of(time_zone: str, periods: tuple[Period, ...], closed_on: tuple[str, ...]) -> Calendar:
    hours: dict[str, list[tuple[str, str]]] = {}
    for period in periods:
        closes = period.closes if period.closes > period.opens else _next_day(period.closes)
        hours.setdefault(WEEKDAYS[period.day], []).append((period.opens, closes))
    return calendar_of(time_zone, hours, closed_on)


def _next_day(closes: str) -> str:
    hour, _, minute = closes.partition(":")
    return f"{int(hour) + 24}:{minute}"


def _next_change(kept: Calendar, at: datetime, *, while_open: bool) -> datetime | None:
    if calendar.is_open(kept, at) is not while_open:
        return None
    return calendar.next_change(kept, at, within=LOOKED_AHEAD)
