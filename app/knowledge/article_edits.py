"""Articles as agents who may manage them write, list and delete them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, cast
from urllib.parse import quote

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Select, and_, case, func, or_, select

from app.activity.record import record
from app.contract.articles import (
    ArticleIs,
    ArticlePage,
    ArticleReasonView,
    ArticleRowView,
    ArticleState,
    SaveArticle,
)
from app.contract.values import Id, Visibility
from app.errors import Conflict, Invalid, NotFound
from app.knowledge.articles import DELETED, ArticleDraft, delete_article, save_article
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.text import clean_line
from app.work import Rows, Work
from models import Agent, Article, ArticleVote

AwareTime = Annotated[datetime, Meta(tz=True)]
MAX_PAGE = 100
MAX_REASONS = 20
MAX_WORDS = 8
LIST_COLUMNS = (
    Article.id,
    Article.slug,
    Article.title,
    Article.category,
    Article.locale,
    Article.state,
    Article.visibility,
    Article.created_at,
    Article.updated_at,
    Agent.name.label("edited_by"),
)


class ArticleFilter(Struct, frozen=True, kw_only=True):
    """Filter of the article list; an empty field narrows nothing."""

    query: str = ""
    category: str = ""
    locale: str = ""
    state: ArticleState | None = None
    audience: Visibility | None = None


async def create_article(work: Work, agent: SignedInAgent, asked: SaveArticle) -> ArticleIs:
    """Write a new article. Raises Forbidden, Invalid, or Conflict when its address is taken in this language."""
    require(Permission.PUBLISH_ARTICLES, agent)
    article = await save_article(work, draft_of(asked, asked.slug), state=asked.state, edited_by_id=agent.id)
    await _note(work, agent, "article.create", article)
    return await get_article(work, agent, article.id)


async def replace_article(work: Work, agent: SignedInAgent, asked: SaveArticle, article_id: str) -> ArticleIs:
    """Replace an article. Raises Forbidden, Invalid, NotFound, or Conflict when its address is taken or someone else has
    changed it since the editor looked."""
    require(Permission.PUBLISH_ARTICLES, agent)
    found = await work.one(select(Article).where(Article.id == article_id, Article.state != DELETED).with_for_update())
    if found is None:
        raise NotFound("article", article_id)
    if asked.seen_at is not None and asked.seen_at != found.updated_at:
        raise Conflict("Someone else just changed this article. Reload to see it.")
    before = found.state
    article = await save_article(
        work, draft_of(asked, asked.slug or found.slug), article_id, state=asked.state, edited_by_id=agent.id
    )
    await _note(work, agent, "article.change", article, state_before=before if before != article.state else None)
    return await get_article(work, agent, article_id)


async def remove_article(work: Work, agent: SignedInAgent, article_id: str) -> None:
    """Delete an article for good. Raises Forbidden or NotFound."""
    require(Permission.PUBLISH_ARTICLES, agent)
    title = await work.one(select(Article.title).where(Article.id == article_id))
    await delete_article(work, article_id)
    record(work, agent, "article.delete", title=title)
    announce_config(work, "articles")


async def get_article(rows: Rows, agent: SignedInAgent, article_id: str) -> ArticleIs:
    """Return an article with its text and what readers missed. Raises Forbidden or NotFound."""
    require(Permission.PUBLISH_ARTICLES, agent)
    found = await rows.rows(_listed(Article.body).where(Article.id == article_id, Article.state != DELETED))
    if not found:
        raise NotFound("article", article_id)
    reasons = await rows.rows(
        select(ArticleVote.reason, ArticleVote.created_at)
        .where(ArticleVote.article_id == article_id, ArticleVote.reason != "")
        .order_by(ArticleVote.created_at.desc())
        .limit(MAX_REASONS)
    )
    (view,) = await _views(rows, found)
    return ArticleIs(
        article=view,
        body=found[0].body,
        reasons=[ArticleReasonView(text=row.reason, created_at=row.created_at) for row in reasons],
    )


async def list_articles(
    rows: Rows, agent: SignedInAgent, wanted: ArticleFilter, after: str | None = None, limit: int = 50
) -> ArticlePage:
    """Return a page of articles, the last edited first. Raises Forbidden, or Invalid for a broken cursor."""
    require(Permission.PUBLISH_ARTICLES, agent)
    limit = max(1, min(limit, MAX_PAGE))
    statement = _listed().where(Article.state != DELETED)
    if wanted.category:
        statement = statement.where(Article.category == wanted.category)
    if wanted.locale:
        statement = statement.where(Article.locale == wanted.locale)
    if wanted.state:
        statement = statement.where(Article.state == wanted.state)
    if wanted.audience:
        statement = statement.where(Article.visibility == wanted.audience)
    for word in clean_line(wanted.query).lower().split()[:MAX_WORDS]:
        text = func.lower(Article.title + " " + Article.category + " " + Article.slug)
        statement = statement.where(text.contains(word, autoescape=True))
    if after:
        moment, id = _read_cursor(after)
        behind = or_(Article.updated_at < moment, and_(Article.updated_at == moment, Article.id < id))
        statement = statement.where(Article.updated_at <= moment, behind)
    found = await rows.rows(statement.order_by(Article.updated_at.desc(), Article.id.desc()).limit(limit + 1))
    views = await _views(rows, found[:limit])
    in_use = select(Article.category).where(Article.state != DELETED).distinct().order_by(Article.category)
    spoken = select(Article.locale).distinct().order_by(Article.locale)
    return ArticlePage(
        articles=views,
        next=_cursor_of(views[-1]) if len(found) > limit else None,
        categories=list(await rows.all(in_use)),
        locales=list(await rows.all(spoken)),
    )


def draft_of(asked: SaveArticle, slug: str) -> ArticleDraft:
    """Return the request as an author's draft."""
    return ArticleDraft(
        title=asked.title,
        category=asked.category,
        body=asked.body,
        slug=slug,
        locale=asked.locale,
        visibility=asked.audience,
    )


