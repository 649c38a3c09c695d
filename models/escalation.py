"""Escalations: a colleague is asked to decide about a conversation, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime

IS_ASKED = text("state = 'open'")


class Escalation(Base):
    """A request for a decision about a conversation.

    `state` is open, approved, declined or withdrawn; at most one of a conversation is open. Without `approver_id` any
    supervisor of `team_id` decides. `substitute_id` may decide besides, because the approver was away when it was asked.
    `asked_by_id` is empty when the rule `rule_id` asked.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        Index("uq_escalations_one_open", "conversation_id", unique=True, sqlite_where=IS_ASKED, postgresql_where=IS_ASKED),
        Index("ix_escalations_conversation", "conversation_id", "id"),
        Index("ix_escalations_open", "id", sqlite_where=IS_ASKED, postgresql_where=IS_ASKED),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    level: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    asked_by_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    rule_id: Mapped[str | None] = mapped_column(IdColumn)
    approver_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    substitute_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    team_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("teams.id"))
    decided_by_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    decided_by_name: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
