"""Cards keep their places unless another is clearly better."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.cards import MARGIN, MAX_CARDS, settle
from app.knowledge.index import Found, IndexedArticle
from app.knowledge.passages import Piece


def found(**scores: float) -> list[Found]:
    piece = Piece("", "text")
    cards = [
        Found(IndexedArticle(id, id, "en", id, "Orders", True, (piece,), (), None), piece, score, (), is_title_best=False)
        for id, score in scores.items()
    ]
    return sorted(cards, key=lambda card: (-card.score, card.article.id))


def ids(cards: list[Found]) -> list[str]:
    return [card.article.id for card in cards]


@pytest.mark.parametrize(
    ("shown", "scores", "after"),
    [
        ([], {"a": 0.7, "b": 0.6}, ["a", "b"]),
        (["a", "b"], {"a": 0.60, "b": 0.62}, ["a", "b"]),
        (["a", "b"], {"a": 0.60, "b": 0.64}, ["b", "a"]),
        (["a", "b", "c"], {"a": 0.6, "b": 0.6, "c": 0.6, "d": 0.62}, ["a", "b", "c"]),
        (["a", "b", "c"], {"a": 0.6, "b": 0.6, "c": 0.6, "d": 0.64}, ["d", "a", "b"]),
        (["a", "b"], {"b": 0.6, "c": 0.5}, ["b", "c"]),
        (["a"], {}, []),
    ],
)
def test_a_card_moves_only_for_a_clearly_better_one(shown: list[str], scores: dict[str, float], after: list[str]):
    assert ids(settle(shown, found(**scores))) == after


@given(
    st.lists(st.sampled_from("abcdef"), unique=True, max_size=3),
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1), max_size=8),
)
def test_no_card_stands_below_one_that_is_clearly_worse(shown: list[str], scores: dict[str, float]):
    cards = settle(shown, found(**scores))
    assert len(cards) == min(MAX_CARDS, len(scores))
    assert all(lower.score <= upper.score + MARGIN for upper, lower in pairwise(cards))
    assert ids(settle(ids(cards), found(**scores))) == ids(cards)
