"""Patterns: what they match, and that no text makes them slow. Steps are counted, not timed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patterns import has_whole, matches_whole, matches_within
from app.routing.rules import has_words
from app.routing.rules import is_page as is_rule_page
from app.visiting.proactive import is_page as is_greeting_page

PIECES = st.lists(st.sampled_from(["*", "a", "b", "/", "**", "."]), max_size=8).map("".join)
TEXTS = st.lists(st.sampled_from(["a", "b", "/", "."]), max_size=12).map("".join)


class Counted(str):
    """A text that counts the characters that searching it looks at."""

    __slots__ = ("looked",)

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.looked = 0
        return made

    def find(self, sub: str, start: Any = 0, end: Any = None) -> int:
        at = super().find(sub, start, len(self) if end is None else end)
        self.looked += (at - start if at >= 0 else len(self) - start) + len(sub) + 1
        return at

    def casefold(self) -> str:
        return self

    def startswith(self, *given: Any) -> bool:
        self.looked += len(given[0])
        return super().startswith(*given)

    def endswith(self, *given: Any) -> bool:
        self.looked += len(given[0])
        return super().endswith(*given)


@given(PIECES, TEXTS)
def test_a_star_stands_for_anything(pattern: str, text: str) -> None:
    """The regular expression says the same, only at its own price."""
    wanted = ".*".join(map(re.escape, pattern.split("*")))
    assert matches_whole(pattern, text) is (re.fullmatch(wanted, text) is not None)
    assert matches_within(pattern, text) is (re.search(wanted, text) is not None)


STEPS: dict[str, tuple[Callable[[str, str], bool], str, str]] = {
    "a page of a proactive message": (matches_whole, "/*/*/*/sale", "/" * 700),
    "a page with ten stars": (matches_whole, "*".join(["/a"] * 10) + "/b", "/a" * 700),
    "a page of a routing rule": (matches_within, "/*/*/*/sale", "/" * 700),
    "a page of a routing rule with ten stars": (matches_within, "*".join(["a"] * 10) + "b", "a" * 700),
}


@pytest.mark.parametrize(("matches", "pattern", "text"), STEPS.values(), ids=STEPS.keys())
def test_ten_times_the_page_takes_ten_times_the_steps(matches: Callable[[str, str], bool], pattern: str, text: str) -> None:
    once, tenfold = Counted(text), Counted(text * 10)
    assert not matches(pattern, once)
    assert not matches(pattern, tenfold)
    assert 0 < once.looked <= 4 * len(text) + 100
    assert tenfold.looked <= 11 * once.looked + 100


@pytest.mark.parametrize(("words", "unit"), [("a a a b", "a "), ("aaa", "a"), ("money back", "money ")])
def test_ten_times_the_words_take_ten_times_the_steps(words: str, unit: str) -> None:
    once, tenfold = Counted(unit * 200), Counted(unit * 2000)
    assert not has_whole(words, once)
    assert not has_whole(words, tenfold)
    assert tenfold.looked <= 11 * once.looked + 100


def test_one_anonymous_visit_with_seven_hundred_slashes_is_answered() -> None:
    """The address that once took five seconds of everyone's time: each try of the old pattern was cubic in the slashes."""
    url = "https://shop.test" + "/" * 1900
    for pattern in ("/*/*/*/sale", "/*/*/*/*/*/*/*/*/sale"):
        assert not is_greeting_page(pattern, url)
        assert not is_rule_page(pattern, url)
        assert is_greeting_page(pattern, url + "sale")
        assert is_rule_page(pattern, url + "SALE")


@pytest.mark.parametrize(
    ("phrase", "text", "held"),
    [
        ("money back", "I want my MONEY   back!", True),
        ("money back", "I want my money\nback", True),
        ("refund", "refunds", False),
        ("refund", "a refunds refund", True),
        ("refund", "_refund", False),
        ("c++", "I write c++ now", True),
        ("退款", "退款", True),
        ("", "anything", False),
    ],
)
def test_words_are_found_whole(phrase: str, text: str, held: bool) -> None:
    assert has_words(text, phrase) is held
