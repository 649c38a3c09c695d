"""Links between tickets, and the agents who follow one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime


class TicketLink(Base):
    """A link between the tickets of two conversations. `kind` is related (either way round), child (`from_id` is the child of
    `to_id`) or duplicate (`from_id` is a duplicate of `to_id`)."""

    __tablename__ = "ticket_links"
    __table_args__ = (UniqueConstraint("from_id", "to_id"), Index("ix_ticket_links_to", "to_id"))

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    from_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    to_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    made_by_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketWatcher(Base):
    """An agent follows a ticket."""

    __tablename__ = "ticket_watchers"

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
