"""The exchange between one contact and us: its messages, files, owners and score."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime

IS_OPEN = text("category IN ('new', 'open', 'waiting')")
IS_ENDED = text("category IN ('resolved', 'closed')")
IS_QUEUED = text("agent_id IS NULL AND category IN ('new', 'open')")
IS_HELD = text("agent_id IS NOT NULL AND category IN ('new', 'open')")
IS_ABANDONED = text("ended_by = 'contact' AND first_answered_at IS NULL")
IS_UNANSWERED = text("first_answered_at IS NULL AND category IN ('new', 'open')")
IS_ANSWERED = text("first_answered_at IS NOT NULL")
IS_OFFERED = text("offer_until IS NOT NULL")
IS_UNSENT = text("conversation_id IS NULL")
IS_ESCALATED = text("escalation_level > 0 AND category IN ('new', 'open', 'waiting')")
IS_SNOOZED = text("snoozed_until IS NOT NULL")
IS_FOLLOWING = text("follows_id IS NOT NULL")
IS_PROMISED = text("next_due_at IS NOT NULL")
WAITING_ORDERS = {
    "waiting": ("waiting_since", "id"),
    "due": ("next_due_at", "id"),
    "queue": ("priority_rank", "coalesce(queued_at, created_at)", "id"),
}
"""What waits can be listed by, besides the orders of all."""
IS_OPEN_TICKET = text(f"{IS_OPEN.text} AND ticket_number IS NOT NULL")
IS_ENDED_TICKET = text(f"{IS_ENDED.text} AND ticket_number IS NOT NULL")
TICKET_ORDERS = {
    "number": ("ticket_number",),
    "priority": ("priority_rank", "ticket_number"),
    "status": ("status", "ticket_number"),
    "owner": ("agent_id", "ticket_number"),
    "team": ("team_id", "ticket_number"),
    "topic": ("topic", "ticket_number DESC"),
    "owner_priority": ("agent_id", "priority_rank", "ticket_number"),
    "owner_status": ("agent_id", "status", "ticket_number"),
    "owner_topic": ("agent_id", "topic", "ticket_number DESC"),
}
OPEN_TICKET_ORDERS = {
    "status_priority": ("status", "priority_rank", "ticket_number"),
    "team_priority": ("team_id", "priority_rank", "ticket_number"),
    "due": ("next_due_at", "ticket_number"),
    "priority_due": ("priority_rank", "next_due_at", "ticket_number"),
    "status_due": ("status", "next_due_at", "ticket_number"),
    "owner_due": ("agent_id", "next_due_at", "ticket_number"),
    "team_due": ("team_id", "next_due_at", "ticket_number"),
}
"""What open tickets can be listed by, besides the orders of all tickets."""
ENDED_TICKET_ORDERS = {
    "closed": ("ticket_closed_at", "ticket_number"),
    "owner_closed": ("agent_id", "ticket_closed_at", "ticket_number"),
}
ORDERS = {"priority": ("priority_rank", "id"), "status": ("status", "id"), "topic": ("topic", "id DESC")}


class Conversation(Base):
    """The one unit of work that is routed, owned and timed.

    `seq` counts what both sides see, `rev` every change an agent can see; both grow only under this row's lock.
    `changed_at` moves with every write to this row. `changed_xid` is, on PostgreSQL, the transaction that wrote it last
    (a trigger sees to it), for nodes that missed the hints. `last_minute` is, on SQLite, the minute of `last_message_at` (a
    trigger sees to it): by it the lists of what is open are indexed, so that a message rarely moves their entries.
    `category` is the status's, copied so that indexes can use it. `priority_rank` is 0 for urgent to 3 for low.
    `topic`, `ticket_number` and `ticket_closed_at` are the ticket's, copied by triggers; empty without a ticket.
    `tags` are those of `conversation_tags`, copied so that a list needs no second query.
    `ended_by` is "contact" or "agent", of the last time it was ended.
    `joined_ids` are the agents of whom the contact has read that they joined (empty: look at the messages).
    `mail_stopped_at` is when the contact asked for no more mail about it. `follows_id` is the closed conversation after which
    its contact began this one.
    While `offer_until` is set, `agent_id` has been offered it and has not taken it yet. `routed_at` is when the rules were
    applied, or somebody chose a place for it by hand. `next_due_clock`, `next_due_at` and `next_warn_at` are those of the open
    SLA clock that is due first, as last counted; they move without `rev`.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "uq_conversations_one_open",
            "contact_id",
            "inbox_id",
            unique=True,
            sqlite_where=text(f"NOT is_extra AND {IS_OPEN.text}"),
            postgresql_where=text(f"NOT is_extra AND {IS_OPEN.text}"),
        ),
        Index("ix_conversations_contact", "contact_id", "created_at"),
        Index("ix_conversations_follows", "follows_id", sqlite_where=IS_FOLLOWING, postgresql_where=IS_FOLLOWING),
        *(
            Index(f"ix_conversations_{name}", *columns, "last_message_at", "id", sqlite_where=where, postgresql_where=where)
            for name, columns, where in (("ended_recent", (), IS_ENDED), ("agent_ended", ("agent_id",), IS_ENDED))
        ),
        *(
            Index(f"ix_conversations_{name}", *columns, "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN).ddl_if(dialect)
            for dialect, name, columns in (
                ("postgresql", "open_recent", ("last_message_at",)),
                ("postgresql", "agent_open", ("agent_id", "last_message_at")),
                ("sqlite", "open_minute", ("last_minute",)),
                ("sqlite", "agent_open_minute", ("agent_id", "last_minute")),
            )
        ),
        *(
            Index(f"ix_conversations_{shelf}_{order}", *map(text, (*agent, *columns)), sqlite_where=where, postgresql_where=where)
            for shelf, agent, where, orders in (
                ("open", (), IS_OPEN, WAITING_ORDERS | ORDERS),
                ("agent_open", ("agent_id",), IS_OPEN, WAITING_ORDERS | ORDERS),
                ("ended", (), IS_ENDED, ORDERS),
                ("agent_ended", ("agent_id",), IS_ENDED, ORDERS),
            )
            for order, columns in orders.items()
        ),
        *(
            Index(f"ix_conversations_{shelf}_tickets_{order}", *map(text, columns), sqlite_where=where, postgresql_where=where)
            for shelf, where, orders in (
                ("open", IS_OPEN_TICKET, TICKET_ORDERS | OPEN_TICKET_ORDERS),
                ("ended", IS_ENDED_TICKET, TICKET_ORDERS | ENDED_TICKET_ORDERS),
            )
            for order, columns in orders.items()
        ),
        *(
            Index(
                f"ix_conversations_{shelf}_tickets_{name}",
                *columns,
                moved,
                "ticket_number",
                sqlite_where=where,
                postgresql_where=where,
            ).ddl_if(dialect)
            for shelf, where in (("open", IS_OPEN_TICKET), ("ended", IS_ENDED_TICKET))
            for name, columns in (("active", ()), ("owner_active", ("agent_id",)))
            for dialect, moved in (("postgresql", "last_message_at"), ("sqlite", "last_minute"))
        ),
        Index("ix_conversations_standing", "agent_id", "category", "team_id"),
        Index(
            "ix_conversations_team_queue",
            "team_id",
            "priority_rank",
            "queued_at",
            sqlite_where=IS_QUEUED,
            postgresql_where=IS_QUEUED,
        ),
        Index("ix_conversations_load", "agent_id", "channel", "last_message_at", sqlite_where=IS_HELD, postgresql_where=IS_HELD),
        Index("ix_conversations_unanswered", "team_id", "created_at", sqlite_where=IS_UNANSWERED, postgresql_where=IS_UNANSWERED),
        Index("ix_conversations_offered", "offer_until", sqlite_where=IS_OFFERED, postgresql_where=IS_OFFERED),
        Index("ix_conversations_snoozed", "snoozed_until", sqlite_where=IS_SNOOZED, postgresql_where=IS_SNOOZED),
        Index(
            "ix_conversations_promised",
            "team_id",
            "next_due_at",
            "next_warn_at",
            sqlite_where=IS_PROMISED,
            postgresql_where=IS_PROMISED,
        ),
        Index("ix_conversations_escalated", "escalation_level", "id", sqlite_where=IS_ESCALATED, postgresql_where=IS_ESCALATED),
        Index("ix_conversations_created", "created_at"),
        Index("ix_conversations_changed_xid", "changed_xid").ddl_if(dialect="postgresql"),
        Index("ix_conversations_resolved", "resolved_at"),
        Index("ix_conversations_held_by", "team_id", "agent_id", sqlite_where=IS_HELD, postgresql_where=IS_HELD),
        Index("ix_conversations_abandoned", "resolved_at", "team_id", sqlite_where=IS_ABANDONED, postgresql_where=IS_ABANDONED),
        Index(
            "ix_conversations_answered",
            "first_answered_at",
            "team_id",
            "created_at",
            sqlite_where=IS_ANSWERED,
            postgresql_where=IS_ANSWERED,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    inbox_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    contact_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("contacts.id"))
    channel: Mapped[str] = mapped_column(String(20))
    is_extra: Mapped[bool]
    follows_id: Mapped[str | None] = mapped_column(IdColumn)
    status: Mapped[str] = mapped_column(String(40), ForeignKey("statuses.key"))
    category: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(20))
    priority_rank: Mapped[int]
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    team_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("teams.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    rev: Mapped[int] = mapped_column(BigInteger)
    contact_delivered_seq: Mapped[int] = mapped_column(BigInteger)
    contact_read_seq: Mapped[int] = mapped_column(BigInteger)
    agent_delivered_seq: Mapped[int] = mapped_column(BigInteger)
    agent_read_seq: Mapped[int] = mapped_column(BigInteger)
    mailed_seq: Mapped[int] = mapped_column(BigInteger)
    mail_stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unread_count: Mapped[int]
    preview: Mapped[str] = mapped_column(String(200))
    last_message_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_minute: Mapped[str | None] = mapped_column(String(16))
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    routed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_due_clock: Mapped[str | None] = mapped_column(String(40))
    next_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalation_level: Mapped[int]
    escalation_reason: Mapped[str] = mapped_column(Text)
    topic: Mapped[str | None] = mapped_column(String(60).with_variant(String(60, collation="C"), "postgresql"))
    ticket_number: Mapped[int | None] = mapped_column(BigInteger)
    ticket_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tags: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    joined_ids: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    reopened_count: Mapped[int]
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_xid: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Undo(Base):
    """The state of a conversation before its last change that can be undone, by whom, and the `rev` that change brought it
    to: a later `rev` shows that something has happened meanwhile."""

    __tablename__ = "undos"

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"))
    rev: Mapped[int] = mapped_column(BigInteger)
    before: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConversationTag(Base):
    """A word agents have put on a conversation."""

    __tablename__ = "conversation_tags"

    tag: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True, index=True)


