"""Escalated conversations that are still open, from an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

IS_ESCALATED = sa.text("escalation_level > 0 AND category IN ('new', 'open', 'waiting')")


def upgrade() -> None:
    op.create_index(
        "ix_conversations_escalated",
        "conversations",
        ["escalation_level", "id"],
        sqlite_where=IS_ESCALATED,
        postgresql_where=IS_ESCALATED,
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_escalated", "conversations")
