"""The seven clocks: what starts, pauses and stops each, and how its due time comes about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from app.errors import Invalid
from app.sla.calendar import calendar_of
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
    check_target,
    cycles_at,
    why,
)
from app.sla.conditions import SEVEN_CLOCKS, WORDS, ClockName, State, Trigger, sentences

OFFICE = calendar_of("Europe/Berlin", {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}, ["2026-03-04"])
LONGER = calendar_of("Europe/Berlin", {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})


def at(text: str) -> datetime:
    """Local time in Berlin of March 2026, as "2 14:30"."""
    day, _, time = text.partition(" ")
    return datetime.fromisoformat(f"2026-03-{int(day):02}T{time}").replace(tzinfo=UTC) - timedelta(hours=1)


def promises(version: int = 1, **minutes: float) -> Policy:
    """A policy whose targets are the same for every priority but urgent, which has a quarter."""
    targets = {
        clock: {
            "low": Target(wanted, wanted / 4),
            "medium": Target(wanted, wanted / 4),
            "high": Target(wanted, wanted / 4),
            "urgent": Target(wanted / 4),
        }
        for clock, wanted in minutes.items()
    }
    return Policy(id="gold", version=version, name="Gold", targets=targets)  # pyright: ignore[reportArgumentType]


def book_of(*policies: Policy) -> Book:
    return Book({("gold", policy.version): policy for policy in policies}, {("office", 1): OFFICE, ("office", 2): LONGER})


def opened(when: str, policy: int = 1, calendar: int = 1) -> list[Happened]:
    """A ticket is opened by a customer's message."""
    terms = TermsSet(at=at(when), policy=("gold", policy), calendar=("office", calendar))
    return [terms, Opened(at=at(when)), Wrote(at=at(when), by="customer")]


def seen(events: list[Happened], book: Book, now: str, clock: ClockName) -> list[Cycle]:
    return [cycle for cycle in cycles_at(events, book, at(now)) if cycle.clock == clock]


def test_first_response_runs_until_an_agent_replies() -> None:
    book, events = book_of(promises(first_response=60)), opened("2 16:30")
    (cycle,) = seen(events, book, "2 16:40", "first_response")
    assert (cycle.progress, cycle.due_at, cycle.warn_at) == ("running", at("3 09:30"), at("3 09:15"))
    assert (cycle.counted_minutes, cycle.remaining_minutes) == (10, 50)
    (cycle,) = seen([*events, Wrote(at=at("3 09:30"), by="agent")], book, "9 09:00", "first_response")
    assert (cycle.progress, cycle.due_at) == ("kept", at("3 09:30"))
    (cycle,) = seen([*events, Wrote(at=at("3 09:31"), by="agent")], book, "9 09:00", "first_response")
    assert (cycle.progress, cycle.remaining_minutes) == ("missed", -1)


def test_a_ticket_an_agent_opens_owes_no_first_response() -> None:
    book = book_of(promises(first_response=60, resolution=600))
    events: list[Happened] = [TermsSet(at=at("2 10:00"), policy=("gold", 1)), Opened(at=at("2 10:00"))]
    assert seen(events, book, "9 10:00", "first_response") == []
    assert len(seen(events, book, "9 10:00", "resolution")) == 1


def test_a_ticket_closed_without_a_reply_gives_the_first_response_up_unless_it_was_late() -> None:
    book, events = book_of(promises(first_response=60)), opened("2 10:00")
    (cycle,) = seen([*events, StatusSet(at=at("2 10:30"), clock="stops")], book, "9 10:00", "first_response")
    assert cycle.progress == "given_up"
    (cycle,) = seen([*events, StatusSet(at=at("2 12:00"), clock="stops")], book, "9 10:00", "first_response")
    assert cycle.progress == "missed"


