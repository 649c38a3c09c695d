"""The record of changes: one row for each, with its actor, its values before and after, and its cause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime

IS_ABOUT_SETTINGS = text("conversation_id IS NULL")


class Activity(Base):
    """One change. Rows are added, never changed. The table and `by_id`, `by_name` and `detail` are older than the rest: a version
    before this writes those alone."""

    __tablename__ = "audit_lines"
    __table_args__ = (
        Index("ix_audit_lines_timeline", "conversation_id", "id"),
        Index("ix_audit_lines_object", "object_kind", "object_id", "id"),
        Index("ix_audit_lines_settings", "id", sqlite_where=IS_ABOUT_SETTINGS, postgresql_where=IS_ABOUT_SETTINGS),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    """The agent who did it; empty for any other actor."""
    by_name: Mapped[str] = mapped_column(String(200))
    conversation_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    team_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("teams.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str | None] = mapped_column(String(20))
    """Empty in rows of an older version, whose actors were all agents."""
    actor_id: Mapped[str | None] = mapped_column(String(80))
    door: Mapped[str | None] = mapped_column(String(20))
    object_kind: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[str | None] = mapped_column(String(80))
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    after: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    cause: Mapped[str | None] = mapped_column(String(200))
