"""Calendar and clocks against a walk over every minute, for random calendars, zones, policies and tickets.

python -m bench.sla_oracle [--short] [--cases N] [--seed N]

Each world is a zone out of all there are and 24 days of it, half of them around a change of its clocks. The walk asks the zone
for the local time of each minute and reads the timetable; it shares no line with `app.sla.calendar`. For each case both
answer when so many minutes are over, how many lie between two moments (either way round), whether it is open, and which
stretches counted; and the inverse has to hold. Then a ticket lives through a random story, with its policy, calendar and
priority changed on the way, and `bench.sla_walk` tells at two moments what each cycle of each clock should say; the account
of each due time has to add up. Each case that differs is written to stderr.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from app.errors import Invalid
from app.sla import calendar
from app.sla.calendar import WEEKDAYS, Calendar, calendar_of
from app.sla.clocks import (
    Book,
    Cycle,
    Escalated,
    EscalationAnswered,
    EscalationWithdrawn,
    Happened,
    Merged,
    Opened,
    OwnerSet,
    Policy,
    PrioritySet,
    StatusSet,
    Target,
    TermsSet,
    Wrote,
    cycles_at,
    why,
)
from bench.figures import say
from bench.sla_walk import Answer, Promise, promises_of, story_of, walk_story

DAYS = 24
MINUTES = DAYS * 1440
CASES_A_WORLD = 50
CASES = 100_000
SHORT = 1_000
PLAIN: dict[str, type[Opened | Escalated | EscalationAnswered | EscalationWithdrawn | Merged]] = {
    "opened": Opened,
    "escalated": Escalated,
    "answered": EscalationAnswered,
    "withdrawn": EscalationWithdrawn,
    "merged": Merged,
}
FIRST_YEAR, LAST_YEAR = 1975, 2040

Periods = list[list[tuple[int, int]]]


@dataclass
class World:
    """A zone for 24 days: the local day (as an ordinal) and minute of the day that its clocks show at each minute."""

    zone: str
    start: datetime
    local: list[tuple[int, int]]

    @cached_property
    def first_day(self) -> int:
        return min(day for day, _ in self.local)

    @cached_property
    def last_day(self) -> int:
        return max(day for day, _ in self.local)

    @cached_property
    def shown(self) -> list[int]:
        """What the clocks show, as minutes since the midnight of the first local day."""
        return [(day - self.first_day) * 1440 + minute for day, minute in self.local]

    def at(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)


@dataclass
class Timetable:
    """Periods of each weekday in minutes after midnight, and the days it stays closed, as ordinals."""

    periods: Periods
    holidays: set[int]

    @property
    def never_opens(self) -> bool:
        return not any(self.periods)

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
    days = chance.sample(range(world.first_day - 1, world.last_day + 1), chance.choice((0, 0, 1, 2, 6)))
    return Timetable(periods, set(days))


def walk(world: World, timetable: Timetable) -> bytearray:
    """Look at each minute: open or not."""
    marked = timetable.opened(world.first_day, world.last_day - world.first_day + 1)
    return bytearray(map(marked.__getitem__, world.shown))


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


def clock_differences(chance: random.Random, world: World, tables: Sequence[Timetable]) -> Iterator[str]:
    """Let a random ticket live under both, and return what they do not agree on."""
    opened = [walk(world, table) for table in tables]
    promises = [promises_of(chance) for _ in tables]
    book = Book(
        policies={("p", number): _policy(number, kept) for number, kept in enumerate(promises)},
        calendars={("c", number): table.calendar(world.zone) for number, table in enumerate(tables)},
    )
    story = story_of(chance, chance.randrange(MINUTES // 2), len(tables))
    events = [_event(world, *told) for told in story]
    end = min(MINUTES - 1, story[-1][0] + chance.choice((0, 60, 3000)))
    for now in (chance.randint(story[0][0], end), end):
        found = cycles_at(events, book, world.at(now))
        expected = walk_story(story, now, opened, promises, MINUTES)
        yield from _unequal(f"clocks at {now}", [_answered(world, one) for one in found], expected)
        for cycle in found:
            yield from _account_differences(cycle, book, world.at(now))


def _account_differences(cycle: Cycle, book: Book, now: datetime) -> Iterator[str]:
    account = why(cycle, book, now)
    if account is None:
        return
    total = sum((one.end - one.start for one in account.stretches), timedelta())
    yield from _unequal("account", total / timedelta(minutes=1), account.counted_minutes)
    used = account.target.minutes if cycle.due_at else cycle.counted_minutes
    yield from _unequal("account of the target", account.counted_minutes, used)


def _policy(number: int, promises: Mapping[tuple[str, str], Promise]) -> Policy:
    targets: dict[str, dict[str, Target]] = {}
    for (clock, priority), promise in promises.items():
        targets.setdefault(clock, {})[priority] = Target(*promise)
    return msgspec.convert({"id": "p", "version": number, "name": "Random", "targets": targets}, Policy)


def _event(world: World, minute: int, word: str, more: object) -> Happened:
    at = world.at(minute)
    match word, more:
        case "customer" | "agent", _:
            return Wrote(at=at, by="agent" if word == "agent" else "customer")
        case "terms", (policy, calendar_version):
            return TermsSet(at=at, policy=("p", policy), calendar=("c", calendar_version))
        case "status", _:
            return msgspec.convert({"happened": "status_set", "at": at, "clock": more}, StatusSet)
        case "owner", _:
            return OwnerSet(at=at, is_assigned=bool(more))
        case "priority", _:
            return msgspec.convert({"happened": "priority_set", "at": at, "priority": more}, PrioritySet)
        case _:
            return PLAIN[word](at=at)


def _answered(world: World, cycle: Cycle) -> Answer:
    """Return a cycle in the walk's own words; a due time after the world has ended is none."""

    def minute(at: datetime | None) -> int | None:
        place = None if at is None else (at - world.start) // timedelta(minutes=1)
        return place if place is None or place <= MINUTES else None

    started = minute(cycle.started_at)
    assert started is not None
    return Answer(
        clock=cycle.clock,
        number=cycle.number,
        started=started,
        ended=minute(cycle.ended_at),
        progress=cycle.progress,
        counted=int(cycle.counted_minutes),
        remaining=None if cycle.remaining_minutes is None else int(cycle.remaining_minutes),
        due=minute(cycle.due_at),
        warn=minute(cycle.warn_at),
    )


def cases(count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Return each case's name and what differs."""
    for number in range(0, count, CASES_A_WORLD):
        chance = random.Random(seed * 1_000_000 + number)  # noqa: S311
        world = world_of(chance)
        for place in range(min(CASES_A_WORLD, count - number)):
            timetable = timetable_of(chance, world)
            name = f"case {number + place} ({world.zone}, {world.start:%Y-%m-%d}, {timetable.periods}, {timetable.holidays})"
            found = list(differences(chance, world, timetable))
            others = [timetable_of(chance, world) for _ in range(chance.choice((0, 1)))]
            try:
                found += clock_differences(chance, world, [timetable, *others])
            except Invalid as error:
                if not any(table.never_opens for table in [timetable, *others]):
                    found.append(f"clocks: refused: {error.detail}")
            yield name, found


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
