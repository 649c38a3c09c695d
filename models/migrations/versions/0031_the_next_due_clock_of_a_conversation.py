"""The SLA clock that is due first, on the conversation's own row: lists show it and sort by it, the wall counts it by team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("category IN ('new', 'open', 'waiting')")
IS_PROMISED = sa.text("next_due_at IS NOT NULL")
INDEXES = {
    "open_due": (["next_due_at", "id"], IS_OPEN),
    "agent_open_due": (["agent_id", "next_due_at", "id"], IS_OPEN),
    "promised": (["team_id", "next_due_at", "next_warn_at"], IS_PROMISED),
}
FIRST = (
    "(SELECT {column} FROM sla_clocks WHERE conversation_id = conversations.id AND ended_at IS NULL AND due_at IS NOT NULL"
    " ORDER BY due_at LIMIT 1)"
)
KEEP = (
    f"UPDATE conversations SET next_due_clock = {FIRST.format(column='clock')}, next_due_at = {FIRST.format(column='due_at')},"  # noqa: S608 - constants of this file
    f" next_warn_at = {FIRST.format(column='warn_at')}"
    " WHERE id IN (SELECT conversation_id FROM sla_clocks WHERE ended_at IS NULL AND due_at IS NOT NULL)"
)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("next_due_clock", sa.String(40), nullable=True))
    op.add_column("conversations", sa.Column("next_due_at", UtcDateTime(), nullable=True))
    op.add_column("conversations", sa.Column("next_warn_at", UtcDateTime(), nullable=True))
    op.execute(KEEP)
    for name, (columns, where) in INDEXES.items():
        op.create_index(f"ix_conversations_{name}", "conversations", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(f"ix_conversations_{name}", table_name="conversations")
    for column in ("next_warn_at", "next_due_at", "next_due_clock"):
        op.drop_column("conversations", column)
