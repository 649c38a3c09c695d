"""Writing, publishing and reading articles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from sqlalchemy import delete, select, update

from app.clock import new_id
from app.errors import Conflict, Invalid, NotFound
from app.job_kinds import KNOWLEDGE, JobKind, does
from app.knowledge.passages import Piece, embedded_text, passages_of
from app.text import clean_line, clean_text
from app.work import Rows, Work
from models import Article, ArticleVote, Passage

INDEX_JOB = JobKind(name="article.index", queue=KNOWLEDGE, timeout=120.0, unique_by=("article_id",))
PURGE_JOB = JobKind(name="article.purge", unique_by=("article_id",))
PURGE_AFTER = timedelta(hours=1)
DELETED = "deleted"
RESERVED_SLUGS = frozenset({"search", "c"})
SLUG_LENGTH = 100
BODY_LENGTH = 100_000

State = Literal["draft", "published", "archived"]
ArticleVisibility = Literal["public", "internal"]


class ArticleDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Article as its author writes it. Without a slug, one is made from the title. Internal articles are for agents only."""

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    category: Annotated[str, Meta(min_length=1, max_length=60)]
    body: Annotated[str, Meta(min_length=1, max_length=BODY_LENGTH)]
    slug: Annotated[str, Meta(max_length=SLUG_LENGTH)] = ""
    locale: Annotated[str, Meta(min_length=2, max_length=35, pattern=r"^[A-Za-z0-9-]+$")] = "en"
    visibility: ArticleVisibility = "public"


async def save_article(
    work: Work,
    draft: ArticleDraft,
    article_id: str | None = None,
    *,
    state: State | None = None,
    edited_by_id: str | None = None,
) -> Article:
    """Write a new article, or the next text of one. Without a `state` it keeps the one it has, and a new one is a draft.

    Suggestions go on with the old text until the new one is indexed, moments later. Raises Conflict when another
    article has the slug in this language.
    """
    title, category, body = clean_line(draft.title), clean_line(draft.category), clean_text(draft.body)
    if not (title and category and body):
        raise Invalid("An article needs a title, a category and a text.")
    slug = free_slug(draft.slug or title)
    taken = await work.one(select(Article.id).where(Article.slug == slug, Article.locale == draft.locale))
    if taken is not None and taken != article_id:
        raise Conflict("Another article in this language already uses this address.")
    values = {
        "slug": slug,
        "locale": draft.locale,
        "title": title,
        "category": category,
        "body": body,
        "visibility": draft.visibility,
        "edited_by_id": edited_by_id,
    }
    if article_id is None:
        article = await work.add(Article(id=new_id(), state=state or "draft", created_at=work.now, updated_at=work.now, **values))
        await work.later(INDEX_JOB, {"article_id": article.id})
        await _add_passages(work, article, {})
        return article
    vectors = await _vectors_by_text(work, article_id)
    article = await _change(work, article_id, **values, **({"state": state} if state else {}))
    await work.change(delete(Passage).where(Passage.article_id == article_id))
    await _add_passages(work, article, vectors)
    return article


async def set_article_state(work: Work, article_id: str, state: State) -> Article:
    """Publish, take back or archive. Only published articles are shown and suggested."""
    return await _change(work, article_id, state=state)


async def delete_article(work: Work, article_id: str) -> None:
    """Remove an article, its passages and its votes. An empty row stays for an hour, so that every node's index sees
    that the article has gone. Raises NotFound."""
    found = await work.one(select(Article.id).where(Article.id == article_id, Article.state != DELETED).with_for_update())
    if found is None:
        raise NotFound("article", article_id)
    await work.change(delete(Passage).where(Passage.article_id == article_id))
    await work.change(delete(ArticleVote).where(ArticleVote.article_id == article_id))
    await _change(work, article_id, state=DELETED, slug=f"-{article_id}", title="", category="", body="")
    await work.later(PURGE_JOB, {"article_id": article_id}, after=PURGE_AFTER)


@does(PURGE_JOB)
async def purge_article(work: Work, payload: dict[str, Any]) -> None:
    """Remove the empty row of a deleted article."""
    await work.change(delete(Article).where(Article.id == str(payload["article_id"]), Article.state == DELETED))


async def publish_article(work: Work, draft: ArticleDraft) -> Article:
    """Write an article and publish it at once; one with its slug and language is replaced."""
    slug = free_slug(draft.slug or draft.title)
    existing = await work.one(select(Article.id).where(Article.slug == slug, Article.locale == draft.locale))
    article = await save_article(work, draft, existing)
    return article if article.state == "published" else await set_article_state(work, article.id, "published")


async def get_public_article(rows: Rows, slug: str, locale: str = "en") -> Article:
    """A published article as visitors may see it, in the language asked for or else any. Raises NotFound."""
    found = await rows.all(_public().where(Article.slug == slug).order_by(Article.locale))
    if not found:
        raise NotFound("article", slug)
    return next((article for article in found if article.locale == locale), found[0])


def free_slug(text: str) -> str:
    """The slug of a text, unless the help centre has a page of its own there: then that with `-article` behind it."""
    slug = slug_of(text)
    return f"{slug}-article" if slug in RESERVED_SLUGS else slug


def slug_of(text: str) -> str:
    """The last part of an article's address: letters and digits of any script, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", text).lower()
    slug = re.sub(r"[\W_]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-")
    if not slug:
        raise Invalid("An article's address needs at least one letter or digit.")
    return slug


def _public():
    return select(Article).where(Article.state == "published", Article.visibility == "public")


async def _change(work: Work, article_id: str, **values: object) -> Article:
    changed = await work.one(
        update(Article).where(Article.id == article_id).values(updated_at=work.now, **values).returning(Article)
    )
    if changed is None:
        raise NotFound("article", article_id)
    await work.later(INDEX_JOB, {"article_id": article_id})
    return changed


async def _vectors_by_text(work: Work, article_id: str) -> dict[str, Passage]:
    """The passages that stand now, by what they were encoded from. The article's row is locked meanwhile."""
    title = await work.one(select(Article.title).where(Article.id == article_id).with_for_update())
    passages = await work.all(select(Passage).where(Passage.article_id == article_id))
    return {text_to_embed(title or "", passage): passage for passage in passages}


async def _add_passages(work: Work, article: Article, known: Mapping[str, Passage]) -> None:
    """Position 0 is the title alone. A passage that would be encoded from the same words as before keeps its vector."""
    for position, piece in enumerate([Piece("", article.title), *passages_of(article.body)]):
        passage = Passage(
            id=new_id(), article_id=article.id, position=position, heading=piece.heading, text=piece.text, model="", vector=None
        )
        if same := known.get(text_to_embed(article.title, passage)):
            passage.model, passage.vector = same.model, same.vector
        await work.add(passage)


def text_to_embed(title: str, passage: Passage) -> str:
    """Return the text a passage's vector is made from."""
    return embedded_text(title, passage.heading, passage.text) if passage.position else title
