"""Business hours as pure rules: is it open at this moment, and when does that change?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from app.errors import Invalid

MAX_DAYS_AHEAD = 366
MINUTE = timedelta(minutes=1)


class Period(Struct, frozen=True):
    """Open from `opens` to `closes` on a day of the week, 0 for Monday; past midnight when it closes before it opens."""

    day: int
    opens: str
    closes: str


def is_open(time_zone: str, periods: Sequence[Period], closed_on: Collection[str], at: datetime) -> bool:
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


def next_opening(time_zone: str, periods: Sequence[Period], closed_on: Collection[str], at: datetime) -> datetime | None:
    """Return when it opens after `at`, in UTC. None while it is open, and when it stays closed for a year."""
    if is_open(time_zone, periods, closed_on, at):
        return None
    return _next_change(time_zone, periods, closed_on, at, opens=True)


def next_closing(time_zone: str, periods: Sequence[Period], closed_on: Collection[str], at: datetime) -> datetime | None:
    """Return when it closes after `at`, in UTC. None while it is closed, and when it stays open for a year."""
    if not is_open(time_zone, periods, closed_on, at):
        return None
    return _next_change(time_zone, periods, closed_on, at, opens=False)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name. Raises Invalid when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f"There is no time zone {name!r}.") from error


def periods_of(kept: Sequence[Any]) -> list[Period]:
    """Periods as the row keeps them."""
    return [Period(day=one["day"], opens=one["opens"], closes=one["closes"]) for one in kept]


def _next_change(
    time_zone: str, periods: Sequence[Period], closed_on: Collection[str], at: datetime, *, opens: bool
) -> datetime | None:
    if not periods:
        return None
    closed = frozenset(closed_on)
    for moment in _moments(zone_of(time_zone), periods, at):
        if moment > at and is_open(time_zone, periods, closed, moment) is opens:
            return moment
    return None


def _moments(zone: ZoneInfo, periods: Sequence[Period], at: datetime) -> Iterator[datetime]:
    """Every moment at which it may open or close, in order: the ends of periods, each twice where the clocks are put back,
    and the moments at which the clocks are changed."""
    first = at.astimezone(zone).date() - timedelta(days=1)
    for ahead in range(MAX_DAYS_AHEAD + 2):
        day = first + timedelta(days=ahead)
        before = (day.weekday() - 1) % 7
        times = {period.opens for period in periods if period.day == day.weekday()}
        times |= {period.closes for period in periods if period.day in (day.weekday(), before)}
        times |= {"00:00"}
        found = {
            moment
            for text in times
            for fold in (0, 1)
            if (moment := datetime.combine(day, time.fromisoformat(text), zone).replace(fold=fold).astimezone(UTC))
            if moment.astimezone(zone).strftime("%H:%M") == text
        }
        yield from sorted(found | _clock_changes(zone, day))


def _clock_changes(zone: ZoneInfo, day: date) -> set[datetime]:
    """When the clocks are changed on a day, to the minute."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    offset = start.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == offset:
        return set()
    while end - start > MINUTE:
        middle = start + (end - start) // 2
        start, end = (middle, end) if middle.astimezone(zone).utcoffset() == offset else (start, middle)
    return {end.replace(second=0, microsecond=0)}


def _covers(period: Period, day: date, is_next_day: bool, minute: time, closed_on: Collection[str]) -> bool:
    if period.day != day.weekday() or day.isoformat() in closed_on:
        return False
    opens, closes = time.fromisoformat(period.opens), time.fromisoformat(period.closes)
    runs_over = closes <= opens
    if is_next_day:
        return runs_over and minute < closes
    return minute >= opens and (runs_over or minute < closes)
