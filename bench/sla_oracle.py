"""The calendar against a walk that looks at the wall clock of every minute, over random calendars, zones and moments.

python -m bench.sla_oracle [--short] [--cases N] [--seed N]

Each world is a zone out of all there are and 24 days of it, half of them around a change of its clocks. The walk asks the zone
for the local time of each minute and reads the timetable; it shares no line with `app.sla.calendar`. For each case both
answer when so many minutes are over, how many lie between two moments (either way round), whether it is open, and which
stretches counted; and the inverse has to hold. Each case that differs is written to stderr.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from app.errors import Invalid
from app.sla import calendar
from app.sla.calendar import WEEKDAYS, Calendar, calendar_of
from bench.figures import say

DAYS = 24
MINUTES = DAYS * 1440
CASES_A_WORLD = 50
CASES = 100_000
SHORT = 1_000
FIRST_YEAR, LAST_YEAR = 1975, 2040

Periods = list[list[tuple[int, int]]]


@dataclass
class World:
    """A zone for 24 days: the local day (as an ordinal) and minute of the day that its clocks show at each minute."""

    zone: str
    start: datetime
    local: list[tuple[int, int]]

    def at(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)


@dataclass
class Timetable:
    """Periods of each weekday in minutes after midnight, and the days it stays closed, as ordinals."""

    periods: Periods
    holidays: set[int]

    def calendar(self, zone: str) -> Calendar:
        hours = {
            WEEKDAYS[day]: [[_time(since), _time(until)] for since, until in periods]
            for day, periods in enumerate(self.periods)
            if periods
        }
        return calendar_of(zone, hours, [date.fromordinal(day).isoformat() for day in self.holidays])

    def opened(self, first: int, days: int) -> bytearray:
        """Mark the minutes at which the timetable says open, as the clock shows them, for so many local days from the first."""
        marked = bytearray((days + 3) * 1440)
        for place in range(days + 1):
            day = first - 1 + place
            for since, until in self.periods[(day - 1) % 7] if day not in self.holidays else ():
                marked[place * 1440 + since : place * 1440 + until] = b"\1" * (until - since)
        return marked[1440:]


def world_of(chance: random.Random) -> World:
    """Return a random zone and time, with a change of its clocks in the middle half of the time."""
    name = chance.choice(_zones())
    first = date(chance.randint(FIRST_YEAR, LAST_YEAR), chance.randint(1, 12), chance.randint(1, 28))
    if chance.random() < 0.5 and (changes := _changes_within_a_year(name, first)):
        first = chance.choice(changes) - timedelta(days=chance.randint(2, DAYS - 3))
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    zone = ZoneInfo(name)
    shown = (datetime.fromtimestamp(start.timestamp() + minute * 60, zone) for minute in range(MINUTES))
    return World(name, start, [(at.toordinal(), at.hour * 60 + at.minute) for at in shown])


def timetable_of(chance: random.Random, world: World) -> Timetable:
    """Return random opening times: shifts, lunch breaks, half days, nights, all day, minutes that overlap; some holidays."""
    makers = (_shift, _lunch, _night, _all_day, _odd, _nothing)
    every = chance.choice(makers) if chance.random() < 0.5 else None
    periods = [(every or chance.choice(makers))(chance) if chance.random() < 0.85 else [] for _ in range(7)]
    first, last = world.local[0][0], world.local[-1][0]
    days = chance.sample(range(first - 1, last + 1), chance.choice((0, 0, 1, 2, 6)))
    return Timetable(periods, set(days))


def walk(world: World, timetable: Timetable) -> bytearray:
    """Look at each minute: open or not."""
    first, last = min(day for day, _ in world.local), max(day for day, _ in world.local)
    marked = timetable.opened(first, last - first + 1)
    return bytearray(marked[(day - first) * 1440 + minute] for day, minute in world.local)


def differences(chance: random.Random, world: World, timetable: Timetable) -> Iterator[str]:
    """Ask both about one random case, and return what they do not agree on."""
    kept, opened = timetable.calendar(world.zone), walk(world, timetable)
    start, end = sorted(chance.sample(range(MINUTES), 2))
    since, until = world.at(start), world.at(end)
    minutes = sum(opened[start:end])
    yield from _unequal("elapsed", calendar.elapsed(kept, since, until), float(minutes))
    yield from _unequal("elapsed back", calendar.elapsed(kept, until, since), -float(minutes))
    half = timedelta(seconds=30)
    yield from _unequal("elapsed from a half", calendar.elapsed(kept, since + half, until), minutes - opened[start] / 2)
    yield from _unequal("open", calendar.is_open(kept, until), bool(opened[end]))
    yield from _unequal("open at a half", calendar.is_open(kept, until + half), bool(opened[end]))
    found = [(one.start, one.end) for one in calendar.stretches(kept, since, until)]
    yield from _unequal("stretches", found, _runs(world, opened, start, end))
    asked = chance.randint(1, max(1, minutes)) if chance.random() < 0.7 else chance.randint(1, 3000)
    yield from _unequal("due", _due(kept, world, start, asked), _walked(world, opened, start, asked))
    if minutes:
        falls = calendar.due(kept, since, minutes)
        yield from _unequal("inverse", calendar.elapsed(kept, since, falls), float(minutes))
        yield from _unequal("not later", falls <= until, True)


def cases(count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Return each case's name and what differs."""
    for number in range(0, count, CASES_A_WORLD):
        chance = random.Random(seed * 1_000_000 + number)  # noqa: S311
        world = world_of(chance)
        for place in range(min(CASES_A_WORLD, count - number)):
            timetable = timetable_of(chance, world)
            name = f"case {number + place} ({world.zone}, {world.start:%Y-%m-%d}, {timetable.periods}, {timetable.holidays})"
            yield name, list(differences(chance, world, timetable))


