"""Articles are written, listed and deleted by those who may, and every change leaves a line; on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from app.contract.articles import ArticleRowView, SaveArticle
from app.contract.workspace import ConfigChanged
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.knowledge.article_edits import (
    ArticleFilter,
    create_article,
    get_article,
    list_articles,
    remove_article,
    replace_article,
)
from app.knowledge.articles import purge_article
from app.knowledge.embedder import NoEmbedder
from app.knowledge.library import Library
from app.people.actors import SignedInAgent
from app.people.agents import add_agent
from app.people.tokens import new_secret
from app.work import Works
from models import Activity, Article, ArticleVote, Job, Passage
from tests.app.knowledge.conftest import RecordingPublisher
from tests.factories import OPERATOR

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAMPS = SaveArticle(title="Lamps", body="They shine.", category="Care", state="published")


async def signed_in(works: Works, role: str = "admin", name: str = "Ada") -> SignedInAgent:
    view = await works.run(
        add_agent, OPERATOR, name=name, email=f"{new_secret()[:8]}@example.com", password_hash="x", role=role, capacity=4
    )
    return SignedInAgent(id=view.id, name=name, role=view.role, session="s")


async def titles(works: Works, agent: SignedInAgent, **wanted: str) -> list[str]:
    async with works.read() as rows:
        page = await list_articles(rows, agent, ArticleFilter(**wanted))
    return [article.title for article in page.articles]


def change(asked: SaveArticle, **values: object) -> SaveArticle:
    return msgspec.structs.replace(asked, **values)


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_articles_are_for_those_who_may_manage_them(works: Works, role: str):
    article = (await works.run(create_article, await signed_in(works), LAMPS)).article
    other = await signed_in(works, role, "Ana")
    for verb, args in (
        (create_article, (LAMPS,)),
        (replace_article, (LAMPS, article.id)),
        (remove_article, (article.id,)),
        (list_articles, (ArticleFilter(),)),
        (get_article, (article.id,)),
    ):
        with pytest.raises(Forbidden):
            await works.run(verb, other, *args)
    async with works.read() as rows:
        assert (await get_article(rows, await signed_in(works), article.id)).body == "They shine."


async def test_a_new_article_says_where_it_stands_and_who_wrote_it(works: Works, publisher: RecordingPublisher):
    ada = await signed_in(works)
    written = await works.run(create_article, ada, change(LAMPS, audience="internal", state="draft"))
    assert written.body == "They shine."
    assert written.article == ArticleRowView(
        id=written.article.id,
        slug="lamps",
        title="Lamps",
        category="Care",
        locale="en",
        state="draft",
        audience="internal",
        path="",
        helpful=0,
        unhelpful=0,
        edited_by="Ada",
        created_at=written.article.created_at,
        updated_at=written.article.created_at,
    )
    assert ConfigChanged(area="articles") in [one.event for one in publisher.announcements]
    public = await works.run(create_article, ada, change(LAMPS, title="Größe & Maß"))
    assert public.article.path == "/help/gr%C3%B6%C3%9Fe-ma%C3%9F"


async def test_a_replaced_article_keeps_its_address_unless_given_another(works: Works):
    ada, ben = await signed_in(works), await signed_in(works, name="Ben")
    id = (await works.run(create_article, ada, LAMPS)).article.id
    renamed = await works.run(replace_article, ben, change(LAMPS, title="All lamps", category="Light"), id)
    assert (renamed.article.slug, renamed.article.title, renamed.article.edited_by) == ("lamps", "All lamps", "Ben")
    moved = await works.run(replace_article, ada, change(LAMPS, slug="light"), id)
    assert moved.article.slug == "light"
    archived = await works.run(replace_article, ada, change(LAMPS, state="archived"), id)
    assert (archived.article.state, archived.article.path) == ("archived", "")
    async with works.read() as rows:
        lines = await rows.all(select(Activity).where(Activity.action.like("article.%")).order_by(Activity.id))
    assert [(line.action, line.by_name, line.detail.get("state_before")) for line in lines] == [
        ("article.create", "Ada", None),
        ("article.change", "Ben", None),
        ("article.change", "Ada", None),
        ("article.change", "Ada", "published"),
    ]


async def test_an_editor_does_not_overwrite_what_someone_else_just_saved(works: Works):
    ada, ben = await signed_in(works), await signed_in(works, name="Ben")
    seen = (await works.run(create_article, ada, LAMPS)).article
    works.clock = lambda: seen.updated_at + timedelta(minutes=1)
    newer = await works.run(replace_article, ben, change(LAMPS, body="They glow.", seen_at=seen.updated_at), seen.id)
    with pytest.raises(Conflict):
        await works.run(replace_article, ada, change(LAMPS, body="They burn.", seen_at=seen.updated_at), seen.id)
    kept = await works.run(replace_article, ada, change(LAMPS, body="They burn.", seen_at=newer.article.updated_at), seen.id)
    assert kept.body == "They burn."


async def test_an_article_cannot_take_a_page_of_the_help_centre(works: Works):
    written = await works.run(create_article, await signed_in(works), change(LAMPS, title="Search"))
    assert written.article.slug == "search-article"


async def test_a_deleted_article_is_gone_from_every_index_and_its_address_is_free(works: Works):
    ada = await signed_in(works)
    library = Library(works, NoEmbedder())
    id = (await works.run(create_article, ada, LAMPS)).article.id
    await library.refresh()
    assert [one.article.title for one in await library.find("lamps", least=0.1, public_only=True)] == ["Lamps"]
    await works.run(_vote, id)
    await works.run(remove_article, ada, id)
    await library.refresh()
    assert await library.find("lamps", least=0.1, public_only=True) == []
    async with works.read() as rows:
        with pytest.raises(NotFound):
            await get_article(rows, ada, id)
        assert await rows.all(select(Passage)) == []
        assert await rows.all(select(ArticleVote)) == []
        jobs = await rows.all(select(Job).where(Job.kind == "article.purge"))
        assert [(job.payload, job.run_at - job.created_at) for job in jobs] == [({"article_id": id}, timedelta(hours=1))]
    assert await titles(works, ada) == []
    with pytest.raises(NotFound):
        await works.run(remove_article, ada, id)
    assert (await works.run(create_article, ada, LAMPS)).article.slug == "lamps"
    await works.run(purge_article, {"article_id": id})
    async with works.read() as rows:
        assert await rows.one(select(Article.id).where(Article.id == id)) is None


async def _vote(work, article_id: str) -> None:
    await work.add(ArticleVote(article_id=article_id, voter="v", is_helpful=True, reason="", created_at=work.now))


async def test_the_list_is_searched_and_filtered(works: Works):
    ada = await signed_in(works)
    for asked in (
        LAMPS,
        change(LAMPS, title="Lampen", locale="de", state="draft"),
        change(LAMPS, title="Chairs 100%", category="Furniture", audience="internal"),
        change(LAMPS, title="Old chairs", category="Furniture", state="archived"),
    ):
        await works.run(create_article, ada, asked)
    assert sorted(await titles(works, ada)) == ["Chairs 100%", "Lampen", "Lamps", "Old chairs"]
    assert await titles(works, ada, query="furniture OLD") == ["Old chairs"]
    assert await titles(works, ada, query="100%") == ["Chairs 100%"]
    assert sorted(await titles(works, ada, query="lamp")) == ["Lampen", "Lamps"]
    assert await titles(works, ada, locale="de") == ["Lampen"]
    assert await titles(works, ada, state="archived") == ["Old chairs"]
    assert await titles(works, ada, audience="internal") == ["Chairs 100%"]
    assert sorted(await titles(works, ada, category="Furniture")) == ["Chairs 100%", "Old chairs"]
    async with works.read() as rows:
        page = await list_articles(rows, ada, ArticleFilter(query="nothing like it"))
    assert (page.articles, page.categories, page.locales) == ([], ["Care", "Furniture"], ["de", "en"])


async def test_pages_of_the_list_hold_each_article_once(works: Works):
    ada = await signed_in(works)
    now = works.clock()
    works.clock = lambda: now
    for number in range(7):
        await works.run(create_article, ada, change(LAMPS, title=f"Lamp {number}"))
    seen: list[str] = []
    after = None
    while True:
        async with works.read() as rows:
            page = await list_articles(rows, ada, ArticleFilter(), after, 3)
        seen += [article.title for article in page.articles]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == [f"Lamp {number}" for number in range(7)]
    async with works.read() as rows:
        for broken in ("x", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwgIngiXQ"):
            with pytest.raises(Invalid):
                await list_articles(rows, ada, ArticleFilter(), broken)