def test_next_response_counts_from_the_oldest_unanswered() -> None:
    book = book_of(promises(next_response=60))
    events = [
        *opened("2 10:00"),
        Wrote(at=at("2 10:05"), by="agent"),
        Wrote(at=at("2 11:00"), by="customer"),
        Wrote(at=at("2 11:40"), by="customer"),
    ]
    (cycle,) = seen(events, book, "2 11:50", "next_response")
    assert (cycle.started_at, cycle.due_at) == (at("2 11:00"), at("2 12:00"))
    again = [*events, Wrote(at=at("2 11:55"), by="agent"), Wrote(at=at("2 13:00"), by="customer")]
    first, second = seen(again, book, "2 13:10", "next_response")
    assert (first.progress, second.number, second.due_at) == ("kept", 2, at("2 14:00"))


def test_a_pause_stops_the_clock_and_is_not_added_in_wall_time() -> None:
    book = book_of(promises(resolution=8 * 60))
    events = [*opened("2 09:00"), StatusSet(at=at("2 15:00"), clock="pauses")]
    (cycle,) = seen(events, book, "5 12:00", "resolution")
    assert (cycle.progress, cycle.due_at, cycle.remaining_minutes) == ("paused", None, 120)
    (cycle,) = seen([*events, StatusSet(at=at("5 11:00"), clock="runs")], book, "5 12:00", "resolution")
    assert (cycle.progress, cycle.due_at, cycle.remaining_minutes) == ("running", at("5 13:00"), 60)


def test_a_pause_after_the_due_time_does_not_undo_it() -> None:
    book = book_of(promises(resolution=60))
    events = [*opened("2 09:00"), StatusSet(at=at("2 11:00"), clock="pauses")]
    (cycle,) = seen(events, book, "2 12:00", "resolution")
    assert (cycle.progress, cycle.due_at, cycle.is_overdue(at("2 12:00"))) == ("paused", at("2 10:00"), True)


def test_reopening_starts_a_new_cycle_and_keeps_the_old_one() -> None:
    book = book_of(promises(resolution=120))
    events = [*opened("2 09:00"), StatusSet(at=at("2 10:00"), clock="stops"), StatusSet(at=at("5 09:30"), clock="runs")]
    first, second = seen(events, book, "5 10:00", "resolution")
    assert (first.progress, first.due_at) == ("kept", at("2 11:00"))
    assert (second.number, second.progress, second.due_at) == (2, "running", at("5 11:30"))


def test_periodic_updates_run_from_one_reply_to_the_next() -> None:
    book = book_of(promises(periodic_update=120))
    events = [*opened("2 09:00"), Wrote(at=at("2 10:00"), by="agent"), Wrote(at=at("2 11:00"), by="agent")]
    first, second = seen(events, book, "2 11:30", "periodic_update")
    assert (first.progress, second.progress, second.due_at) == ("kept", "running", at("2 13:00"))
    closing = [*events, StatusSet(at=at("2 12:00"), clock="stops"), Wrote(at=at("2 12:05"), by="agent")]
    assert [cycle.progress for cycle in seen(closing, book, "2 13:30", "periodic_update")] == ["kept", "given_up"]


def test_the_customers_wait_counts_only_while_something_is_unanswered() -> None:
    events = [
        *opened("2 09:00"),
        Wrote(at=at("2 09:30"), by="agent"),
        Wrote(at=at("2 11:00"), by="customer"),
        StatusSet(at=at("2 11:20"), clock="pauses"),
        Wrote(at=at("2 11:45"), by="agent"),
    ]
    (cycle,) = seen(events, book_of(promises(customer_wait=240)), "2 15:00", "customer_wait")
    assert (cycle.counted_minutes, cycle.progress) == (75, "paused")
    assert [pause.because for pause in cycle.pauses] == [("nothing_unanswered",)] * 2


