"""The doorways conversations arrive by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class Inbox(Base):
    """A doorway. `key` names it in the widget's script tag and never changes; `allowed_origins` are the sites that may frame
    it, empty for any; `identity_secret` signs who a visitor is; without `hours_id` it is always open.

    `texts` maps a language to its greeting and away text; `greeting` is the one of `locale`. `form` holds the fields asked
    for before or after the first message. Empty columns stand for their defaults: an inbox made by an older version has
    them, and there `asks_email` says what `email_prompt` would. An archived inbox takes no new conversations.
    """

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
    languages: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    texts: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    position: Mapped[str | None] = mapped_column(String(10))
    launcher: Mapped[str | None] = mapped_column(String(20))
    site_url: Mapped[str | None] = mapped_column(Text)
    allowed_origins: Mapped[list[Any]] = mapped_column(JsonColumn)
    identity_secret: Mapped[str] = mapped_column(String(200))
    secret_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asks_email: Mapped[bool]
    email_prompt: Mapped[str | None] = mapped_column(String(10))
    form: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    previews_typing: Mapped[bool | None]
    shows_visitors: Mapped[bool | None]
    shows_history: Mapped[bool | None]
    shows_suggestions: Mapped[bool | None]
    allows_files: Mapped[bool | None]
    hides_escalations: Mapped[bool | None]
    has_web_form: Mapped[bool | None]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_by: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InboxSighting(Base):
    """A site whose script tag asked for an inbox by this key. `inbox_id` is empty when no inbox has the key; `outcome` is
    ok, blocked (the site is not allowed) or unknown_key. One row for a key and a site, the latest page in it."""

    __tablename__ = "inbox_sightings"
    __table_args__ = (
        UniqueConstraint("key", "origin", name="uq_inbox_sightings_key_origin"),
        Index("ix_inbox_sightings_seen", "seen_at"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    inbox_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    key: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(300))
    page: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(20))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
