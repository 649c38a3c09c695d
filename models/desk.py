"""The agents' toolbox: drafts, saved views, canned responses, macros."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class Draft(Base):
    """A draft an agent has begun to write in a conversation. Gone once it is sent or empty."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_changed", "agent_id", "changed_at"),)

    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True, index=True)
    visibility: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[Any]] = mapped_column(JsonColumn)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedView(Base):
    """A filter with a name. `agent_id` is whose it is, empty when it is shared by all. `tickets` is what only a list of tickets
    has; empty for a list of conversations."""

    __tablename__ = "saved_views"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    filter: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    tickets: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CannedResponse(Base):
    """A text with variables, found by its shortcut. `agent_id` as in saved views."""

    __tablename__ = "canned_responses"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"), index=True)
    shortcut: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Macro(Base):
    """A named list of actions. `agent_id` as in saved views."""

    __tablename__ = "macros"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    steps: Mapped[list[Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