def test_agents_work_counts_only_with_an_owner_and_a_running_status() -> None:
    events = [
        *opened("2 09:00"),
        OwnerSet(at=at("2 10:00"), is_assigned=True),
        StatusSet(at=at("2 11:00"), clock="pauses"),
        StatusSet(at=at("2 12:00"), clock="runs"),
        OwnerSet(at=at("2 12:30"), is_assigned=False),
    ]
    (cycle,) = seen(events, book_of(promises(agent_work=240)), "2 15:00", "agent_work")
    assert (cycle.counted_minutes, cycle.pauses[-1].because, cycle.pauses[-1].end) == (90, ("unassigned",), None)


def test_an_escalation_has_a_clock_of_its_own() -> None:
    book, events = book_of(promises(escalation_response=30)), [*opened("2 09:00"), Escalated(at=at("2 10:00"))]
    (cycle,) = seen(events, book, "2 10:10", "escalation_response")
    assert cycle.due_at == at("2 10:30")
    assert seen([*events, EscalationAnswered(at=at("2 10:20"))], book, "2 11:00", "escalation_response")[0].progress == "kept"
    withdrawn = [*events, EscalationWithdrawn(at=at("2 10:20")), Escalated(at=at("2 12:00"))]
    assert [one.progress for one in seen(withdrawn, book, "2 12:10", "escalation_response")] == ["given_up", "running"]


def test_a_merged_ticket_misses_nothing_any_more() -> None:
    book = book_of(promises(first_response=60, resolution=60, agent_work=60))
    found = cycles_at([*opened("2 09:00"), Merged(at=at("2 09:30"))], book, at("9 09:00"))
    assert {cycle.progress for cycle in found} == {"given_up"}


def test_a_clock_without_a_target_misses_nothing() -> None:
    (cycle,) = seen(opened("2 09:00"), book_of(promises(first_response=60)), "9 09:00", "resolution")
    assert (cycle.progress, cycle.due_at, cycle.remaining_minutes) == ("running", None, None)
    assert why(cycle, book_of(promises(first_response=60)), at("9 09:00")) is None


def test_a_new_priority_counts_for_open_cycles_from_their_start() -> None:
    book = book_of(promises(first_response=60, resolution=480))
    events = [*opened("2 09:00"), Wrote(at=at("2 09:50"), by="agent"), PrioritySet(at=at("2 10:00"), priority="urgent")]
    (ended,) = seen(events, book, "2 10:30", "first_response")
    assert (ended.progress, ended.due_at, ended.priority) == ("kept", at("2 10:00"), "medium")
    (running,) = seen(events, book, "2 10:30", "resolution")
    assert (running.due_at, running.priority) == (at("2 11:00"), "urgent")


def test_a_new_policy_or_calendar_counts_for_open_cycles_only() -> None:
    book = book_of(promises(1, first_response=60, resolution=960), promises(2, first_response=5, resolution=600))
    events = [
        *opened("2 09:00"),
        Wrote(at=at("2 09:50"), by="agent"),
        TermsSet(at=at("2 10:00"), policy=("gold", 2), calendar=("office", 2)),
    ]
    (ended,) = seen(events, book, "2 11:00", "first_response")
    assert (ended.progress, ended.policy, ended.due_at) == ("kept", ("gold", 1), at("2 10:00"))
    (running,) = seen(events, book, "2 11:00", "resolution")
    assert (running.policy, running.due_at) == (("gold", 2), at("2 19:00"))


def test_a_due_time_of_the_past_is_computed_again() -> None:
    book = book_of(promises(1, resolution=960), promises(2, resolution=60))
    events = [*opened("2 09:00"), TermsSet(at=at("5 10:00"), policy=("gold", 2), calendar=("office", 1))]
    (then,) = seen(events, book, "5 09:59", "resolution")
    (now,) = seen(events, book, "5 10:00", "resolution")
    assert (then.due_at, now.due_at) == (at("3 17:00"), at("2 10:00"))


