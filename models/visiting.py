"""The pages contacts were on, and our first messages to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime


class PageVisit(Base):
    """A page a contact was on. `left_at` moves while they stay. Only the latest are kept."""

    __tablename__ = "page_visits"
    __table_args__ = (Index("ix_page_visits_contact", "contact_id", "visited_at"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    contact_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("contacts.id"))
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(200))
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A message an agent wrote to a visitor who had not asked. `contact_id` names nobody's row until the visitor answers."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index("ix_invitations_contact", "contact_id", "created_at"),
        UniqueConstraint("agent_id", "client_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    inbox_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    contact_id: Mapped[str] = mapped_column(IdColumn)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProactiveMessage(Base):
    """A message visitors are shown by rule. Empty conditions hold for everybody; `agent_id` empty speaks as the inbox.

    `page` is a pattern with `*`; `visitor` is any, new or returning; `staffing` is any, staffed or unstaffed;
    `every_days` is how long one visitor is left alone after seeing it.
    """

    __tablename__ = "proactive_messages"
    __table_args__ = (Index("ix_proactive_messages_inbox", "inbox_id", "position"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    inbox_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    is_on: Mapped[bool]
    page: Mapped[str] = mapped_column(String(500))
    locale: Mapped[str] = mapped_column(String(35))
    visitor: Mapped[str] = mapped_column(String(20))
    staffing: Mapped[str] = mapped_column(String(20))
    after_seconds: Mapped[int]
    every_days: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    shown_count: Mapped[int]
    answered_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
