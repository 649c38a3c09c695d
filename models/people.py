"""Contacts, agents, teams, and what proves who somebody is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class Contact(Base):
    """A person we help: one row from the first message on.

    `external_id` is the customer's own key, set only by a signed identity. `company`, `phone`, `notes` and `facts`
    (names and values) are what agents have written down; `timezone` and `browser` are what the visitor's browser says.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("inbox_id", "external_id"),
        *(
            Index(f"ix_contacts_lower_{name}", text(f"lower({name}){collation}")).ddl_if(dialect)
            for dialect, collation in (("postgresql", ' COLLATE "C"'), ("sqlite", ""))
            for name in ("name", "email", "phone")
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    inbox_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    external_id: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    is_verified: Mapped[bool]
    locale: Mapped[str] = mapped_column(String(35))
    page_url: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(String(40))
    company: Mapped[str | None] = mapped_column(String(200))
    notes: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    timezone: Mapped[str | None] = mapped_column(String(60))
    browser: Mapped[str | None] = mapped_column(String(400))
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VoidedVisitorSession(Base):
    """A session of a visitor in a browser that has ended: by signing out, or because its contact was verified since.

    `id` is the session's, or the contact's where an anonymous visitor had none of its own.
    """

    __tablename__ = "voided_visitor_sessions"
    __table_args__ = (Index("ix_voided_visitor_sessions_voided_at", "voided_at"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    voided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Agent(Base):
    """Someone who answers. `presence` is what they chose; it holds only while `lease_until` lies ahead.

    `presence_reason` is the name of the reason, `presence_by_id` the supervisor who set it for them. `is_idle`: away only
    because nobody touched a key; not while `awake_until` lies ahead, which every node renews with the lease that has a
    browser of theirs somebody touches. `left_at` is when the lease lapsed, until the grace after it is over. `idle_seconds` is
    how long without a touch counts as idle, empty for never. `channel_capacity` bounds single channels. Routing gives nothing to
    one with `takes_chats` false (empty: true); they may claim, and be given by hand.
    """

    __tablename__ = "agents"
    __table_args__ = (Index("ix_agents_lease", "lease_until"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    capacity: Mapped[int]
    is_active: Mapped[bool]
    presence: Mapped[str] = mapped_column(String(20))
    presence_since: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    presence_reason: Mapped[str | None] = mapped_column(String(60))
    presence_by_id: Mapped[str | None] = mapped_column(IdColumn)
    is_idle: Mapped[bool | None]
    awake_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    idle_seconds: Mapped[int | None]
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    skills: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    languages: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    channel_capacity: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    takes_chats: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Team(Base):
    """A group of agents. `mode` is how one of them is chosen (empty: least load); `accept_seconds` how long an offer may
    stay untaken (empty or 0: nobody needs to accept); `lead_id` who is asked when nobody takes it; `takes_on_reply` whether a
    reply to a conversation without an owner makes it the writer's (empty: it does). An archived team is offered nowhere."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    mode: Mapped[str | None] = mapped_column(String(20))
    accept_seconds: Mapped[int | None]
    lead_id: Mapped[str | None] = mapped_column(IdColumn)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    takes_on_reply: Mapped[bool | None]
    reviews_solutions: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TeamMember(Base):
    """An agent is in a team."""

    __tablename__ = "team_members"

    team_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("teams.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"), primary_key=True, index=True)


class AgentSession(Base):
    """A sign-in. The cookie holds the secret, the row only its hash. `last_seen_at` is noted while it is connected."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"), index=True)
    user_agent: Mapped[str] = mapped_column(String(300))
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A key for a program that acts as an agent."""

    __tablename__ = "api_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
