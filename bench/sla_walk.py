"""What the seven clocks should say, told a second time: by hand, clock by clock, and minute by minute.

A story is a list of (minute, word, more) in order. The walk goes through it, notes every minute in which each clock ran, and
then counts those in which the timetable was open. It knows nothing of `app.sla`: no rules as data, no bisection.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

CLOCKS = (
    "first_response",
    "next_response",
    "periodic_update",
    "resolution",
    "customer_wait",
    "agent_work",
    "escalation_response",
)
PRIORITIES = ("low", "medium", "high", "urgent")
LIFELONG = ("resolution", "customer_wait", "agent_work")

Event = tuple[int, str, object]
Promise = tuple[int, int, bool]  # minutes, minutes of warning, around the clock
Promises = Mapping[tuple[str, str], Promise]


@dataclass
class Walked:
    """A cycle, and every minute in which it ran."""

    clock: str
    number: int
    started: int
    ran: list[int] = field(default_factory=list[int])
    is_still: bool = False
    ended: int | None = None
    is_given_up: bool = False
    priority: str = "medium"
    terms: tuple[int, int] | None = None


@dataclass
class Answer:
    """What a cycle should look like, in minutes of the world; due and warning None where there is none."""

    clock: str
    number: int
    started: int
    ended: int | None
    progress: str
    counted: int
    remaining: int | None
    due: int | None
    warn: int | None


class Walk:
    """One ticket."""

    def __init__(self) -> None:
        self.cycles: list[Walked] = []
        self.running: dict[str, Walked] = {}
        self.minute = 0
        self.status = "runs"
        self.answered = False
        self.waiting = False
        self.assigned = False
        self.priority = "medium"
        self.terms: tuple[int, int] | None = None

    def go_on(self, until: int) -> None:
        """Note the minutes up to here."""
        for cycle in self.running.values():
            if not cycle.is_still:
                cycle.ran += range(self.minute, until)
        self.minute = until

    def start(self, *clocks: str) -> None:
        for clock in clocks:
            if clock not in self.running:
                number = 1 + sum(cycle.clock == clock for cycle in self.cycles)
                self.running[clock] = Walked(clock, number, self.minute)
                self.cycles.append(self.running[clock])

    def finish(self, *clocks: str, given_up: bool = False) -> None:
        for clock in clocks:
            if cycle := self.running.pop(clock, None):
                cycle.ended, cycle.is_given_up = self.minute, given_up
                cycle.priority, cycle.terms = self.priority, self.terms

    def hear(self, word: str, more: object) -> None:  # noqa: C901 - a list of all that can happen
        """Something happened in this minute."""
        if word == "opened":
            self.start(*LIFELONG)
        elif word == "customer":
            self.waiting = True
            self.start("next_response" if self.answered else "first_response")
        elif word == "agent":
            self.answered, self.waiting = True, False
            self.finish("first_response", "next_response", "periodic_update")
            if self.status != "stops":
                self.start("periodic_update")
        elif word == "status":
            before, self.status = self.status, str(more)
            if more == "stops":
                self.waiting = False
                self.finish(*LIFELONG)
                self.finish("first_response", "next_response", "periodic_update", "escalation_response", given_up=True)
            elif before == "stops":
                self.start(*LIFELONG)
        elif word == "owner":
            self.assigned = bool(more)
        elif word == "escalated":
            self.start("escalation_response")
        elif word == "answered":
            self.finish("escalation_response")
        elif word == "withdrawn":
            self.finish("escalation_response", given_up=True)
        elif word == "merged":
            self.finish(*CLOCKS, given_up=True)
        elif word == "priority":
            self.priority = str(more)
        elif word == "terms":
            assert isinstance(more, tuple)
            self.terms = (int(more[0]), int(more[1]))
        for clock, cycle in self.running.items():
            cycle.is_still = self.stands_still(clock)

    def stands_still(self, clock: str) -> bool:
        match clock:
            case "periodic_update" | "resolution":
                return self.status == "pauses"
            case "customer_wait":
                return not self.waiting
            case "agent_work":
                return self.status == "pauses" or not self.assigned
            case _:
                return False


def walk_story(
    story: Sequence[Event], now: int, opened: Sequence[bytearray], promises: Sequence[Promises], minutes: int
) -> list[Answer]:
    """Return every cycle until `now`, looking ahead for due times until the world ends after so many minutes."""
    walk = Walk()
    for minute, word, more in story:
        if minute <= now:
            walk.go_on(minute)
            walk.hear(word, more)
    walk.go_on(now)
    for cycle in walk.running.values():
        cycle.priority, cycle.terms = walk.priority, walk.terms
    found = [_answer(cycle, now, opened, promises, minutes) for cycle in walk.cycles]
    return sorted(found, key=lambda one: (CLOCKS.index(one.clock), one.number))


def _answer(cycle: Walked, now: int, opened: Sequence[bytearray], promises: Sequence[Promises], minutes: int) -> Answer:
    promise = promises[cycle.terms[0]].get((cycle.clock, cycle.priority)) if cycle.terms else None
    counts = opened[cycle.terms[1]] if promise and cycle.terms and not promise[2] else b"\1" * minutes
    used = sum(counts[minute] for minute in cycle.ran)
    until = now if cycle.ended is None else cycle.ended
    ahead = [cycle.ran, range(0) if cycle.is_still else range(until, minutes)]
    due = _reached(ahead, counts, promise[0]) if promise else None
    warn = _reached(ahead, counts, promise[0] - promise[1]) if promise and promise[1] else None
    if cycle.ended is None:
        progress = "paused" if cycle.is_still else "running"
    elif due is not None and due < cycle.ended:
        progress = "missed"
    else:
        progress = "given_up" if cycle.is_given_up else "kept"
    left = promise[0] - used if promise else None
    return Answer(cycle.clock, cycle.number, cycle.started, cycle.ended, progress, used, left, due, warn)


def _reached(ahead: Sequence[Sequence[int]], counts: bytes | bytearray, wanted: int) -> int | None:
    left = wanted
    for minute in chain.from_iterable(ahead):
        left -= counts[minute]
        if not left:
            return minute + 1
    return None


def story_of(chance: random.Random, first: int, versions: int) -> list[Event]:
    """Return what happened to a random ticket, from a minute on."""
    told: list[Event] = [(first, "terms", (0, chance.randrange(versions))), (first, "opened", None)]
    minute = first
    words = "customer customer customer agent agent agent status status status owner owner escalated answered withdrawn priority terms"
    for _ in range(chance.randint(1, 14)):
        minute += chance.choice((0, 0, 1, chance.randint(1, 90), chance.randint(1, 900)))
        word = "merged" if chance.random() < 0.01 else chance.choice(words.split())
        more: object = None
        if word == "status":
            more = chance.choice(("runs", "runs", "pauses", "pauses", "stops"))
        elif word == "owner":
            more = chance.random() < 0.7
        elif word == "priority":
            more = chance.choice(PRIORITIES)
        elif word == "terms":
            more = (chance.randrange(versions), chance.randrange(versions))
        told.append((minute, word, more))
    return told


def promises_of(chance: random.Random) -> dict[tuple[str, str], Promise]:
    """Return one version of a random policy: some clocks of some priorities, of any length."""
    found: dict[tuple[str, str], Promise] = {}
    for clock in CLOCKS:
        for priority in PRIORITIES:
            if chance.random() < 0.7:
                minutes = chance.choice((1, 2, chance.randint(2, 60), chance.randint(2, 600), chance.randint(2, 4000)))
                warn = chance.randrange(minutes) if chance.random() < 0.5 else 0
                found[clock, priority] = (minutes, warn, chance.random() < 0.2)
    return found