def _due(kept: Calendar, world: World, start: int, minutes: int) -> datetime | None:
    try:
        falls = calendar.due(kept, world.at(start), minutes)
    except Invalid:
        return None
    return falls if falls <= world.at(MINUTES) else None


def _walked(world: World, opened: bytearray, start: int, minutes: int) -> datetime | None:
    left = minutes
    for place in range(start, MINUTES):
        left -= opened[place]
        if not left:
            return world.at(place + 1)
    return None


def _runs(world: World, opened: bytearray, start: int, end: int) -> list[tuple[datetime, datetime]]:
    edges = [0, *opened[start:end], 0]
    turns = [world.at(start + place) for place, (before, now) in enumerate(pairwise(edges)) if before != now]
    return list(zip(turns[::2], turns[1::2], strict=True))


def _unequal(asked: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{asked}: {found} instead of {expected}"


def _shift(chance: random.Random) -> list[tuple[int, int]]:
    opens = chance.randrange(0, 1200, 15)
    return [(opens, min(1440, opens + chance.randrange(30, 720, 15)))]


def _lunch(chance: random.Random) -> list[tuple[int, int]]:
    return [(540, 720 + chance.randrange(0, 60, 5)), (780 + chance.randrange(0, 60, 5), 1020)]


def _night(chance: random.Random) -> list[tuple[int, int]]:
    return [(chance.randrange(1200, 1440), 1440 + chance.choice((60, 120, 150, 180, 420, 1440)))]


def _all_day(_: random.Random) -> list[tuple[int, int]]:
    return [(0, 1440)]


def _odd(chance: random.Random) -> list[tuple[int, int]]:
    periods = [sorted(chance.sample(range(2880), 2)) for _ in range(chance.randint(1, 4))]
    return [(since, until) for since, until in periods if since < 1440]


def _nothing(_: random.Random) -> list[tuple[int, int]]:
    return []


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@cache
def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if zone != "localtime")


@cache
def _changes_within_a_year(name: str, first: date) -> Sequence[date]:
    zone = ZoneInfo(name)
    days = [datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=ahead) for ahead in range(367)]
    return [
        day.date() for before, day in pairwise(days) if before.astimezone(zone).utcoffset() != day.astimezone(zone).utcoffset()
    ]


def main() -> None:
    """Count the cases on which both agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    count = min(asked.cases, SHORT) if asked.short else asked.cases
    differing = 0
    for name, found in cases(count, asked.seed):
        differing += bool(found)
        for line in found:
            print(f"{name}: {line}", file=sys.stderr)
    say("sla_oracle", "agreeing", count - differing, "cases", count, count)


if __name__ == "__main__":
    main()
