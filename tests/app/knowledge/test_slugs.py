"""The last part of an article's address."""

from __future__ import annotations

import pytest

from app.errors import Invalid
from app.knowledge.articles import slug_of


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("When will I get my refund?", "when-will-i-get-my-refund"),
        ("  A__b--C ", "a-b-c"),
        ("Rückgabe", "rückgabe"),
        ("返品", "返品"),
    ],
)
def test_an_address_is_made_of_letters_and_digits(text: str, slug: str):
    assert slug_of(text) == slug


@pytest.mark.parametrize("text", ["", "?!", "../..", "🙂"])
def test_a_title_without_letters_needs_an_address(text: str):
    with pytest.raises(Invalid):
        slug_of(text)