def test_why_lists_what_counted_and_it_adds_up() -> None:
    book = book_of(promises(resolution=600))
    events = [*opened("2 15:00"), StatusSet(at=at("3 10:00"), clock="pauses"), StatusSet(at=at("3 12:00"), clock="runs")]
    (cycle,) = seen(events, book, "3 13:00", "resolution")
    account = why(cycle, book, at("3 13:00"))
    assert account is not None
    assert cycle.due_at == at("5 11:00")
    assert [(one.start, one.end) for one in account.stretches] == [
        (at("2 15:00"), at("2 17:00")),
        (at("3 09:00"), at("3 10:00")),
        (at("3 12:00"), at("3 17:00")),
        (at("5 09:00"), at("5 11:00")),
    ]
    assert account.counted_minutes == sum(one.minutes for one in account.stretches) == account.target.minutes == 600
    assert account.holidays == (date(2026, 3, 4),)
    assert [(pause.start, pause.end, pause.because) for pause in account.pauses] == [
        (at("3 10:00"), at("3 12:00"), ("status_pauses",))
    ]
    assert (account.policy_name, cycle.policy, cycle.calendar, account.time_zone) == (
        "Gold",
        ("gold", 1),
        ("office", 1),
        "Europe/Berlin",
    )


def test_why_of_a_paused_clock_adds_up_to_what_it_has_used() -> None:
    book = book_of(promises(resolution=600))
    (cycle,) = seen([*opened("2 15:00"), StatusSet(at=at("3 10:00"), clock="pauses")], book, "5 10:00", "resolution")
    account = why(cycle, book, at("5 10:00"))
    assert account is not None
    assert account.counted_minutes == cycle.counted_minutes == 180


def test_targets_around_the_clock_take_no_notice_of_the_calendar() -> None:
    policy = Policy(id="gold", version=1, name="Gold", targets={"first_response": {"medium": Target(60, around_the_clock=True)}})
    (cycle,) = seen(opened("6 23:30"), book_of(policy), "6 23:40", "first_response")
    assert cycle.due_at == at("7 00:30")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(0), "invalid duration"),
        (Target(60, 60), "warning has to come after"),
        (Target(60, -1), "invalid duration"),
        (Target(10**9), "ten years"),
    ],
)
def test_targets_that_make_no_sense_are_refused(target: Target, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        check_target(target, OFFICE, at("2 09:00"))


def test_a_target_on_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(Invalid, match="no open hours"):
        check_target(Target(60), calendar_of("UTC", {}), at("2 09:00"))
    check_target(Target(60, around_the_clock=True), calendar_of("UTC", {}), at("2 09:00"))


def test_cycles_known_already_are_left_out() -> None:
    book = book_of(promises(next_response=60))
    events = [*opened("2 10:00"), Wrote(at=at("2 10:05"), by="agent"), Wrote(at=at("2 11:00"), by="customer")]
    known = {("first_response", 1), ("resolution", 1)}
    left = {(one.clock, one.number) for one in cycles_at(events, book, at("2 12:00"), known)}
    assert left == {(one.clock, one.number) for one in cycles_at(events, book, at("2 12:00"))} - known


def test_events_out_of_order_and_versions_that_are_not_kept_are_refused() -> None:
    book = book_of(promises(resolution=60))
    with pytest.raises(Invalid, match="not in the order"):
        cycles_at([Opened(at=at("2 10:00")), Merged(at=at("2 09:00"))], book, at("3 09:00"))
    with pytest.raises(Invalid, match="not kept"):
        cycles_at([TermsSet(at=at("2 10:00"), policy=("gold", 7))], book, at("3 09:00"))


def test_every_clock_can_be_read_and_every_condition_has_words() -> None:
    assert [rule.clock for rule in SEVEN_CLOCKS] == list(get_args(ClockName))
    assert set(WORDS) == {*get_args(Trigger), *get_args(State)}
    assert sentences(SEVEN_CLOCKS[1]) == [
        "Starts when the customer writes, if an agent has replied before.",
        "Stops when an agent replies to the customer.",
        "Ends without a result when the ticket reaches a status that stops the clock or the ticket is merged into another.",
    ]
    assert sentences(SEVEN_CLOCKS[5])[1] == "Pauses while its status pauses the clock or nobody is assigned."
