"""Articles become passages of about 110 words of plain text, each under its heading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.passages import PASSAGE_WORDS, SMALLEST_WORDS, Piece, embedded_text, passages_of

SENTENCE = "Parcels leave our warehouse on the day of the order. "


def test_each_section_is_a_passage_under_its_heading():
    body = "First of all.\n\n## Shipping\n\nFive days.\n\n### Express\n\nTwo days."
    assert passages_of(body) == [Piece("", "First of all."), Piece("Shipping", "Five days."), Piece("Express", "Two days.")]


def test_a_long_section_is_cut_between_paragraphs():
    body = "## Long\n\n" + "\n\n".join([SENTENCE * 5] * 6)
    pieces = passages_of(body)
    assert len(pieces) == 3
    assert {piece.heading for piece in pieces} == {"Long"}
    assert all(len(piece.text.split()) <= PASSAGE_WORDS for piece in pieces)


def test_a_long_paragraph_is_cut_between_sentences():
    pieces = passages_of(SENTENCE * 40)
    assert all(piece.text.endswith("order.") for piece in pieces)


def test_a_few_words_left_over_stay_with_the_passage_before():
    pieces = passages_of("\n\n".join([SENTENCE * 10, "The end."]))
    assert [piece.text.splitlines()[-1] for piece in pieces] == ["The end."]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Bold** and [a link](https://example.com) and `code`", "Bold and a link and code"),
        ("one\ntwo", "one two"),
        ("- first\n- second\n  more", "- first\n- second more"),
        ("1. open\n2. close", "1. open\n2. close"),
        ("| Way | Days |\n|---|---|\n| Express | 2 |", "Way · Days\nExpress · 2"),
        ("```\nparley serve\n```", "parley serve"),
        ("<div>Hello <b>you</b></div>", "Hello you"),
        ("Hello <b>you</b> &amp; me", "Hello you & me"),
        ("![a parcel](x.png)", "a parcel"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
        ("   \n\n  ", ""),
    ],
)
def test_markdown_becomes_plain_text(markdown: str, text: str):
    assert "\n".join(piece.text for piece in passages_of(markdown)) == text


@given(st.lists(st.text(alphabet="ab .\n#-*|<>`[]()", max_size=300), max_size=8).map("\n\n".join))
def test_any_text_can_be_cut_and_no_passage_is_empty_or_much_too_long(body: str):
    for piece in passages_of(body):
        assert piece.text.strip()
        assert len(piece.text.split()) <= PASSAGE_WORDS + SMALLEST_WORDS


def test_what_is_encoded_names_the_article_and_the_section():
    assert embedded_text("Returns", "Cost", "It is free.") == "Returns\nCost\nIt is free."
    assert embedded_text("Returns", "", "It is free.") == "Returns\nIt is free."
