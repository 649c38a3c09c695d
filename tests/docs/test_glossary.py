"""The glossary and the code say the same: each word has its name, and no name that was given up comes back."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.M)
WORDS = [(word, re.findall(r"`(\w+)`", names)) for word, _, names in ROWS if word not in ("word", "---")]
GIVEN_UP = """
posting plain_on_sqlite plain_on_postgres Posting telling tell_message tell_change holding taking Holding Take owner_or_queue
owner_with_room_or_queue Places Stretch sort_arrivals standing ladder rulebook Ground knowing introducing falling_due waking
calm Calm ending hand folding lead timekeeper write_at_once run_at_once all_beside attendance Attendance heard Told doorkeeping
Doorkeeper blame garbled sealing ComeLater Said Asked MOST_AT_ONCE
""".split()
"""Names of files, classes and functions that words of this page replaced."""
KEPT = {("app/sla/calendar.py", "Stretch")}
"""Elsewhere a word may be the right one."""


@cache
def source() -> dict[Path, str]:
    return {path: path.read_text("utf-8") for room in ("models", "app", "realtime") for path in (ROOT / room).rglob("*.py")}


@pytest.mark.parametrize(("word", "names"), WORDS, ids=[word for word, _ in WORDS])
def test_every_word_stands_for_a_name_in_the_code(word: str, names: list[str]) -> None:
    assert names, f"{word} names nothing"
    text = "\n".join(source().values())
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


def test_no_name_that_was_given_up_comes_back() -> None:
    files = {path.stem for path in source()}
    assert files & set(GIVEN_UP) == set()
    defined = re.compile(rf"^\s*(?:class|def|async def) ({'|'.join(GIVEN_UP)})\b|^({'|'.join(GIVEN_UP)})\b.* = ", re.M)
    back = {
        (str(path.relative_to(ROOT)), found[1] or found[2]) for path, text in source().items() for found in defined.finditer(text)
    }
    assert back - KEPT == set()
