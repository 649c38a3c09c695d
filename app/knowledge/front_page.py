"""The articles a widget shows before anything was asked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.contract.articles import SuggestionView
from app.work import Rows
from models import Article

MAX_ARTICLES = 4


async def front_articles(rows: Rows, languages: Sequence[str], public_url: str) -> list[SuggestionView]:
    """Return the public articles changed last, in the first of these languages that has any."""
    for language in dict.fromkeys(name.split("-")[0].lower() for name in languages if name):
        found = await rows.rows(
            select(Article.id, Article.title, Article.slug)
            .where(Article.state == "published", Article.visibility == "public", Article.locale == language)
            .order_by(Article.updated_at.desc(), Article.id)
            .limit(MAX_ARTICLES)
        )
        if found:
            url = f"{public_url.rstrip('/')}/help/"
            return [
                SuggestionView(article_id=id, title=title, heading="", passage="", url=url + slug, score=0.0, why="")
                for id, title, slug in found
            ]
    return []
