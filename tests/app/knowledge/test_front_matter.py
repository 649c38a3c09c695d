"""Articles as files, and the demo's own."""

from __future__ import annotations

import pytest

from app.errors import Invalid
from app.knowledge.articles import slug_of
from app.knowledge.front_matter import read_article
from tests.app.knowledge.help_centre import demo_drafts
from tests.app.knowledge.questions import QUESTIONS

FILE = (
    "---\ntitle: Gift cards: all about them\nslug: gift-cards\ncategory: Payment\n---\n\nThey never expire.\n\n---\n\nReally.\n"
)


def test_an_article_is_read_from_a_file():
    draft = read_article(FILE)
    assert (draft.title, draft.slug, draft.category, draft.locale) == (
        "Gift cards: all about them",
        "gift-cards",
        "Payment",
        "en",
    )
    assert draft.body == "They never expire.\n\n---\n\nReally."


@pytest.mark.parametrize(
    "text", ["", "No head", "---\ntitle: A\n---\nBody", "x---\ntitle: A\nslug: a\ncategory: C\n---\nBody", "---\ntitle: A\n"]
)
def test_a_file_without_its_head_is_refused(text: str):
    with pytest.raises(Invalid):
        read_article(text)


def test_the_demos_articles_are_whole_and_distinct():
    drafts = demo_drafts()
    assert len(drafts) >= 36
    assert len({draft.slug for draft in drafts}) == len({draft.title for draft in drafts}) == len(drafts)
    for draft in drafts:
        assert draft.slug == slug_of(draft.slug)
        assert 150 <= len(draft.body.split()) <= 450, draft.slug
    assert {slug for _, slug in QUESTIONS} == {draft.slug for draft in drafts}
