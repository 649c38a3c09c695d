"""Statuses as admins name them."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Status(Base):
    """A name for where a conversation stands; `category` is what it amounts to."""

    __tablename__ = "statuses"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
