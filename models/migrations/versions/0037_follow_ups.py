"""Resolved conversations close after some days, and what their contact writes then begins a follow-up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

IS_FOLLOWING = sa.text("follows_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("workspace", sa.Column("close_days", sa.Integer(), nullable=True))
    op.add_column("conversations", sa.Column("follows_id", IdColumn, nullable=True))
    op.create_index(
        "ix_conversations_follows", "conversations", ["follows_id"], sqlite_where=IS_FOLLOWING, postgresql_where=IS_FOLLOWING
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_follows", table_name="conversations")
    op.drop_column("conversations", "follows_id")
    op.drop_column("workspace", "close_days")
