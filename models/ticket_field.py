"""Fields that admins add to the tickets of an inbox, and their values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class TicketField(Base):
    """A question that tickets of an inbox answer. `names` and `helps` map a language to the text in it. One that was removed
    keeps its values and is asked no more."""

    __tablename__ = "ticket_fields"
    __table_args__ = (Index("ix_ticket_fields_inbox", "inbox_id", "position"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    inbox_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    names: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    help: Mapped[str] = mapped_column(String(200))
    options: Mapped[list[Any]] = mapped_column(JsonColumn)
    is_required_to_open: Mapped[bool]
    is_required_to_resolve: Mapped[bool]
    is_shown: Mapped[bool]
    position: Mapped[int]
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TicketFieldValue(Base):
    """An answer. A file is named by the id of its attachment."""

    __tablename__ = "ticket_field_values"
    __table_args__ = (Index("ix_ticket_field_values_value", "field_id", "value"),)

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    field_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("ticket_fields.id"), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
