"""Articles are written, published, found by their address and taken back; on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.errors import Conflict, NotFound
from app.knowledge.articles import (
    get_public_article,
    publish_article,
    save_article,
    set_article_state,
)
from app.work import Works
from models import Article, Job, Passage
from tests.app.knowledge.help_centre import draft

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAMPS = draft("Lamps", "They shine.\n\n## Cleaning\n\nWith a dry cloth.", "Care")


async def passages_of(works: Works, article: Article) -> list[Passage]:
    async with works.read() as rows:
        return list(await rows.all(select(Passage).where(Passage.article_id == article.id).order_by(Passage.position)))


async def test_a_new_article_is_a_draft_until_published(works: Works):
    article = await works.run(save_article, LAMPS)
    assert (article.state, article.slug) == ("draft", "lamps")
    async with works.read() as rows:
        with pytest.raises(NotFound):
            await get_public_article(rows, "lamps")
    await works.run(set_article_state, article.id, "published")
    async with works.read() as rows:
        assert (await get_public_article(rows, "lamps")).id == article.id


async def test_its_passages_are_its_title_and_its_pieces(works: Works):
    article = await works.run(save_article, LAMPS)
    assert [(one.position, one.heading, one.text, one.vector) for one in await passages_of(works, article)] == [
        (0, "", "Lamps", None),
        (1, "", "They shine.", None),
        (2, "Cleaning", "With a dry cloth.", None),
    ]


async def test_a_change_keeps_the_vectors_of_passages_that_say_the_same(works: Works):
    article = await works.run(save_article, LAMPS)

    async def encode(work):
        await work.change(update(Passage).values(model="m", vector=b"1234"))

    await works.run(encode)
    await works.run(save_article, draft("Lamps", "They glow.\n\n## Cleaning\n\nWith a dry cloth.", "Care"), article.id)
    assert [one.vector for one in await passages_of(works, article)] == [b"1234", None, b"1234"]
    await works.run(save_article, draft("All lamps", "They glow.\n\n## Cleaning\n\nWith a dry cloth.", "Care"), article.id)
    assert [one.vector for one in await passages_of(works, article)] == [None, None, None]


async def test_every_change_queues_one_job(works: Works):
    article = await works.run(save_article, LAMPS)
    await works.run(set_article_state, article.id, "published")
    async with works.read() as rows:
        jobs = await rows.all(select(Job))
    assert [(job.kind, job.payload) for job in jobs] == [("article.index", {"article_id": article.id})]


async def test_two_articles_cannot_share_an_address_but_languages_can(works: Works):
    first = await works.run(save_article, LAMPS)
    other = await works.run(save_article, draft("Chairs", "They stand."))
    with pytest.raises(Conflict):
        await works.run(save_article, LAMPS)
    with pytest.raises(Conflict):
        await works.run(save_article, draft("Chairs", "They stand.", slug="lamps"), other.id)
    german = await works.run(save_article, draft("Lampen", "Sie leuchten.", slug="lamps", locale="de"))
    for article in (first, german):
        await works.run(set_article_state, article.id, "published")
    async with works.read() as rows:
        assert (await get_public_article(rows, "lamps", "de")).title == "Lampen"
        assert (await get_public_article(rows, "lamps", "fr")).locale == "de"


async def test_publishing_again_replaces(works: Works):
    first = await works.run(publish_article, LAMPS)
    again = await works.run(publish_article, draft("Lamps", "New text.", "Care"))
    assert again.id == first.id
    assert [one.text for one in await passages_of(works, first)] == ["Lamps", "New text."]


async def test_an_article_that_is_not_there_cannot_be_changed(works: Works):
    missing = "00000000-0000-7000-8000-000000000000"
    with pytest.raises(NotFound):
        await works.run(save_article, LAMPS, missing)
    with pytest.raises(NotFound):
        await works.run(set_article_state, missing, "published")
