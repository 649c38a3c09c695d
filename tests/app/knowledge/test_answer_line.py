"""A result shows the sentence that answers, whole, and never begins in mid-answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.answer_line import MAX_ANSWER, answer_line


@pytest.mark.parametrize(
    ("passage", "query", "answer"),
    [
        ("We ship on weekdays. A refund takes a week. Ask us.", "how long does a refund take", "A refund takes a week."),
        ("No. They get no email until they come back.", "do they get email", "No. They get no email until they come back."),
        ("No. They get no email.", "refund", "No. They get no email."),
        ("- Open the box\n- Clean the lamp with a dry cloth", "clean lamp", "Clean the lamp with a dry cloth"),
        ("1. Sign in\n2. Choose a new password", "new password", "Choose a new password"),
        ("Nothing fits here. Really nothing at all.", "zebra", "Nothing fits here."),
        ("", "x", ""),
        ("word " * 100, "word", ("word " * 47).strip() + "…"),
    ],
)
def test_a_result_never_begins_or_ends_in_the_middle_of_a_sentence(passage: str, query: str, answer: str):
    assert answer_line(passage, query) == answer


@given(st.text(max_size=600), st.text(max_size=40))
def test_any_passage_has_a_line_that_fits(passage: str, query: str):
    assert len(answer_line(passage, query)) <= MAX_ANSWER