def path_of(slug: str, state: str, visibility: str) -> str:
    """An article's address in the help centre, empty unless readers can open it."""
    return f"/help/{quote(slug)}" if state == "published" and visibility == "public" else ""


def _listed(*more: Any) -> Select[*tuple[Any, ...]]:
    return select(*LIST_COLUMNS, *more).outerjoin(Agent, Agent.id == Article.edited_by_id)


async def _views(rows: Rows, found: Sequence[Any]) -> list[ArticleRowView]:
    ids = [row.id for row in found]
    votes: dict[str, tuple[int, int]] = {}
    if ids:
        counted = await rows.rows(
            select(
                ArticleVote.article_id,
                func.sum(case((ArticleVote.is_helpful, 1), else_=0)).label("helpful"),
                func.count().label("all"),
            )
            .where(ArticleVote.article_id.in_(ids))
            .group_by(ArticleVote.article_id)
        )
        votes = {row.article_id: (int(row.helpful), int(row.all)) for row in counted}
    return [
        ArticleRowView(
            id=row.id,
            slug=row.slug,
            title=row.title,
            category=row.category,
            locale=row.locale,
            state=cast(ArticleState, row.state),
            audience=cast(Visibility, row.visibility),
            path=path_of(row.slug, row.state, row.visibility),
            helpful=votes.get(row.id, (0, 0))[0],
            unhelpful=votes.get(row.id, (0, 0))[1] - votes.get(row.id, (0, 0))[0],
            edited_by=row.edited_by,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in found
    ]


async def _note(work: Work, agent: SignedInAgent, action: str, article: Article, **more: Any) -> None:
    record(work, agent, action, article_id=article.id, title=article.title, state=article.state, **more)
    announce_config(work, "articles")


def _cursor_of(last: ArticleRowView) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((last.updated_at, last.id))).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        held = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=tuple[AwareTime, Id])
    except (ValueError, msgspec.DecodeError, msgspec.ValidationError):
        raise Invalid("This page link is no longer valid. Start from the first page.") from None
    return held
