"""Working time as pure arithmetic: when so many open minutes after a moment are over, and how many lie between two moments.

A calendar is a zone, the periods of each weekday and the local dates it is closed on. It is open at a moment when the wall
clock of the zone shows a time inside a period, exactly as a person with a clock and the timetable would say: an hour that
the clocks skip is not there, an hour they show twice counts twice. A period belongs to the day it opens on, so one that runs
past midnight into a holiday stays open, and one of a holiday does not open at all.

Moments are kept as whole microseconds since 1970 in UTC. The open stretches of 64 days at a time are computed once and kept,
so that both questions are a bisection, however far apart the moments are.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from app.errors import Invalid

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
WINDOW = 64 * DAY
MAX_PERIOD_END = 2 * DAY
MAX_PERIODS_A_DAY = 100
MAX_HOLIDAYS = 10_000
MAX_MINUTES = 10 * 366 * 24 * 60
MAX_WINDOWS_AHEAD = 60 * 366 // 64
FIRST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_MOMENT = datetime(2200, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
TIME_OF_DAY = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)

Span = tuple[int, int]


class Calendar(Struct, frozen=True):
    """Open in `week[day]`, seven tuples of (from, to) in microseconds after the day's local midnight, except on `holidays`.
    Made by `calendar_of` or `week_of`, which refuse what makes no sense."""

    time_zone: str
    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()

    @property
    def never_opens(self) -> bool:
        return not any(self.week)


class Stretch(Struct, frozen=True):
    """Time during which a calendar is open without a break."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        return (self.end - self.start) / timedelta(minutes=1)


ALWAYS = Calendar(time_zone="UTC", week=(((0, DAY),),) * 7)


def calendar_of(time_zone: str, hours: Mapping[str, Sequence[Sequence[str]]], holidays: Collection[str] = ()) -> Calendar:
    """Return the calendar for `hours` {mon..sun: [[from, to], ...]} with local times as HH:MM or HH:MM:SS. A missing day is
    closed, an end past 24:00 runs into the next day, and periods that overlap count once. Raises Invalid."""
    zone_of(time_zone)
    if unknown := sorted(set(hours) - set(WEEKDAYS)):
        raise Invalid(f"There is no weekday {unknown[0]!r}. Use mon, tue, wed, thu, fri, sat and sun.")
    if len(holidays) > MAX_HOLIDAYS:
        raise Invalid(f"A calendar holds {MAX_HOLIDAYS} holidays at most.")
    week = tuple(_periods_of(hours.get(day) or ()) for day in WEEKDAYS)
    return Calendar(time_zone, week, frozenset(day_of(day) for day in holidays))


