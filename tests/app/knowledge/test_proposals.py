"""A ticket's title and topic, from the contact's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.index import Found
from app.knowledge.proposals import TITLE_LENGTH, propose_priority, propose_title, propose_topic
from tests.app.knowledge.test_cards import found


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("my lamp arrived broken", "My lamp arrived broken"),
        ("Hi there! My lamp arrived broken. What now?", "My lamp arrived broken."),
        ("hello, where is my order?", "Where is my order?"),
        ("hi\nthanks\nthe zip broke", "The zip broke"),
        ("hi", "hi"),
        ("", ""),
    ],
)
def test_the_title_is_the_first_sentence_that_says_something(text: str, title: str):
    assert propose_title(text) == title


@given(st.text(max_size=3000))
def test_a_title_is_one_short_line(text: str):
    title = propose_title(text)
    assert len(title) <= TITLE_LENGTH
    assert "\n" not in title


def in_categories(*pairs: tuple[str, float]) -> list[Found]:
    (card,) = found(a=0.5)
    return [
        Found(
            type(card.article)(str(place), "", "en", "", category, True, (card.piece,), (), None),
            card.piece,
            score,
            (),
            is_title_best=False,
        )
        for place, (category, score) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("pairs", "topic"),
    [
        ([], "General"),
        ([("Orders", 0.3)], "General"),
        ([("Orders", 0.7), ("Returns", 0.5)], "Orders"),
        ([("Orders", 0.60), ("Returns", 0.59), ("Returns", 0.58)], "Returns"),
    ],
)
def test_the_topic_is_what_the_nearest_articles_speak_for(pairs: list[tuple[str, float]], topic: str):
    assert propose_topic(in_categories(*pairs)) == topic


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("Where is my order?", "medium"),
        ("This is URGENT, the stove leaks", "urgent"),
        ("I can’t log in since yesterday", "high"),
        ("Es ist dringend!", "urgent"),
        ("Die Lampe ist kaputt", "high"),
        ("الأمر عاجل", "urgent"),
        ("insurgents are not the word", "medium"),
    ],
)
def test_a_priority_is_proposed_from_the_words(text: str, priority: str) -> None:
    assert propose_priority(text) == priority
