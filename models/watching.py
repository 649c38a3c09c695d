"""Supervisors' settings: when a queue needs attention."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime


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
