"""Supervisors' settings and actions: when a queue needs attention, and who looked into or moved which conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class TeamThresholds(Base):
    """From which figures on a team's queue needs somebody, and how soon its first answer is promised."""

    __tablename__ = "team_thresholds"

    team_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("teams.id"), primary_key=True)
    waiting_count: Mapped[int]
    longest_seconds: Mapped[int]
    p90_seconds: Mapped[int]
    answer_seconds: Mapped[int]
    set_by_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditLine(Base):
    """Something done by right of a role, by whom and to what. Lines are added, never changed."""

    __tablename__ = "audit_lines"
    __table_args__ = (
        Index("ix_audit_lines_created", "created_at"),
        Index("ix_audit_lines_conversation", "conversation_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    conversation_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    team_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("teams.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
