"""What the contact asks for, from all their turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.context import MAX_WORDS, question_of


@pytest.mark.parametrize(
    ("turns", "question"),
    [
        ([], ""),
        (["hi"], ""),
        (["hi", "where is my order?"], "where is my order?"),
        (["where is my order?", "JP-2048113"], "where is my order?\nJP-2048113"),
        (["where is my order?", "thanks!"], ""),
        (["where is my order?", "thanks!", "it was a lamp"], "where is my order?\nit was a lamp"),
    ],
)
def test_chatter_is_left_out_and_asks_for_nothing(turns: list[str], question: str):
    assert question_of(turns) == question


def test_the_middle_is_dropped_first():
    turns = ["the lamp is broken", "middle " * 100, "newer " * 190, "can I return it"]
    question = question_of(turns).split("\n")
    assert question[0] == "the lamp is broken"
    assert question[-1] == "can I return it"
    assert "middle" not in question_of(turns)


@given(st.lists(st.text(max_size=2000), max_size=12))
def test_a_question_is_never_longer_than_the_model_reads(turns: list[str]):
    assert len(question_of(turns).split()) <= MAX_WORDS
