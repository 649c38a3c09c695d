"""How well a part of the demo's help centre is searched, with the bundled model: floors, a little below what is measured.

`bench/retrieval.py` measures all of it, and others.
"""

from __future__ import annotations

import pytest
import pytest_asyncio

from app.knowledge.context import question_of
from app.knowledge.index import Found, Index, IndexedArticle, row_terms_of
from app.knowledge.passages import embedded_text, passages_of
from app.knowledge.proposals import propose_topic
from app.knowledge.sentence_transformer import SentenceTransformerEmbedder
from app.knowledge.suggest import LEAST_FOR_AGENTS, LEAST_FOR_VISITORS
from tests.app.knowledge import questions
from tests.app.knowledge.help_centre import demo_drafts
from tests.app.knowledge.questions import ABOUT_SOMETHING_ELSE, CHATTER

pytestmark = pytest.mark.asyncio(loop_scope="session")


CATEGORIES = {"Shipping", "Returns and refunds"}
DRAFTS = [draft for draft in demo_drafts() if draft.category in CATEGORIES]
QUESTIONS = [(text, slug) for text, slug in questions.QUESTIONS if slug in {draft.slug for draft in DRAFTS}]


class Searched:
    """The demo's index, and what it finds."""

    def __init__(self, index: Index, embedder: SentenceTransformerEmbedder) -> None:
        self._index = index
        self._embedder = embedder

    async def find(self, *turns: str, least: float = -1.0, most: int = 5) -> list[Found]:
        question = question_of(turns)
        if not question:
            return []
        return self._index.search(question, (await self._embedder.encode([question]))[0], least=least, most=most)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(embedder: SentenceTransformerEmbedder) -> Searched:
    articles: list[IndexedArticle] = []
    for draft in DRAFTS:
        pieces = tuple(passages_of(draft.body))
        texts = [draft.title, *(embedded_text(draft.title, piece.heading, piece.text) for piece in pieces)]
        vectors = await embedder.encode(texts, within=60, is_urgent=False)
        terms = row_terms_of(draft.title, pieces)
        articles.append(IndexedArticle(draft.slug, draft.slug, "en", draft.title, draft.category, True, pieces, terms, vectors))
    return Searched(Index(articles, embedder.dimensions), embedder)


async def test_most_questions_find_their_article_first_and_nearly_all_among_three(demo: Searched):
    ranks = [[one.article.slug for one in await demo.find(question)] for question, _ in QUESTIONS]
    wanted = [slug for _, slug in QUESTIONS]
    first = sum(found[:1] == [slug] for found, slug in zip(ranks, wanted, strict=True)) / len(wanted)
    third = sum(slug in found[:3] for found, slug in zip(ranks, wanted, strict=True)) / len(wanted)
    assert first >= 0.75
    assert third >= 0.91


async def test_agents_are_shown_most_answers_and_nothing_for_other_matters(demo: Searched):
    shown = [bool(await demo.find(question, least=LEAST_FOR_AGENTS)) for question, _ in QUESTIONS]
    assert sum(shown) / len(shown) >= 0.75
    for text in [*ABOUT_SOMETHING_ELSE, *CHATTER]:
        assert await demo.find(text, least=LEAST_FOR_AGENTS) == [], text


async def test_visitors_are_shown_fewer_and_better_ones(demo: Searched):
    right = [
        found[0].article.slug == slug
        for question, slug in QUESTIONS
        if (found := await demo.find(question, least=LEAST_FOR_VISITORS))
    ]
    assert len(right) / len(QUESTIONS) >= 0.4
    assert sum(right) / len(right) >= 0.7


async def test_all_turns_together_say_what_is_meant(demo: Searched):
    turns = ["hello", "my aunt gave me a jumper for my birthday", "it is not my style", "oh", "is that possible?"]
    assert [one.article.slug for one in await demo.find(*turns, most=1)] == ["return-a-gift"]
    assert [one.article.slug for one in await demo.find(turns[-1], most=1)] != ["return-a-gift"]


async def test_topics_are_mostly_right(demo: Searched):
    category = {draft.slug: draft.category for draft in DRAFTS}
    right = [propose_topic(await demo.find(question, most=8)) == category[slug] for question, slug in QUESTIONS]
    assert sum(right) / len(right) >= 0.75
    assert propose_topic(await demo.find("who won the football match last night")) == "General"
