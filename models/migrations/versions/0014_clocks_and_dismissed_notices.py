"""The state of the database's clock, nodes whose clock differs, and the notices an agent has dismissed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_jumps",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("ahead_seconds", sa.Float(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("noticed_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_clock_jumps")),
    )
    op.create_table(
        "node_clocks",
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("ahead_seconds", sa.Float(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_node_clocks")),
    )
    op.create_table(
        "dismissed_notices",
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("dismissed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_dismissed_notices_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", "key", name=op.f("pk_dismissed_notices")),
    )


def downgrade() -> None:
    op.drop_table("dismissed_notices")
    op.drop_table("node_clocks")
    op.drop_table("clock_jumps")
