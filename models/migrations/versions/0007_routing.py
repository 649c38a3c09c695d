"""Routing rules, presence reasons, business hours, offers and promises."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NEW_COLUMNS = {
    "agents": [
        sa.Column("presence_reason", sa.String(length=60), nullable=True),
        sa.Column("presence_by_id", IdColumn, nullable=True),
        sa.Column("is_idle", sa.Boolean(), nullable=True),
        sa.Column("idle_seconds", sa.Integer(), nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("skills", JsonColumn, nullable=True),
        sa.Column("languages", JsonColumn, nullable=True),
        sa.Column("channel_capacity", JsonColumn, nullable=True),
    ],
    "teams": [
        sa.Column("mode", sa.String(length=20), nullable=True),
        sa.Column("accept_seconds", sa.Integer(), nullable=True),
        sa.Column("lead_id", IdColumn, nullable=True),
    ],
    "inboxes": [sa.Column("hours_id", IdColumn, nullable=True)],
    "conversations": [
        sa.Column("offer_until", UtcDateTime(), nullable=True),
        sa.Column("routed_at", UtcDateTime(), nullable=True),
    ],
    "assignments": [sa.Column("outcome", sa.String(length=20), nullable=True)],
}


def upgrade() -> None:
    op.create_table(
        "business_hours",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("periods", JsonColumn, nullable=False),
        sa.Column("closed_on", JsonColumn, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_hours")),
        sa.UniqueConstraint("name", name=op.f("uq_business_hours_name")),
    )
    op.create_table(
        "presence_reasons",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("presence", sa.String(length=20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_reasons")),
        sa.UniqueConstraint("name", name=op.f("uq_presence_reasons_name")),
    )
    op.create_table(
        "routing_rules",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("conditions", JsonColumn, nullable=False),
        sa.Column("actions", JsonColumn, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    op.create_table(
        "routings",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("rule_id", IdColumn, nullable=True),
        sa.Column("fields", JsonColumn, nullable=False),
        sa.Column("trace", JsonColumn, nullable=False),
        sa.Column("skills", JsonColumn, nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("overflow", JsonColumn, nullable=False),
        sa.Column("overflow_at", UtcDateTime(), nullable=True),
        sa.Column("passed", JsonColumn, nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_routings_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_routings")),
    )
    op.create_index(op.f("ix_routings_overflow_at"), "routings", ["overflow_at"])
    op.create_table(
        "wait_promises",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("team_id", IdColumn, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("low_seconds", sa.Integer(), nullable=False),
        sa.Column("high_seconds", sa.Integer(), nullable=False),
        sa.Column("waited_seconds", sa.Double(), nullable=True),
        sa.Column("promised_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_wait_promises_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_wait_promises")),
    )
    op.create_index(op.f("ix_wait_promises_promised_at"), "wait_promises", ["promised_at"])
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(
        "ix_conversations_offered",
        "conversations",
        ["offer_until"],
        sqlite_where=sa.text("offer_until IS NOT NULL"),
        postgresql_where=sa.text("offer_until IS NOT NULL"),
    )
    op.create_index("ix_assignments_team_ended", "assignments", ["team_id", "ended_at"])


def downgrade() -> None:
    op.drop_index("ix_assignments_team_ended", table_name="assignments")
    op.drop_index("ix_conversations_offered", table_name="conversations")
    for table, columns in reversed(NEW_COLUMNS.items()):
        for column in columns:
            op.drop_column(table, column.name)
    for table in ("wait_promises", "routings", "routing_rules", "presence_reasons", "business_hours"):
        op.drop_table(table)
