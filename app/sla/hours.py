"""Business hours as a pure rule: is it open at this moment?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from app.errors import Invalid


class Period(Struct, frozen=True):
    """Open from `opens` to `closes` on a day of the week, 0 for Monday; past midnight when it closes before it opens."""

    day: int
    opens: str
    closes: str


def is_open(time_zone: str, periods: Sequence[Period], closed_on: Sequence[str], at: datetime) -> bool:
    """Whether `at` lies in a period, by the wall clock of the zone: the opening minute does, the closing minute does not.

    A period belongs to the day it opens on, so one that runs past midnight into a closed day stays open, and one of a
    closed day does not open at all. A period that opens and closes at the same time is the whole day.
    """
    local = at.astimezone(zone_of(time_zone))
    minute = local.time().replace(second=0, microsecond=0)
    return any(
        _covers(period, day, is_next_day, minute, closed_on)
        for day, is_next_day in ((local.date(), False), (local.date() - timedelta(days=1), True))
        for period in periods
    )


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name. Raises Invalid when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f"There is no time zone {name!r}.") from error


def periods_of(kept: Sequence[Any]) -> list[Period]:
    """Periods as the row keeps them."""
    return [Period(day=one["day"], opens=one["opens"], closes=one["closes"]) for one in kept]


def _covers(period: Period, day: date, is_next_day: bool, minute: time, closed_on: Sequence[str]) -> bool:
    if period.day != day.weekday() or day.isoformat() in closed_on:
        return False
    opens, closes = time.fromisoformat(period.opens), time.fromisoformat(period.closes)
    runs_over = closes <= opens
    if is_next_day:
        return runs_over and minute < closes
    return minute >= opens and (runs_over or minute < closes)
