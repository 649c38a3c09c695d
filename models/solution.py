"""Solutions of tickets, as they are reviewed, proposed to the customer and answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime

IS_UNDER_WAY = text("state IN ('draft', 'in_review', 'proposed')")


class Solution(Base):
    """A solution of a conversation. `state` is draft, in_review, proposed, approved, rejected or withdrawn; at most one of a
    conversation is under way. `answer` is the customer's word, `review_note` the reviewer's; one that nobody answered in time
    is approved with `is_silent`."""

    __tablename__ = "solutions"
    __table_args__ = (
        Index(
            "uq_solutions_one_under_way", "conversation_id", unique=True, sqlite_where=IS_UNDER_WAY, postgresql_where=IS_UNDER_WAY
        ),
        Index("ix_solutions_conversation", "conversation_id", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    steps: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(60))
    article_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("articles.id"))
    author_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    reviewer_name: Mapped[str] = mapped_column(String(200))
    review_note: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    is_silent: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
