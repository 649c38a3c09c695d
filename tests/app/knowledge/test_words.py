"""Which words count, and which messages hold nothing to look up."""

from __future__ import annotations

import pytest

from app.knowledge.words import identifiers, is_chatter, terms
from tests.app.knowledge.questions import CHATTER, QUESTIONS


@pytest.mark.parametrize("text", [*CHATTER, "", "  ", "🙂🙏", "Hola!", "can I talk to a human please"])
def test_chatter_has_nothing_to_look_up(text: str):
    assert is_chatter(text)


@pytest.mark.parametrize(
    "text", [*(question for question, _ in QUESTIONS), "refund?", "JP-2048113", "où est ma commande", "返品したい"]
)
def test_questions_are_not_chatter(text: str):
    assert not is_chatter(text)


def test_terms_are_lower_case_singular_and_without_stopwords():
    assert terms("Where ARE the Refunds and Boxes of my policies?") == ["refund", "box", "policy"]


def test_a_compound_counts_whole_and_in_parts():
    assert terms("E-1042") == ["e-1042", "1042"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("error E1042 again", {"e1042"}),
        ("set PARLEY_SMTP_URL", {"parley_smtp_url"}),
        ("order 20481", {"20481"}),
        ("in 3 days or 14", set()),
        ("plain words only", set()),
    ],
)
def test_identifiers_are_words_that_name_one_thing(text: str, found: set[str]):
    assert identifiers(text) == found
