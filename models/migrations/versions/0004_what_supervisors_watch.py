"""Thresholds, audit lines, who ended a conversation, and the indexes the wall counts by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IS_HELD = sa.text("agent_id IS NOT NULL AND category IN ('new', 'open')")
IS_ABANDONED = sa.text("ended_by = 'contact' AND first_answered_at IS NULL")
IS_ANSWERED = sa.text("first_answered_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "team_thresholds",
        sa.Column("team_id", IdColumn, nullable=False),
        sa.Column("waiting_count", sa.Integer(), nullable=False),
        sa.Column("longest_seconds", sa.Integer(), nullable=False),
        sa.Column("p90_seconds", sa.Integer(), nullable=False),
        sa.Column("answer_seconds", sa.Integer(), nullable=False),
        sa.Column("set_by_id", IdColumn, nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_thresholds_team_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["agents.id"], name=op.f("fk_team_thresholds_set_by_id")),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_team_thresholds")),
    )
    op.create_table(
        "audit_lines",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("by_id", IdColumn, nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=True),
        sa.Column("agent_id", IdColumn, nullable=True),
        sa.Column("team_id", IdColumn, nullable=True),
        sa.Column("detail", JsonColumn, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["agents.id"], name=op.f("fk_audit_lines_by_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_audit_lines_conversation_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_audit_lines_agent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_audit_lines_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_lines")),
    )
    op.create_index("ix_audit_lines_created", "audit_lines", ["created_at"])
    op.create_index("ix_audit_lines_conversation", "audit_lines", ["conversation_id", "created_at"])
    op.add_column("conversations", sa.Column("ended_by", sa.String(length=20), nullable=True))
    for name, columns, where in (
        ("ix_conversations_held_by", ["team_id", "agent_id"], IS_HELD),
        ("ix_conversations_abandoned", ["resolved_at", "team_id"], IS_ABANDONED),
        ("ix_conversations_answered", ["first_answered_at", "team_id", "created_at"], IS_ANSWERED),
    ):
        op.create_index(name, "conversations", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in ("ix_conversations_answered", "ix_conversations_abandoned", "ix_conversations_held_by"):
        op.drop_index(name, "conversations")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("ended_by")
    op.drop_table("audit_lines")
    op.drop_table("team_thresholds")
