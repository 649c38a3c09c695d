"""Promises to contacts: policies and calendars with every version of theirs, what happened to each ticket, and its
clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime

IS_NEW = text("is_new")
IS_DUE_NEXT = text("ended_at IS NULL AND breached_at IS NULL AND due_at IS NOT NULL")
IS_WARNED_NEXT = text("ended_at IS NULL AND warned_at IS NULL AND warn_at IS NOT NULL")
NumberColumn = BigInteger().with_variant(Integer, "sqlite")


class SlaPolicy(Base):
    """A promise as it is now. The first whose conditions match a ticket applies. `hours_id` empty: every minute counts."""

    __tablename__ = "sla_policies"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    version: Mapped[int]
    conditions: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    targets: Mapped[list[Any]] = mapped_column(JsonColumn)
    hours_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("business_hours.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SlaPolicyVersion(Base):
    """A policy as it was once. Never changed, and kept when the policy is removed."""

    __tablename__ = "sla_policy_versions"

    policy_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    conditions: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    targets: Mapped[list[Any]] = mapped_column(JsonColumn)
    hours_id: Mapped[str | None] = mapped_column(IdColumn)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(200))


class HoursVersion(Base):
    """Business hours as they were once. Never changed, and kept when the hours are removed."""

    __tablename__ = "business_hours_versions"

    hours_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    periods: Mapped[list[Any]] = mapped_column(JsonColumn)
    closed_on: Mapped[list[Any]] = mapped_column(JsonColumn)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SlaEvent(Base):
    """Something that happened to a ticket. Triggers write these beside the rows they tell of, while there is a policy.

    `happened` is opened or state (then the columns say how the conversation stood), customer or agent (a message), terms
    (which versions apply from then on), escalation_answered (it was decided), merged or recheck (the policies changed). `is_new`
    until its clocks have been counted. `clock` is what its status said that clocks do; empty: as the category says.
    """

    __tablename__ = "sla_events"
    __table_args__ = (
        Index("ix_sla_events_conversation", "conversation_id", "id"),
        Index("ix_sla_events_new", "id", sqlite_where=IS_NEW, postgresql_where=IS_NEW),
    )

    id: Mapped[int] = mapped_column(NumberColumn, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    happened: Mapped[str] = mapped_column(String(20))
    is_new: Mapped[bool]
    category: Mapped[str | None] = mapped_column(String(20))
    priority: Mapped[str | None] = mapped_column(String(20))
    agent_id: Mapped[str | None] = mapped_column(IdColumn)
    escalation_level: Mapped[int | None]
    clock: Mapped[str | None] = mapped_column(String(10))
    policy_id: Mapped[str | None] = mapped_column(IdColumn)
    policy_version: Mapped[int | None]
    hours_id: Mapped[str | None] = mapped_column(IdColumn)
    hours_version: Mapped[int | None]


class SlaClock(Base):
    """A cycle of a clock as last counted. `warned_at` and `breached_at` are when its time came, once each."""

    __tablename__ = "sla_clocks"
    __table_args__ = (
        Index("ix_sla_clocks_due", "due_at", sqlite_where=IS_DUE_NEXT, postgresql_where=IS_DUE_NEXT),
        Index("ix_sla_clocks_warn", "warn_at", sqlite_where=IS_WARNED_NEXT, postgresql_where=IS_WARNED_NEXT),
    )

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(String(40), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    progress: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remaining_minutes: Mapped[float | None] = mapped_column(Float)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    priority: Mapped[str] = mapped_column(String(20))
    policy_id: Mapped[str | None] = mapped_column(IdColumn)
    policy_version: Mapped[int | None]
    hours_id: Mapped[str | None] = mapped_column(IdColumn)
    hours_version: Mapped[int | None]
