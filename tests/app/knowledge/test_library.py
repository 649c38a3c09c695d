"""The library follows the rows: at first by words, then by meaning; nothing archived is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from sqlalchemy import delete, func, select, update

from app.knowledge import index as index_module
from app.knowledge import library as library_module
from app.knowledge.articles import publish_article, set_article_state
from app.knowledge.embedder import NoEmbedder
from app.knowledge.index import IndexedArticle
from app.knowledge.library import QUEUED_AT_ONCE, Library, embed_article, queue_indexing
from app.knowledge.sentence_transformer import SentenceTransformerEmbedder
from app.work import Rows, Work, Works
from models import Job, Passage
from tests.app.knowledge.help_centre import draft
from tests.app.knowledge.letters import LettersEmbedder

REFUNDS = draft("When will I get my refund?", "We pay within five days.", "Returns")
LAMPS = draft("Care for lamps", "Wipe them with a dry cloth.", "Care")

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ids(library: Library, text: str) -> list[str]:
    return [one.article.slug for one in await library.find(text, least=0.4, public_only=True, within=20)]


@pytest_asyncio.fixture(loop_scope="session")
async def library(works: Works) -> Library:
    library = Library(works, NoEmbedder())
    await library.refresh()
    return library


async def test_an_empty_library_finds_nothing(library: Library):
    assert await ids(library, "refund") == []


async def test_what_is_published_is_found_and_what_is_archived_is_not(works: Works, library: Library):
    article = await works.run(publish_article, REFUNDS)
    await works.run(publish_article, LAMPS)
    await library.refresh()
    assert await ids(library, "refund") == ["when-will-i-get-my-refund"]
    await works.run(set_article_state, article.id, "archived")
    await library.refresh()
    assert await ids(library, "refund") == []
    assert await ids(library, "lamps") == ["care-for-lamps"]


async def test_nothing_is_read_again_when_nothing_has_changed(works: Works, library: Library):
    await works.run(publish_article, REFUNDS)
    await library.refresh()
    index = library.index
    await library.refresh()
    assert library.index is index


async def test_with_a_model_meaning_is_found_that_shares_no_word(works: Works, embedder: SentenceTransformerEmbedder):
    library = Library(works, embedder)
    for one in (REFUNDS, LAMPS):
        article = await works.run(publish_article, one)
        await library.index_article(works, {"article_id": article.id})
    await library.refresh()
    assert (await ids(library, "how long until the money is back on my account"))[0] == "when-will-i-get-my-refund"
    assert await ids(library, "is there life on the moon") == []


async def test_passages_not_encoded_yet_are_taken_over_once_they_are(works: Works, embedder: SentenceTransformerEmbedder):
    library = Library(works, embedder)
    article = await works.run(publish_article, REFUNDS)
    await library.refresh()
    (held,) = library.index.articles
    assert held.vectors is not None
    assert not held.vectors.any()
    assert await embed_article(works, embedder, article.id) == 2
    assert await embed_article(works, embedder, article.id) == 0
    await library.refresh()
    (held,) = library.index.articles
    assert held.vectors is not None
    assert np.linalg.norm(held.vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


async def test_vectors_of_another_model_are_queued_to_be_made_again(works: Works, embedder: SentenceTransformerEmbedder):
    article = await works.run(publish_article, REFUNDS)
    await embed_article(works, embedder, article.id)

    async def forget_jobs_and_age(work: Work) -> None:
        await work.change(delete(Job))
        await work.change(update(Passage).where(Passage.position == 0).values(model="older"))

    await works.run(forget_jobs_and_age)
    assert await works.run(queue_indexing, embedder.name) == 1
    assert await works.run(queue_indexing, embedder.name) == 1
    async with works.read() as rows:
        assert await rows.one(select(func.count()).select_from(Job)) == 1
    library = Library(works, embedder)
    await library.refresh()
    (held,) = library.index.articles
    assert held.vectors is not None
    assert held.vectors.any(axis=1).tolist() == [False, True]
    assert await embed_article(works, embedder, article.id) == 1


async def test_search_is_by_words_until_the_index_holds_the_models_vectors(works: Works):
    embedder = LettersEmbedder()
    library = Library(works, embedder)
    article = await works.run(publish_article, REFUNDS)
    await library.refresh()
    await embedder.start()
    for arrive in ("the model is there", "and the library has seen it", "and all is encoded"):
        answer = await library.look_up("refund", least=0.1, public_only=True)
        assert [one.article.id for one in answer.found] == [article.id], arrive
        assert answer.is_by_words == (arrive != "and all is encoded"), arrive
        if "library" in arrive:
            await embed_article(works, embedder, article.id)
        await library.refresh()


async def test_each_article_is_read_once_more_when_it_is_encoded_and_words_are_arranged_once(
    works: Works, monkeypatch: pytest.MonkeyPatch
):
    read: list[str] = []
    arranged: list[int] = []
    reading, arranging = library_module.read_articles, index_module.words_of

    async def noted(rows: Rows, ids: Sequence[str]) -> Any:
        read.extend(ids)
        return await reading(rows, ids)

    def counted(articles: Sequence[IndexedArticle]) -> Any:
        arranged.append(len(articles))
        return arranging(articles)

    monkeypatch.setattr(library_module, "read_articles", noted)
    monkeypatch.setattr(index_module, "words_of", counted)
    embedder = LettersEmbedder()
    library = Library(works, embedder)
    articles = [(await works.run(publish_article, draft(f"Question {number}", "An answer."))).id for number in range(30)]
    await embedder.start()
    await library.refresh()
    read.clear()
    arranged.clear()
    for id in articles:
        await library.index_article(works, {"article_id": id})
        await library.refresh()
    assert sorted(read) == sorted(articles)
    assert arranged == []
    assert all(one.vectors is not None and one.vectors.any(axis=1).all() for one in library.index.articles)


async def test_a_help_centre_is_queued_a_few_articles_at_a_time(works: Works):
    async def forget_jobs(work: Work) -> None:
        await work.change(delete(Job))

    for number in range(QUEUED_AT_ONCE + 5):
        await works.run(publish_article, draft(f"Question {number}", "An answer."))
    await works.run(forget_jobs)
    for _ in range(2):
        assert await works.run(queue_indexing, "letters") == QUEUED_AT_ONCE
    async with works.read() as rows:
        assert await rows.one(select(func.count()).select_from(Job)) == QUEUED_AT_ONCE
