"""Conversations are merged into others, and pairs that only look alike are remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

IS_MERGED = sa.text("undone_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("source_id", IdColumn, nullable=False),
        sa.Column("target_id", IdColumn, nullable=False),
        sa.Column("made_by_id", IdColumn, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("before", JsonColumn, nullable=False),
        sa.Column("carried", JsonColumn, nullable=False),
        sa.Column("undone_by_id", IdColumn, nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["conversations.id"], name="fk_merges_source_id"),
        sa.ForeignKeyConstraint(["target_id"], ["conversations.id"], name="fk_merges_target_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["agents.id"], name="fk_merges_made_by_id"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["agents.id"], name="fk_merges_undone_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
    )
    op.create_index("ix_merges_target", "merges", ["target_id"])
    op.create_index("uq_merges_source", "merges", ["source_id"], unique=True, sqlite_where=IS_MERGED, postgresql_where=IS_MERGED)
    op.create_table(
        "dismissed_lookalikes",
        sa.Column("one_id", IdColumn, nullable=False),
        sa.Column("other_id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("dismissed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["one_id"], ["conversations.id"], name="fk_dismissed_lookalikes_one_id"),
        sa.ForeignKeyConstraint(["other_id"], ["conversations.id"], name="fk_dismissed_lookalikes_other_id"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_dismissed_lookalikes_agent_id"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name="pk_dismissed_lookalikes"),
    )


def downgrade() -> None:
    op.drop_table("dismissed_lookalikes")
    op.drop_table("merges")
