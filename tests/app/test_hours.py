"""When business hours open and close next: by the wall clock of their zone, across midnight, holidays and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.sla.hours import Period, is_open, next_closing, next_opening

WEEKDAYS = [Period(day=day, opens="09:00", closes="17:00") for day in range(5)]
ALWAYS = [Period(day=day, opens="00:00", closes="00:00") for day in range(7)]
NIGHT = [Period(day=4, opens="22:00", closes="02:00")]
EARLY = [Period(day=6, opens="02:30", closes="05:00")]
BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "periods", "closed_on", "now", "opens"),
    [
        (BERLIN, WEEKDAYS, [], "2026-03-02T06:00", "2026-03-02T08:00"),  # Monday before nine
        (BERLIN, WEEKDAYS, [], "2026-03-02T08:00", None),  # open
        (BERLIN, WEEKDAYS, [], "2026-03-02T16:00", "2026-03-03T08:00"),  # the closing minute
        (BERLIN, WEEKDAYS, [], "2026-03-06T20:00", "2026-03-09T08:00"),  # over the weekend
        (BERLIN, WEEKDAYS, [], "2026-03-27T20:00", "2026-03-30T07:00"),  # over a weekend with summer time
        (BERLIN, WEEKDAYS, [], "2026-10-23T20:00", "2026-10-26T08:00"),  # and back
        (BERLIN, WEEKDAYS, ["2026-04-03", "2026-04-06"], "2026-04-02T18:00", "2026-04-07T07:00"),  # Easter
        (BERLIN, NIGHT, [], "2026-03-07T00:59", None),  # Saturday 01:59, still Friday's night
        (BERLIN, NIGHT, [], "2026-03-07T01:00", "2026-03-13T21:00"),
        (BERLIN, NIGHT, ["2026-03-13"], "2026-03-07T01:00", "2026-03-20T21:00"),
        (BERLIN, EARLY, [], "2026-03-29T00:00", "2026-03-29T01:00"),  # 02:30 does not exist: at three, when the clocks go on
        (BERLIN, EARLY, [], "2026-10-25T00:00", "2026-10-25T00:30"),  # 02:30 exists twice: the first
        ("America/New_York", WEEKDAYS, [], "2026-03-02T13:59", "2026-03-02T14:00"),
        ("Asia/Kolkata", WEEKDAYS, [], "2026-03-02T03:00", "2026-03-02T03:30"),
        ("UTC", ALWAYS, [], "2026-03-02T03:00", None),
        ("UTC", [], [], "2026-03-02T03:00", None),
    ],
)
def test_the_next_opening(zone: str, periods: list[Period], closed_on: list[str], now: str, opens: str | None) -> None:
    found = next_opening(zone, periods, closed_on, at(now))
    assert found == (at(opens) if opens else None)
    if found is not None:
        assert is_open(zone, periods, closed_on, found)


@pytest.mark.parametrize(
    ("periods", "closed_on", "now", "closes"),
    [
        (WEEKDAYS, [], "2026-03-02T10:00", "2026-03-02T16:00"),
        (WEEKDAYS, [], "2026-03-02T17:00", None),  # closed
        (NIGHT, [], "2026-03-06T22:00", "2026-03-07T01:00"),
        (NIGHT, ["2026-03-07"], "2026-03-06T22:00", "2026-03-07T01:00"),  # what runs into a holiday stays open
        (ALWAYS, [], "2026-03-02T10:00", None),
        (ALWAYS, ["2026-12-25"], "2026-03-02T10:00", "2026-12-24T23:00"),
    ],
)
def test_the_next_closing(periods: list[Period], closed_on: list[str], now: str, closes: str | None) -> None:
    assert next_closing(BERLIN, periods, closed_on, at(now)) == (at(closes) if closes else None)


def test_hours_that_never_open_within_a_year_have_no_next_opening() -> None:
    closed = [f"2026-03-{day:02}" for day in range(2, 32)]
    once_a_year = [Period(day=0, opens="09:00", closes="10:00")]
    assert next_opening("UTC", once_a_year, closed, at("2026-03-02T11:00")) == at("2026-04-06T09:00")
