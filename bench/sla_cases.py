"""Business-hours and due-time cases of other projects, and how many of them the calendar answers as expected.

python -m bench.sla_cases FILE...

A file is a JSON list of cases {id, name, kind, calendar, ...}. `calendar` is {tz, hours: {mon..sun: [[from, to], ...]},
holidays: [local dates]}; a missing day is closed and an end past 24:00 runs into the next day. A time without an offset is
meant in the calendar's zone.

- due: start, minutes -> expected_due
- due_with_pauses: start, minutes, pauses [[from, to], ...] -> expected_due
- elapsed: start, end -> expected_minutes, below zero when the end comes first
- elapsed_with_pauses: start, end, pauses -> expected_minutes
- start: start -> expected_start, the first moment from then on at which it is open
- open_at: at -> expected_open
- error: calendar, and what else the case has -> must be refused

`tolerance_s` allows so many seconds more or less, `also_accept` names other right answers. Each case that differs is written
to stderr with both answers. A kind that is not in the list differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.sla.calendar import Calendar, calendar_of, due, elapsed, is_open, next_change, zone_of
from bench.figures import say

Case = dict[str, Any]
Answer = datetime | float | bool | str

AHEAD = timedelta(days=3660)


def answer_of(case: Case) -> Answer:
    """Return what the calendar says to a case; for one that is refused, the words of the refusal."""
    try:
        return _answer_of(case)
    except Invalid as error:
        return f"refused: {error.detail}"


def differs(case: Case) -> str | None:
    """Return both answers of a case that is not answered as expected, None for one that is."""
    try:
        answer, expected = answer_of(case), list(_expected_of(case))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return f"{case.get('id')}: {type(error).__name__}: {error}"
    if any(_agree(answer, one, float(case.get("tolerance_s") or 0)) for one in expected):
        return None
    return f"{case.get('id')} ({case.get('name')}): expected {expected[0]}, found {answer}"


def _answer_of(case: Case) -> Answer:
    kept = case["calendar"]
    calendar = calendar_of(kept["tz"], kept.get("hours") or {}, kept.get("holidays") or ())
    match case["kind"]:
        case "due" | "due_with_pauses":
            return _due(calendar, _time(case["start"], kept), case["minutes"], _pauses(case))
        case "elapsed" | "elapsed_with_pauses":
            start, end = _time(case["start"], kept), _time(case["end"], kept)
            return elapsed(calendar, start, end) - sum(_paused(calendar, pause, start, end) for pause in _pauses(case))
        case "start":
            at = _time(case["start"], kept)
            return at if is_open(calendar, at) else next_change(calendar, at, within=AHEAD) or "never"
        case "open_at":
            return is_open(calendar, _time(case["at"], kept))
        case "error":
            return _refusal(calendar, case)
        case kind:
            return f"the kind {kind!r} is not known"


def _refusal(calendar: Calendar, case: Case) -> Answer:
    """Ask whatever the case holds."""
    start = _time(case.get("start") or "2024-01-01T00:00:00Z", case["calendar"])
    if "minutes" in case:
        return due(calendar, start, case["minutes"])
    if "end" in case:
        return elapsed(calendar, start, _time(case["end"], case["calendar"]))
    if "at" in case:
        return is_open(calendar, _time(case["at"], case["calendar"]))
    return due(calendar, start, 1)


def _due(calendar: Calendar, start: datetime, minutes: float, pauses: Sequence[tuple[datetime, datetime]]) -> datetime:
    """Count on after each pause until nothing is left."""
    at, left = start, minutes
    for since, until in pauses:
        if until <= at:
            continue
        ends = due(calendar, at, left)
        if ends <= since:
            return ends
        left -= elapsed(calendar, at, max(since, at))
        at = until
    return due(calendar, at, left)


def _paused(calendar: Calendar, pause: tuple[datetime, datetime], start: datetime, end: datetime) -> float:
    since, until = max(pause[0], start), min(pause[1], end)
    return elapsed(calendar, since, until) if since < until else 0.0


def _pauses(case: Case) -> list[tuple[datetime, datetime]]:
    """Return the pauses in order, those that overlap joined."""
    written = [(_time(_end(one, 0), case["calendar"]), _time(_end(one, 1), case["calendar"])) for one in case.get("pauses") or ()]
    joined: list[tuple[datetime, datetime]] = []
    for since, until in sorted(written):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return joined


def _end(pause: Any, place: int) -> str:
    """Read one end of a pause, written as a pair or with names."""
    if isinstance(pause, dict):
        return pause[("start", "end")[place]] if "start" in pause else pause[("from", "to")[place]]
    return pause[place]


def _time(text: str, calendar: Case) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Invalid(f"{text!r} is no time.") from error
    return (at if at.tzinfo else at.replace(tzinfo=zone_of(calendar["tz"]))).astimezone(UTC)


def _expected_of(case: Case) -> Iterator[Answer]:
    if case["kind"] == "error":
        yield f"refused: {case.get('expected_error', '')}"
        return
    names = ("expected_due", "expected_minutes", "expected_start", "expected_open")
    (found, *_) = [case[name] for name in names if name in case]
    also = case.get("also_accept") or []
    for one in (found, *(also if isinstance(also, list) else [also])):
        yield _time(one, case["calendar"]) if isinstance(one, str) else one


def _agree(answer: Answer, expected: Answer, tolerance: float) -> bool:
    match answer, expected:
        case str(), str():
            return answer.startswith("refused: ") and expected.startswith("refused: ")
        case bool(), bool():
            return answer is expected
        case datetime(), datetime():
            return abs((answer - expected).total_seconds()) <= tolerance
        case float() | int(), float() | int():
            return abs(answer - expected) * 60 <= max(tolerance, 0.001)
        case _:
            return False


def main() -> None:
    """Run every case of the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    asked = parser.parse_args()
    cases: list[Case] = [case for path in asked.files for case in json.loads(path.read_text())]
    differing = [found for case in cases if (found := differs(case))]
    for line in differing:
        print(line, file=sys.stderr)
    say("sla_cases", "agreeing", len(cases) - len(differing), "cases", len(cases), len(cases))


if __name__ == "__main__":
    main()
