"""SLA clocks: the cycles of every promise and their outcome, as a pure function of what happened.

`cycles_at(events, book, now)` reads the events up to `now` in their order and returns each cycle of each clock with its due
time. The book holds every version of every policy and calendar, and an event says which ones applied from when, so any
due time of the past can be computed again. A change of policy, calendar or priority counts for the whole of each open
cycle, from its start; a cycle that is over keeps what applied when it ended.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct

from app.contract.sla import SlaProgress
from app.contract.values import Priority
from app.errors import Invalid
from app.sla.calendar import (
    ALWAYS,
    MINUTE,
    Calendar,
    Stretch,
    after,
    counted,
    duration_of,
    holidays_between,
    stretches,
)
from app.sla.conditions import SEVEN_CLOCKS, ClockName, ClockRule, State, Trigger

Ticking = Literal["runs", "pauses", "stops"]
Progress = SlaProgress
Version = tuple[str, int]
Run = tuple[datetime, datetime | None]

MICROSECOND = timedelta(microseconds=1)
CLOCK_ORDER: dict[ClockName, int] = {rule.clock: place for place, rule in enumerate(SEVEN_CLOCKS)}


class Target(Struct, frozen=True):
    """Time a clock may run, and how long before that it warns. `around_the_clock` counts every minute, not only those of the
    calendar.
    """

    minutes: float
    warn_minutes: float = 0
    around_the_clock: bool = False


class Policy(Struct, frozen=True, kw_only=True):
    """One version of a promise: targets by clock and priority, and the rules of the clocks."""

    id: str
    version: int
    name: str
    targets: Mapping[ClockName, Mapping[Priority, Target]]
    rules: tuple[ClockRule, ...] = SEVEN_CLOCKS


class Book(Struct, frozen=True):
    """Every version of policies and calendars that may be asked for."""

    policies: Mapping[Version, Policy]
    calendars: Mapping[Version, Calendar]


class Event(Struct, frozen=True, kw_only=True, tag_field="happened"):
    """Something that happened to a ticket."""

    at: datetime


class Opened(Event, frozen=True, tag="opened"):
    """The ticket was opened."""


class Wrote(Event, frozen=True, tag="wrote"):
    """A customer or an agent wrote what the other side reads."""

    by: Literal["customer", "agent"]


class StatusSet(Event, frozen=True, tag="status_set"):
    """The ticket got a status in which clocks run, pause or stop."""

    clock: Ticking


class OwnerSet(Event, frozen=True, tag="owner_set"):
    """The ticket got an owner, or has none any more."""

    is_assigned: bool


class Escalated(Event, frozen=True, tag="escalated"):
    """The ticket was escalated."""


class EscalationAnswered(Event, frozen=True, tag="escalation_answered"):
    """The escalation was answered."""


class EscalationWithdrawn(Event, frozen=True, tag="escalation_withdrawn"):
    """The escalation was taken back."""


class Merged(Event, frozen=True, tag="merged"):
    """The ticket was merged into another one."""


class PrioritySet(Event, frozen=True, tag="priority_set"):
    """The ticket got a priority."""

    priority: Priority


class TermsSet(Event, frozen=True, tag="terms_set"):
    """From now on these versions of a policy and a calendar apply. Without a policy nothing is promised; without a calendar
    every minute counts. The first promise of a story counts from when it is made: nobody can be late before."""

    policy: Version | None = None
    calendar: Version | None = None


Happened = (
    Opened | Wrote | StatusSet | OwnerSet | Escalated | EscalationAnswered | EscalationWithdrawn | Merged | PrioritySet | TermsSet
)


class Pause(Struct, frozen=True):
    """Time during which a clock stood still, and the states that made it. `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    because: tuple[State, ...]


class Cycle(Struct, frozen=True, kw_only=True):
    """One start of one clock. `due_at` and `warn_at` are None while it pauses before it is due, and without a target.
    `remaining_minutes` is what is left at the time asked about, below zero when it is late."""

    clock: ClockName
    number: int
    started_at: datetime
    ended_at: datetime | None
    progress: Progress
    due_at: datetime | None
    warn_at: datetime | None
    counted_minutes: float
    remaining_minutes: float | None
    runs: tuple[Run, ...]
    pauses: tuple[Pause, ...]
    priority: Priority
    policy: Version | None
    calendar: Version | None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it is open and the due time has come."""
        return self.is_open and self.due_at is not None and self.due_at <= now


class Why(Struct, frozen=True, kw_only=True):
    """The account of a due time. The stretches add up to `counted_minutes`: the target once it is due or runs towards it,
    what has been used while it pauses."""

    cycle: Cycle
    policy_name: str
    target: Target
    time_zone: str
    stretches: tuple[Stretch, ...]
    counted_minutes: float
    pauses: tuple[Pause, ...]
    holidays: tuple[date, ...]


def cycles_at(
    events: Iterable[Happened], book: Book, now: datetime, known: Container[tuple[str, int]] = frozenset()
) -> list[Cycle]:
    """Return every cycle there has been until `now`, clock by clock in the order of the rules, but for those `known` by clock
    and number. Events after `now` are left out. Raises Invalid when one comes before the one ahead of it, or names a version that is not in the book."""
    story = _Story(book)
    for event in events:
        if event.at > now:
            break
        story.take(event)
    asked = [cycle for cycle in story.cycles if (cycle.clock, cycle.number) not in known]
    found = [_seen(cycle, story.terms_of(cycle), book, now) for cycle in asked]
    return sorted(found, key=lambda cycle: (CLOCK_ORDER[cycle.clock], cycle.number))


def why(cycle: Cycle, book: Book, now: datetime) -> Why | None:
    """Return how the due time of a cycle comes about; None when nothing was promised for it."""
    terms = Terms(cycle.policy, cycle.calendar, cycle.priority)
    target = target_of(cycle.clock, terms, book)
    if target is None or cycle.policy is None:
        return None
    calendar = _calendar_of(terms, target, book)
    until = cycle.due_at or cycle.ended_at or now
    found = [
        stretch for since, end in cycle.runs if since < until for stretch in stretches(calendar, since, min(end or until, until))
    ]
    return Why(
        cycle=cycle,
        policy_name=book.policies[cycle.policy].name,
        target=target,
        time_zone=calendar.time_zone,
        stretches=tuple(found),
        counted_minutes=sum((one.end - one.start) // MICROSECOND for one in found) / MINUTE,
        pauses=tuple(pause for pause in cycle.pauses if pause.start < until),
        holidays=tuple(holidays_between(calendar, cycle.started_at, until)),
    )


def check_target(target: Target, calendar: Calendar, now: datetime) -> None:
    """Raise Invalid for a target that cannot be kept or counted: no duration, a warning that comes first, no open hours."""
    duration = duration_of(target.minutes)
    if target.warn_minutes and duration_of(target.warn_minutes) >= duration:
        raise Invalid("The warning has to come after the start: make it shorter than the target.")
    after(ALWAYS if target.around_the_clock else calendar, now, duration)


class Terms(Struct, frozen=True):
    """Terms a cycle is measured by."""

    policy: Version | None = None
    calendar: Version | None = None
    priority: Priority = "medium"


class _Growing(Struct):
    """A cycle on its way: running since `since`, or pausing since then when `because` says why. `terms` are those at its end."""

    clock: ClockName
    number: int
    started_at: datetime
    since: datetime
    because: tuple[State, ...] = ()
    runs: list[Run] = []
    pauses: list[Pause] = []
    ended_at: datetime | None = None
    is_given_up: bool = False
    terms: Terms | None = None

    def turn(self, at: datetime, because: tuple[State, ...]) -> None:
        """Run or pause from now on."""
        if because != self.because:
            self._close_span(at)
            self.because = because

    def count_from(self, at: datetime) -> None:
        """Forget the time before: nothing was promised then."""
        self.runs, self.pauses, self.since = [], [], at

    def end(self, at: datetime, terms: Terms, *, is_given_up: bool) -> None:
        """Close it for good."""
        self._close_span(at)
        self.ended_at, self.terms, self.is_given_up = at, terms, is_given_up

    def _close_span(self, at: datetime) -> None:
        if at == self.since:
            return
        if self.because:
            self.pauses.append(Pause(self.since, at, self.because))
        elif self.runs and self.runs[-1][1] == self.since:
            self.runs[-1] = (self.runs[-1][0], at)
        else:
            self.runs.append((self.since, at))
        self.since = at


class _Story:
    """Story of a conversation so far, and the cycles that came of it."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._at: datetime | None = None
        self._terms = Terms()
        self._status: Ticking = "runs"
        self._is_answered = False
        self._is_waiting = False
        self._is_assigned = False
        self._is_promised = False
        self._open: dict[ClockName, _Growing] = {}
        self._numbers: dict[ClockName, int] = {}
        self.cycles: list[_Growing] = []

    def terms_of(self, cycle: _Growing) -> Terms:
        """Return what a cycle is measured by: what applied at its end, or applies now."""
        return cycle.terms or self._terms

    def take(self, event: Happened) -> None:
        """Go on by one event."""
        if self._at is not None and event.at < self._at:
            raise Invalid("These events are not in the order of their times.")
        self._at = event.at
        trigger = self._note(event)
        for rule in self._book.policies[self._terms.policy].rules if self._terms.policy else SEVEN_CLOCKS:
            self._apply(rule, trigger, event.at)

    def _apply(self, rule: ClockRule, trigger: Trigger | None, at: datetime) -> None:
        cycle = self._open.get(rule.clock)
        if cycle and (trigger in rule.stops_when or trigger in rule.ends_when):
            cycle.end(at, self._terms, is_given_up=trigger not in rule.stops_when)
            del self._open[rule.clock]
            cycle = None
        if cycle is None and trigger in rule.starts_when and all(map(self._holds, rule.only_if)):
            number = self._numbers[rule.clock] = self._numbers.get(rule.clock, 0) + 1
            cycle = self._open[rule.clock] = _Growing(rule.clock, number, at, at)
            self.cycles.append(cycle)
        if cycle:
            cycle.turn(at, tuple(state for state in rule.pauses_while if self._holds(state)))

    def _note(self, event: Happened) -> Trigger | None:
        """Keep what the event changes, and return what it sets off."""
        match event:
            case Opened():
                return "opened"
            case Wrote(by="customer"):
                self._is_waiting = True
                return "customer_writes"
            case Wrote():
                self._is_answered, self._is_waiting = True, False
                return "agent_writes"
            case StatusSet():
                return self._note_status(event.clock)
            case OwnerSet():
                self._is_assigned = event.is_assigned
            case Escalated():
                return "escalated"
            case EscalationAnswered():
                return "escalation_answered"
            case EscalationWithdrawn():
                return "escalation_withdrawn"
            case Merged():
                return "merged"
            case PrioritySet():
                self._terms = msgspec.structs.replace(self._terms, priority=event.priority)
            case TermsSet():
                self._note_terms(event)
        return None

    def _note_status(self, clock: Ticking) -> Trigger | None:
        before, self._status = self._status, clock
        if clock == "stops":
            self._is_waiting = False
            return "status_stops"
        return "reopened" if before == "stops" else None

    def _note_terms(self, event: TermsSet) -> None:
        for kept, asked in ((self._book.policies, event.policy), (self._book.calendars, event.calendar)):
            if asked is not None and asked not in kept:
                raise Invalid(f"Version {asked[1]} of {asked[0]} is not kept.")
        self._terms = msgspec.structs.replace(self._terms, policy=event.policy, calendar=event.calendar)
        if event.policy is not None and not self._is_promised:
            self._is_promised = True
            for cycle in self._open.values():
                cycle.count_from(event.at)

    def _holds(self, state: State) -> bool:
        match state:
            case "never_answered":
                return not self._is_answered
            case "answered_before":
                return self._is_answered
            case "nothing_unanswered":
                return not self._is_waiting
            case "not_stopped":
                return self._status != "stops"
            case "status_pauses":
                return self._status == "pauses"
            case "unassigned":
                return not self._is_assigned


def target_of(clock: ClockName, terms: Terms, book: Book) -> Target | None:
    """Return what is promised for a clock; None without a promise."""
    policy = book.policies[terms.policy] if terms.policy else None
    return policy.targets.get(clock, {}).get(terms.priority) if policy else None


def _calendar_of(terms: Terms, target: Target, book: Book) -> Calendar:
    return ALWAYS if target.around_the_clock or terms.calendar is None else book.calendars[terms.calendar]


def _seen(cycle: _Growing, terms: Terms, book: Book, now: datetime) -> Cycle:
    """Return a cycle as it stands now."""
    runs, pauses = _spans_of(cycle)
    target = target_of(cycle.clock, terms, book)
    calendar = _calendar_of(terms, target, book) if target else ALWAYS
    used = _counted(calendar, runs, cycle.ended_at or now)
    promised = duration_of(target.minutes) if target else None
    due_at = _reached(calendar, runs, promised) if promised else None
    warn_at = None
    if promised and target and target.warn_minutes:
        warn_at = _reached(calendar, runs, promised - duration_of(target.warn_minutes))
    return Cycle(
        clock=cycle.clock,
        number=cycle.number,
        started_at=cycle.started_at,
        ended_at=cycle.ended_at,
        progress=_progress(cycle, due_at),
        due_at=due_at,
        warn_at=warn_at,
        counted_minutes=used / MINUTE,
        remaining_minutes=None if promised is None else (promised - used) / MINUTE,
        runs=runs,
        pauses=pauses,
        priority=terms.priority,
        policy=terms.policy,
        calendar=terms.calendar,
    )


def _spans_of(cycle: _Growing) -> tuple[tuple[Run, ...], tuple[Pause, ...]]:
    """Return its runs and pauses. The run it is in, or was in when it ended, has no end: it would have gone on."""
    if cycle.ended_at is None and cycle.because:
        return tuple(cycle.runs), (*cycle.pauses, Pause(cycle.since, None, cycle.because))
    if cycle.because:
        return tuple(cycle.runs), tuple(cycle.pauses)
    if cycle.runs and cycle.runs[-1][1] == cycle.since:
        return (*cycle.runs[:-1], (cycle.runs[-1][0], None)), tuple(cycle.pauses)
    return (*cycle.runs, (cycle.since, None)), tuple(cycle.pauses)


def _counted(calendar: Calendar, runs: Sequence[Run], until: datetime) -> int:
    return sum(counted(calendar, since, min(end or until, until)) for since, end in runs if since < until)


def _reached(calendar: Calendar, runs: Sequence[Run], duration: int) -> datetime | None:
    """Return the moment at which so much has been counted; None when the clock pauses before."""
    left = duration
    for since, end in runs:
        if end is None:
            return after(calendar, since, left)
        here = counted(calendar, since, end)
        if here >= left:
            return after(calendar, since, left)
        left -= here
    return None


def _progress(cycle: _Growing, due_at: datetime | None) -> Progress:
    if cycle.ended_at is None:
        return "paused" if cycle.because else "running"
    if due_at is not None and due_at < cycle.ended_at:
        return "missed"
    return "given_up" if cycle.is_given_up else "kept"
