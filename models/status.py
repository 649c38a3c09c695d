"""Statuses as admins name them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, JsonColumn, UtcDateTime


class Status(Base):
    """A name for where a conversation stands; `category` is what it amounts to and never changes.

    `names` maps a language to the name in it; `name` is shown in every other. `clock` is what SLA clocks do in it; empty: as
    its category says. `next_keys` are the statuses that may follow; empty: any. A retired one can no longer be chosen:
    `replaced_by` takes its place wherever it is asked for.
    """

    __tablename__ = "statuses"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    names: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    color: Mapped[str | None] = mapped_column(String(20))
    clock: Mapped[str | None] = mapped_column(String(10))
    next_keys: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    replaced_by: Mapped[str | None] = mapped_column(String(40))
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_by: Mapped[str | None] = mapped_column(String(200))
