"""Votes: one a reader, article and day, whatever they do; and nobody can be found by them. On SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.contract.articles import SaveArticle
from app.errors import NotFound
from app.knowledge.article_edits import ArticleFilter, create_article, get_article, list_articles
from app.knowledge.articles import publish_article, save_article
from app.knowledge.contents import Contents
from app.knowledge.votes import MAX_REASON, vote_on_article
from app.work import Works
from models import ArticleVote
from tests.app.knowledge.help_centre import draft
from tests.app.knowledge.test_editing import signed_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def vote(works: Works, is_helpful: bool, reason: str = "", *, address: str = "192.0.2.1", slug: str = "lamps") -> None:
    await works.run(vote_on_article, slug, "en", is_helpful, reason, address=address, secret="s" * 32)


async def test_a_reader_is_counted_once_a_day_and_may_change_their_mind(works: Works):
    ada = await signed_in(works)
    asked = SaveArticle(title="Lamps", body="They shine.", category="Care", state="published")
    id = (await works.run(create_article, ada, asked)).article.id
    now = works.clock()
    works.clock = lambda: now
    for _ in range(3):
        await vote(works, True)
    await vote(works, False, "Which bulb\x00 fits? " + "x" * MAX_REASON)
    await vote(works, True, address="192.0.2.2")

    async def counted() -> tuple[int, int]:
        async with works.read() as rows:
            (row,) = (await list_articles(rows, ada, ArticleFilter())).articles
        return row.helpful, row.unhelpful

    assert await counted() == (1, 1)
    async with works.read() as rows:
        reasons = (await get_article(rows, ada, id)).reasons
        votes = await rows.all(select(ArticleVote))
    assert [one.text[:17] for one in reasons] == ["Which bulb fits? "]
    assert len(reasons[0].text) == MAX_REASON
    assert not any("192" in one.voter for one in votes)
    works.clock = lambda: now + timedelta(days=1)
    await vote(works, True)
    assert await counted() == (2, 1)


async def test_only_what_readers_can_open_is_voted_on(works: Works):
    await works.run(save_article, draft("Drafts", "Soon."))
    for slug in ("drafts", "nothing"):
        with pytest.raises(NotFound):
            await vote(works, True, slug=slug)


async def test_contents_are_read_again_when_something_changed_and_every_ten_seconds(works: Works):
    seconds = 0.0
    contents = Contents(lambda: seconds)

    async def titles() -> list[str]:
        async with works.read() as rows:
            return [entry.title for entry in (await contents.read(rows)).entries]

    assert await titles() == []
    await works.run(publish_article, draft("Lamps", "They shine."))
    await works.run(save_article, draft("Drafts", "Soon."))
    assert await titles() == ["Lamps"]
    earlier = works.clock() - timedelta(hours=1)
    works.clock = lambda: earlier
    await works.run(publish_article, draft("Chairs", "They stand."))
    assert await titles() == ["Lamps"]
    seconds = 11.0
    assert await titles() == ["Chairs", "Lamps"]