def due(calendar: Calendar, start: datetime, minutes: float) -> datetime:
    """Return the first moment at which `minutes` of open time after `start` are over. On closing time to the second, it is
    the closing time, not the next opening. Raises Invalid for a duration that is not above zero, or that never ends."""
    return after(calendar, start, duration_of(minutes))


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Return the open minutes from `start` to `end`, below zero when `end` comes first."""
    return counted(calendar, start, end) / MINUTE


def after(calendar: Calendar, start: datetime, duration: int) -> datetime:
    """Return the first moment at which `duration` microseconds of open time after `start` are over, as `due` does."""
    if calendar.never_opens:
        raise Invalid("There are no open hours, so nothing ever falls due. Add opening times first.")
    at = instant_of(start)
    first = at // WINDOW
    left = duration + _open_before(calendar, at)
    for number in range(first, first + MAX_WINDOWS_AHEAD):
        window = _window(calendar, number)
        total = window.totals[-1]
        if left <= total:
            place = bisect_left(window.totals, left) - 1
            return moment_of(window.starts[place] + left - window.totals[place])
        left -= total
    raise Invalid("There are no open hours for so long a time: it would not be over within 60 years.")


def counted(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Return the open microseconds from `start` to `end`, below zero when `end` comes first."""
    since, until = instant_of(start), instant_of(end)
    if until < since:
        return -_counted(calendar, until, since)
    return _counted(calendar, since, until)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Return whether the calendar is open: the opening second counts, the closing second does not."""
    instant = instant_of(at)
    window = _window(calendar, instant // WINDOW)
    place = bisect_right(window.starts, instant) - 1
    return place >= 0 and instant < window.ends[place]


def stretches(calendar: Calendar, start: datetime, end: datetime) -> list[Stretch]:
    """Return the open time from `start` to `end`, in order. Their minutes add up to `elapsed(start, end)`."""
    return [Stretch(moment_of(since), moment_of(until)) for since, until in _spans(calendar, instant_of(start), instant_of(end))]


def next_change(calendar: Calendar, at: datetime, *, within: timedelta) -> datetime | None:
    """Return when the calendar opens or closes next after `at`; None when that does not happen within this time."""
    instant = instant_of(at)
    until = instant + within // timedelta(microseconds=1)
    for since, ends in _spans(calendar, instant, until):
        if since > instant:
            return moment_of(since)
        return moment_of(ends) if ends < until else None
    return None


def holidays_between(calendar: Calendar, start: datetime, end: datetime) -> list[date]:
    """Return the holidays from `start` to `end` that close a day on which it would be open."""
    zone = zone_of(calendar.time_zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    return sorted(day for day in calendar.holidays if first <= day <= last and calendar.week[day.weekday()])


def duration_of(minutes: object) -> int:
    """Return minutes as microseconds. Raises Invalid for no number, for zero and less, and for more than ten years."""
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not minutes > 0:
        raise Invalid("This is an invalid duration. Give a number of minutes above zero.")
    if minutes > MAX_MINUTES:
        raise Invalid(f"This is an invalid duration. Give {MAX_MINUTES} minutes (ten years) at most.")
    return max(1, round(minutes * MINUTE))


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of this name. Raises Invalid when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError) as error:
        raise Invalid(f"There is no time zone {str(name)[:64]!r}.") from error


def day_of(text: str) -> date:
    """Return the day written as YYYY-MM-DD. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise Invalid(f"There is no day {text!r}. Write it as 2026-12-24.") from error


def instant_of(at: datetime) -> int:
    """Return the microseconds from 1970 to this moment. Raises Invalid outside 1900 to 2200, and without a zone."""
    if at.tzinfo is None:
        raise Invalid("This time says no zone.")
    if not FIRST_MOMENT <= at <= LAST_MOMENT:
        raise Invalid("This time lies outside the years 1900 to 2200.")
    return (at - EPOCH) // timedelta(microseconds=1)


def moment_of(instant: int) -> datetime:
    """Return the moment so many microseconds after 1970, in UTC."""
    return EPOCH + timedelta(microseconds=instant)


class _Window(Struct, frozen=True):
    """Open spans of 64 days: where each starts and ends, and how much is open before each and altogether."""

    starts: list[int]
    ends: list[int]
    totals: list[int]


