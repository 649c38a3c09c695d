"""What we keep of what people type."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import clean_line, clean_text, shorten

anything = st.text(st.characters(), max_size=300)

KEPT = {
    "Hello\nworld": "Hello\nworld",
    "  Hello  ": "Hello",
    "a\r\nb\rc": "a\nb\nc",
    "tab\tstays": "tab\tstays",
    "nul\x00gone": "nulgone",
    "bell\x07, escape\x1b[31m": "bell, escape[31m",
    "half an emoji \ud83d": "half an emoji",
    "👩‍👩‍👧‍👦": "👩‍👩‍👧‍👦",
    "مرحبا \u200fשלום": "مرحبا \u200fשלום",
    "e\u0301": "e\u0301",
    "\u200b": "\u200b",
    "<b>&amp;</b>": "<b>&amp;</b>",
}


@pytest.mark.parametrize(("typed", "kept"), KEPT.items(), ids=[ascii(text) for text in KEPT])
def test_what_stays_of_a_text(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(anything)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(anything)
def test_what_is_clean_can_be_stored_and_sent(text: str) -> None:
    for kept in (clean_text(text), clean_line(text)):
        kept.encode()
        assert "\x00" not in kept
        assert not any(unicodedata.category(char) == "Cs" for char in kept)


@given(anything)
def test_nothing_is_put_in_and_nothing_else_taken_out(text: str) -> None:
    def words(text: str) -> str:
        return "".join(char for char in text if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cs"))

    assert words(clean_text(text)) == words(text)
    assert words(clean_line(text)) == words(text)


@given(anything)
def test_a_line_is_one_line(text: str) -> None:
    assert len(clean_line(text).splitlines()) <= 1


@given(anything, st.integers(2, 200))
def test_a_shortened_line_is_short_and_begins_as_the_text_does(text: str, length: int) -> None:
    short, line = shorten(text, length), clean_line(text)
    assert len(short) <= length
    assert short == line or (short.endswith("…") and line.startswith(short[:-1]))
