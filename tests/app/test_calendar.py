"""Working time: due times, time elapsed and open stretches, by the wall clock of any zone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import Invalid
from app.sla.calendar import (
    ALWAYS,
    MINUTE,
    calendar_of,
    counted,
    due,
    elapsed,
    holidays_between,
    is_open,
    next_change,
    stretches,
)
from bench import sla_cases, sla_oracle

Hours = dict[str, list[list[str]]]

WEEKDAYS: Hours = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
EARLY: Hours = {day: [["00:00", "06:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
LUNCH: Hours = {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "sat": [["09:00", "12:30"]]}
SHIFTS: Hours = {"fri": [["09:00", "17:00"], ["22:00", "30:00"]]}
BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hours", "holidays", "start", "minutes", "expected"),
    [
        ("UTC", WEEKDAYS, [], "2026-03-02T10:00", 60, "2026-03-02T11:00"),
        ("UTC", WEEKDAYS, [], "2026-03-02T16:30", 30, "2026-03-02T17:00"),  # on closing time is the closing time
        ("UTC", WEEKDAYS, [], "2026-03-02T17:00", 1, "2026-03-03T09:01"),
        ("UTC", WEEKDAYS, [], "2026-03-06T16:00", 120, "2026-03-09T10:00"),  # over the weekend
        ("UTC", WEEKDAYS, ["2026-03-03", "2026-03-04"], "2026-03-02T16:00", 120, "2026-03-05T10:00"),
        ("UTC", LUNCH, [], "2026-03-02T11:30", 60, "2026-03-02T13:30"),  # not through lunch
        ("UTC", LUNCH, [], "2026-03-07T12:00", 60, "2026-03-09T09:30"),  # a half day
        ("UTC", SHIFTS, [], "2026-03-06T23:00", 240, "2026-03-07T03:00"),  # past midnight
        ("UTC", SHIFTS, ["2026-03-07"], "2026-03-06T23:00", 240, "2026-03-07T03:00"),  # what runs into a holiday stays open
        ("UTC", SHIFTS, ["2026-03-06"], "2026-03-06T08:00", 60, "2026-03-13T10:00"),
        (BERLIN, EARLY, [], "2026-03-28T20:00", 600, "2026-03-30T03:00"),  # 02:00 to 03:00 is not there
        (BERLIN, EARLY, [], "2026-10-24T20:00", 600, "2026-10-26T02:00"),  # and is there twice
        ("America/Santiago", EARLY, [], "2026-09-05T20:00", 600, "2026-09-07T08:00"),  # the day begins at one
        ("Australia/Lord_Howe", EARLY, [], "2026-04-04T10:00", 600, "2026-04-05T17:00"),  # half an hour
        ("Pacific/Apia", EARLY, [], "2011-12-29T14:00", 360, "2011-12-30T14:00"),  # 30 December is left out
        ("Asia/Kathmandu", WEEKDAYS, [], "2026-03-02T03:00", 60, "2026-03-02T04:15"),
    ],
)
def test_due_counts_only_open_minutes(
    zone: str, hours: Hours, holidays: list[str], start: str, minutes: int, expected: str
) -> None:
    calendar = calendar_of(zone, hours, holidays)
    falls = due(calendar, at(start), minutes)
    assert falls == at(expected)
    assert elapsed(calendar, at(start), falls) == minutes
    assert elapsed(calendar, falls, at(start)) == -minutes


def test_seconds_are_counted() -> None:
    calendar = calendar_of("UTC", {"mon": [["09:00:30", "09:01"], ["10:00", "24:00"]]})
    assert due(calendar, at("2026-03-02T08:00"), 0.5) == at("2026-03-02T09:01")
    assert due(calendar, at("2026-03-02T09:00:45"), 1) == at("2026-03-02T10:00:45")
    assert elapsed(calendar, at("2026-03-02T23:59:59.500000"), at("2026-03-03T12:00")) * 60 == pytest.approx(0.5)


def test_stretches_add_up_and_name_the_holidays() -> None:
    calendar = calendar_of(
        BERLIN, LUNCH | WEEKDAYS | {"tue": [["09:00", "12:00"], ["13:00", "17:00"]]}, ["2026-04-06", "2026-04-05"]
    )
    start, end = at("2026-04-03T14:00"), at("2026-04-07T12:00")
    found = stretches(calendar, start, end)
    assert [(one.start, one.end) for one in found] == [
        (at("2026-04-03T14:00"), at("2026-04-03T15:00")),
        (at("2026-04-04T07:00"), at("2026-04-04T10:30")),
        (at("2026-04-07T07:00"), at("2026-04-07T10:00")),
        (at("2026-04-07T11:00"), at("2026-04-07T12:00")),
    ]
    assert sum(one.minutes for one in found) == elapsed(calendar, start, end) == 510
    assert holidays_between(calendar, start, end) == [date(2026, 4, 6)]  # Sunday is closed anyway


def test_time_that_never_closes_is_one_stretch() -> None:
    start, end = at("2020-01-01T00:00"), at("2026-01-01T00:00")
    assert [(one.start, one.end) for one in stretches(ALWAYS, start, end)] == [(start, end)]
    assert counted(ALWAYS, start, end) == (end - start) // timedelta(minutes=1) * MINUTE
    assert next_change(ALWAYS, start, within=timedelta(days=366)) is None


def test_periods_that_overlap_count_once() -> None:
    calendar = calendar_of("UTC", {"mon": [["09:00", "12:00"], ["11:00", "26:00"]], "tue": [["01:00", "03:00"]]})
    assert elapsed(calendar, at("2026-03-02T00:00"), at("2026-03-04T00:00")) == 18 * 60


@pytest.mark.parametrize(
    ("zone", "hours", "holidays", "minutes", "words"),
    [
        ("UTC", {}, [], 60, "no open hours"),
        ("UTC", {"mon": []}, [], 60, "no open hours"),
        ("UTC", WEEKDAYS, [], 0, "invalid duration"),
        ("UTC", WEEKDAYS, [], -5, "invalid duration"),
        ("UTC", WEEKDAYS, [], float("nan"), "invalid duration"),
        ("UTC", WEEKDAYS, [], float("inf"), "invalid duration"),
        ("UTC", WEEKDAYS, [], 10**400, "invalid duration"),
        ("UTC", {"mon": [["09:00", "09:01"]]}, [], 1_000_000, "not be over within 60 years"),
        ("UTC", {"mon": [["25:00", "27:00"]]}, [], 60, "invalid time of day"),
        ("UTC", {"mon": [["09:00", "18:60"]]}, [], 60, "invalid time of day"),
        ("UTC", {"mon": [["09:00", "49:00"]]}, [], 60, "invalid time of day"),
        ("UTC", {"mon": [["noon", "17:00"]]}, [], 60, "invalid time of day"),
        ("UTC", {"mon": [["17:00", "09:00"]]}, [], 60, "ends before it starts"),
        ("UTC", {"mon": [["09:00", "09:00"]]}, [], 60, "ends before it starts"),
        ("UTC", {"mon": [["09:00"]]}, [], 60, "two times"),
        ("UTC", {"mon": [["00:00", "00:01"]] * 101}, [], 60, "100 periods"),
        ("UTC", {"monday": [["09:00", "17:00"]]}, [], 60, "no weekday"),
        ("UTC", WEEKDAYS, ["2026-02-30"], 60, "no day"),
        ("UTC", WEEKDAYS, ["2026-03-02"] * 10_001, 60, "10000 holidays"),
        ("Europe/Atlantis", WEEKDAYS, [], 60, "no time zone"),
        ("", WEEKDAYS, [], 60, "no time zone"),
        ("../../etc/passwd", WEEKDAYS, [], 60, "no time zone"),
        ("Europe", WEEKDAYS, [], 60, "no time zone"),
    ],
)
def test_what_makes_no_sense_is_refused(zone: str, hours: Hours, holidays: list[str], minutes: float, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        due(calendar_of(zone, hours, holidays), at("2026-03-02T10:00"), minutes)


def test_moments_out_of_reach_are_refused() -> None:
    with pytest.raises(Invalid, match="1900 to 2200"):
        elapsed(ALWAYS, at("1899-12-31T00:00"), at("2026-01-01T00:00"))
    with pytest.raises(Invalid, match="1900 to 2200"):
        is_open(ALWAYS, datetime.max.replace(tzinfo=UTC))
    with pytest.raises(Invalid, match="no zone"):
        is_open(ALWAYS, at("2026-01-01T00:00").replace(tzinfo=None))


def test_a_due_time_ten_years_away_is_found_without_walking() -> None:
    calendar = calendar_of(BERLIN, WEEKDAYS)
    falls = due(calendar, at("2026-03-02T08:00"), 8 * 60 * 5 * 520)
    assert falls == at("2036-02-15T16:00")
    assert elapsed(calendar, at("2026-03-02T08:00"), falls) == 8 * 60 * 5 * 520


def test_calendar_and_minute_walk_agree() -> None:
    assert [(name, found) for name, found in sla_oracle.cases(300, seed=20261201) if found] == []


def test_cases_in_the_shared_format_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {"tz": BERLIN, "hours": WEEKDAYS, "holidays": ["2026-03-03"]}
    no_hours = {"tz": "UTC", "hours": {}}
    right = [
        {
            "kind": "due",
            "calendar": kept,
            "start": "2026-03-02T16:30:00+01:00",
            "minutes": 60,
            "expected_due": "2026-03-04T09:30:00",
        },
        {"kind": "elapsed", "calendar": kept, "start": "2026-03-04T10:00", "end": "2026-03-02T16:00", "expected_minutes": -120},
        {"kind": "open_at", "calendar": kept, "at": "2026-03-03T10:00:00Z", "expected_open": False},
        {"kind": "start", "calendar": kept, "start": "2026-03-03T10:00:00Z", "expected_start": "2026-03-04T08:00:00Z"},
        {"kind": "error", "calendar": no_hours, "start": None, "minutes": 0, "expected_error": "invalid duration"},
        {"kind": "error", "calendar": {"tz": None, "hours": {}}, "minutes": "x", "expected_error": "unknown zone"},
        {
            "kind": "due_with_pauses",
            "calendar": kept,
            "start": "2026-03-02T08:00:00Z",
            "minutes": 120,
            "pauses": [
                ["2026-03-02T09:00:00Z", "2026-03-04T09:00:00Z"],
                {"start": "2026-03-04T08:00", "end": "2026-03-04T09:30"},
            ],
            "expected_due": "2026-03-04T10:00:00Z",
        },
        {
            "kind": "elapsed_with_pauses",
            "calendar": kept,
            "start": "2026-03-02T08:00:00Z",
            "end": "2026-03-02T16:00:00Z",
            "pauses": [["2026-03-02T15:00:00Z", "2026-03-04T09:00:00Z"]],
            "expected_minutes": 420,
        },
        {
            "kind": "due",
            "calendar": kept,
            "start": "2026-03-02T08:00:00Z",
            "minutes": 1,
            "expected_due": "2026-03-02T08:01:30Z",
            "tolerance_s": 30,
        },
    ]
    wrong = [
        {
            "id": "late",
            "kind": "due",
            "calendar": kept,
            "start": "2026-03-02T08:00:00Z",
            "minutes": 1,
            "expected_due": "2026-03-02T08:02:00Z",
        },
        {"id": "taken", "kind": "error", "calendar": kept, "start": "2026-03-02T08:00:00Z", "minutes": 1, "expected_error": "no"},
        {"id": "new", "kind": "moon", "calendar": kept},
        {"id": "bare", "kind": "due"},
    ]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(right + wrong))
    monkeypatch.setattr("sys.argv", ["sla_cases", str(path)])
    sla_cases.main()
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "bench": "sla_cases",
        "figure": "agreeing",
        "value": len(right),
        "unit": "cases",
        "control": len(right) + len(wrong),
        "ratio": pytest.approx(len(right) / (len(right) + len(wrong)), abs=0.001),
        "n": len(right) + len(wrong),
    }
    assert [line.split(" ")[0].rstrip(":") for line in said.err.splitlines()] == ["late", "taken", "new", "bare"]
