"""Readers' answers to "Was this helpful?"."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import update

from app.knowledge.articles import get_public_article
from app.text import clean_text
from app.work import Work
from models import ArticleVote

MAX_REASON = 500


async def vote_on_article(
    work: Work, slug: str, locale: str, is_helpful: bool, reason: str, *, address: str, secret: str
) -> None:
    """Count a reader's vote on a public article. A second one on the same day, from the same address, replaces the first.
    Raises NotFound."""
    article = await get_public_article(work, slug, locale)
    voter = voter_of(secret, address, article.id, work.now)
    values = {
        "is_helpful": is_helpful,
        "reason": "" if is_helpful else clean_text(reason)[:MAX_REASON],
        "created_at": work.now,
    }
    if not await work.add_unless_there(ArticleVote(article_id=article.id, voter=voter, **values)):
        await work.change(
            update(ArticleVote).where(ArticleVote.article_id == article.id, ArticleVote.voter == voter).values(**values)
        )


def voter_of(secret: str, address: str, article_id: str, now: datetime) -> str:
    """Return a name for a reader that is theirs for one article and one day, and says nothing about their address."""
    said = f"article vote\n{now.date().isoformat()}\n{article_id}\n{address}"
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()
