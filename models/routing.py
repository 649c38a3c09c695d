"""Routing of conversations to agents: rules, what each conversation needs, hours, and what visitors were promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime

IS_OVER = text("waited_seconds IS NOT NULL")


class RoutingRule(Base):
    """A rule: when these conditions hold, then this team, these skills, this priority. The first rule that matches wins."""

    __tablename__ = "routing_rules"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    is_enabled: Mapped[bool]
    conditions: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    actions: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Routing(Base):
    """The needs of a conversation as the rules decided them, and how far its offers have come.

    `fields` are what the visitor filled in (name to value). `overflow` holds the teams still to come, each with the seconds it is given; `overflow_at` is when the next one is
    due. `passed` are agents who declined it or let the offer lapse; `rung` is how high the offers have climbed. `givers` handed it over
    themselves and are given it again only when nobody else is left.
    """

    __tablename__ = "routings"

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    rule_id: Mapped[str | None] = mapped_column(IdColumn)
    fields: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    trace: Mapped[list[Any]] = mapped_column(JsonColumn)
    skills: Mapped[list[Any]] = mapped_column(JsonColumn)
    language: Mapped[str | None] = mapped_column(String(35))
    overflow: Mapped[list[Any]] = mapped_column(JsonColumn)
    overflow_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    passed: Mapped[list[Any]] = mapped_column(JsonColumn)
    rung: Mapped[str | None] = mapped_column(String(20))
    givers: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BusinessHours(Base):
    """Opening hours that inboxes share. `periods` are `{day, opens, closes}` with day 0 for Monday and local times as HH:MM;
    one that closes before it opens ends the next day. `closed_on` are dates. `version` grows with every change; empty is 1."""

    __tablename__ = "business_hours"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    periods: Mapped[list[Any]] = mapped_column(JsonColumn)
    closed_on: Mapped[list[Any]] = mapped_column(JsonColumn)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_by: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PresenceReason(Base):
    """A name admins give to being away or busy: Lunch, Training."""

    __tablename__ = "presence_reasons"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    presence: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WaitPromise(Base):
    """The first range of seconds a contact who waits was told, and how long after that it took, once it is known."""

    __tablename__ = "wait_promises"
    __table_args__ = (Index("ix_wait_promises_over", "team_id", "promised_at", sqlite_where=IS_OVER, postgresql_where=IS_OVER),)

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    team_id: Mapped[str | None] = mapped_column(IdColumn)
    position: Mapped[int]
    low_seconds: Mapped[int]
    high_seconds: Mapped[int]
    waited_seconds: Mapped[float | None]
    promised_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