@lru_cache(maxsize=8192)
def _window(calendar: Calendar, number: int) -> _Window:
    """Return the open spans of the window, clipped to it."""
    found: list[Span] = []
    if not calendar.never_opens:
        for since, until, offset in _offsets(calendar.time_zone, number):
            for day in range((since + offset) // DAY - 2, (until + offset) // DAY + 1):
                found += [
                    (max(since, opens), min(until, closes))
                    for opens, closes in _opened_on(calendar, day, offset)
                    if max(since, opens) < min(until, closes)
                ]
    spans = _merged(found)
    return _Window(
        starts=[since for since, _ in spans],
        ends=[until for _, until in spans],
        totals=list(accumulate((until - since for since, until in spans), initial=0)),
    )


def _opened_on(calendar: Calendar, day: int, offset: int) -> list[Span]:
    """Return the periods of a local day, counted from 1970, as UTC while the zone keeps this offset."""
    periods = calendar.week[(day + 3) % 7]  # 1970 began on a Thursday
    if not periods or (calendar.holidays and date.fromordinal(EPOCH_DAY + day) in calendar.holidays):
        return []
    midnight = day * DAY - offset
    return [(midnight + opens, midnight + closes) for opens, closes in periods]


@lru_cache(maxsize=4096)
def _offsets(time_zone: str, number: int) -> list[tuple[int, int, int]]:
    """Return the parts of a window during which the zone keeps one offset from UTC, as (from, to, offset)."""
    zone = zone_of(time_zone)
    since, end = number * WINDOW, (number + 1) * WINDOW
    parts: list[tuple[int, int, int]] = []
    offset = _offset_at(zone, since)
    for probe in range(since, end + DAY, DAY):
        at = min(probe, end)
        if _offset_at(zone, at) != offset:
            changes = _change_between(zone, at - DAY, at, offset)
            parts.append((since, min(changes, end), offset))
            since, offset = changes, _offset_at(zone, changes)
    if since < end:
        parts.append((since, end, offset))
    return parts


def _change_between(zone: ZoneInfo, before: int, at: int, offset: int) -> int:
    """Return the second at which the zone leaves this offset."""
    low, high = before // SECOND, at // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset_at(zone, middle * SECOND) == offset else (low, middle)
    return high * SECOND


def _offset_at(zone: ZoneInfo, instant: int) -> int:
    found = moment_of(instant).astimezone(zone).utcoffset()
    assert found is not None
    return found // timedelta(microseconds=1)


def _open_before(calendar: Calendar, instant: int) -> int:
    """Return how much of the window of this instant is open before it."""
    window = _window(calendar, instant // WINDOW)
    place = bisect_right(window.starts, instant) - 1
    if place < 0:
        return 0
    return window.totals[place] + min(instant, window.ends[place]) - window.starts[place]


def _counted(calendar: Calendar, since: int, until: int) -> int:
    between = sum(_window(calendar, number).totals[-1] for number in range(since // WINDOW, until // WINDOW))
    return between + _open_before(calendar, until) - _open_before(calendar, since)


def _spans(calendar: Calendar, since: int, until: int) -> Iterator[Span]:
    """Open spans from `since` to `until`, joined across windows."""
    held: Span | None = None
    for number in range(since // WINDOW, until // WINDOW + 1):
        window = _window(calendar, number)
        for opens, closes in zip(window.starts, window.ends, strict=True):
            start, end = max(opens, since), min(closes, until)
            if start >= end:
                continue
            if held and held[1] == start:
                held = (held[0], end)
                continue
            if held:
                yield held
            held = (start, end)
    if held:
        yield held


def _periods_of(written: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    if len(written) > MAX_PERIODS_A_DAY:
        raise Invalid(f"A day holds {MAX_PERIODS_A_DAY} periods at most.")
    found: list[Span] = []
    for period in written:
        if isinstance(period, str) or len(period) != 2:
            raise Invalid("A period has two times, from and to.")
        opens, closes = _time_of(period[0], DAY - SECOND), _time_of(period[1], MAX_PERIOD_END)
        if closes <= opens:
            raise Invalid(f"The period {period[0]} to {period[1]} ends before it starts. Past midnight, write 26:00 for 02:00.")
        found.append((opens, closes))
    return tuple(_merged(found))


def _time_of(text: object, latest: int) -> int:
    if isinstance(text, str) and (found := TIME_OF_DAY.fullmatch(text)):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        instant = (hours * 3600 + minutes * 60 + seconds) * SECOND
        if minutes < 60 and seconds < 60 and instant <= latest:
            return instant
    raise Invalid(f"{text!r} is an invalid time of day.")


def _merged(spans: list[Span]) -> list[Span]:
    """Return the spans in order, with those that touch or overlap joined."""
    joined: list[Span] = []
    for since, until in sorted(spans):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return joined
