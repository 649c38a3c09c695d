"""A conversation's number and promise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime


class Ticket(Base):
    """At most one per conversation. Status, owner and priority are the conversation's."""

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(60))
    opened_by_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
