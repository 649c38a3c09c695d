"""Invitations to become an agent, one-time links to a new password, and the workspace itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class AgentInvitation(Base):
    """An address that was invited to join. The link holds the secret, the row only its hash; inviting again replaces it.

    `pending_email` is the address while the invitation can still be accepted or renewed, empty afterwards, so that an
    address has at most one.
    """

    __tablename__ = "agent_invitations"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    pending_email: Mapped[str | None] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    team_ids: Mapped[list[Any]] = mapped_column(JsonColumn)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasswordReset(Base):
    """A one-time link to choose a new password. `created_by_id` is the admin who made it, empty when the agent asked."""

    __tablename__ = "password_resets"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"), index=True)
    created_by_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Workspace(Base):
    """The one row of the workspace: its name, as titles and mails say it, and whether the setup checklist is hidden.

    After `close_days` a resolved conversation closes, after `solution_silent_days` a proposal counts as approved; 0 is never.
    """

    __tablename__ = "workspace"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    is_checklist_hidden: Mapped[bool]
    solution_silent_days: Mapped[int | None]
    close_days: Mapped[int | None]
    changed_by_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
