"""Articles and the passages they are found by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime


class Article(Base):
    """A knowledge-base entry in Markdown. `state` is draft, published, archived or, until every
    node has dropped it, deleted; `visibility` is public or internal."""

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("slug", "locale"), Index("ix_articles_category", "state", "category"))

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    slug: Mapped[str] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(35))
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    visibility: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    edited_by_id: Mapped[str | None] = mapped_column(IdColumn)


class ArticleVote(Base):
    """A reader's answer to "Was this helpful?". `voter` is a keyed hash of the reader's address, the day and the article:
    it counts a reader once a day and cannot be turned back into an address."""

    __tablename__ = "article_votes"
    __table_args__ = (Index("ix_article_votes_created_at", "article_id", "created_at"),)

    article_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("articles.id"), primary_key=True)
    voter: Mapped[str] = mapped_column(String(64), primary_key=True)
    is_helpful: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Passage(Base):
    """A piece of an article; position 0 is its title alone. `vector` is little-endian float32, made by `model`;
    both are empty until embedded."""

    __tablename__ = "passages"
    __table_args__ = (UniqueConstraint("article_id", "position"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    article_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("articles.id"))
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(String(120))
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
