"""The doorways conversations arrive by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class Inbox(Base):
    """A doorway. `key` names it in the widget's script tag; `allowed_origins` are the sites that may frame it,
    empty for any; `identity_secret` signs who a visitor is; with `shows_visitors` the launcher says which page a visitor
    is on and may greet them, before anybody has opened the chat; with `previews_typing` agents see what a visitor is typing; without `hours_id` it is always open."""

    __tablename__ = "inboxes"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(20))
    team_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("teams.id"))
    hours_id: Mapped[str | None] = mapped_column(IdColumn)
    greeting: Mapped[str] = mapped_column(Text)
    color: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(35))
    allowed_origins: Mapped[list[Any]] = mapped_column(JsonColumn)
    identity_secret: Mapped[str] = mapped_column(String(200))
    asks_email: Mapped[bool]
    previews_typing: Mapped[bool | None]
    shows_visitors: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