class Message(Base):
    """One utterance. `seq` is empty for a note. (`client_id`, `author_id`) makes a retry harmless."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "rev"),
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("client_id", "author_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    rev: Mapped[int] = mapped_column(BigInteger)
    author_kind: Mapped[str] = mapped_column(String(20))
    author_id: Mapped[str | None] = mapped_column(IdColumn)
    author_name: Mapped[str] = mapped_column(String(200))
    client_id: Mapped[str | None] = mapped_column(String(64))
    visibility: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    system: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attachment(Base):
    """A file somebody uploaded; the bytes lie under `digest` (SHA-256). Bound to a message once one names it."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_digest", "digest"),
        Index("ix_attachments_unsent", "created_at", "id", sqlite_where=IS_UNSENT, postgresql_where=IS_UNSENT),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    uploader_kind: Mapped[str] = mapped_column(String(20))
    uploader_id: Mapped[str] = mapped_column(IdColumn)
    conversation_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("conversations.id"), index=True)
    is_internal: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Assignment(Base):
    """An owner of a conversation, from when to when, and the decision that made it so. `outcome` is what became of an offer:
    accepted, declined or missed."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index("ix_assignments_conversation", "conversation_id", "started_at"),
        Index("ix_assignments_team_ended", "team_id", "ended_at"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    agent_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("agents.id"))
    team_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("teams.id"))
    made_by: Mapped[str] = mapped_column(String(36))
    reason: Mapped[str] = mapped_column(String(40))
    decision: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    outcome: Mapped[str | None] = mapped_column(String(20))
    waited_seconds: Mapped[float | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CsatScore(Base):
    """A contact's score of a conversation: 1 (bad) to 5 (good)."""

    __tablename__ = "csat_scores"

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
