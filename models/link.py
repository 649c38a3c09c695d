"""Links between tickets, tickets merged into others, and the agents who follow one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime

IS_MERGED = text("undone_at IS NULL")


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


class Merge(Base):
    """A conversation was merged into another. What was written to it stays there and is shown in the other; `before` is how it
    stood, and `carried` what the other took over (`tags`, `watcher_ids`). Once undone it is only history."""

    __tablename__ = "merges"
    __table_args__ = (
        Index("uq_merges_source", "source_id", unique=True, sqlite_where=IS_MERGED, postgresql_where=IS_MERGED),
        Index("ix_merges_target", "target_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    source_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    target_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    made_by_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    carried: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    undone_by_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DismissedLookalike(Base):
    """An agent has said that two conversations, in the order of their ids, are not about the same."""

    __tablename__ = "dismissed_lookalikes"

    one_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    other_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    dismissed_at: Mapped[datetime] = mapped_column(UtcDateTime)
