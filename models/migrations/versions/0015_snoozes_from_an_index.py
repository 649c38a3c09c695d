"""Snoozed conversations, by when they come back; promises of a team whose wait is over, by when they were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

IS_SNOOZED = sa.text("snoozed_until IS NOT NULL")
IS_OVER = sa.text("waited_seconds IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_conversations_snoozed", "conversations", ["snoozed_until"], sqlite_where=IS_SNOOZED, postgresql_where=IS_SNOOZED
    )
    op.create_index(
        "ix_wait_promises_over", "wait_promises", ["team_id", "promised_at"], sqlite_where=IS_OVER, postgresql_where=IS_OVER
    )


def downgrade() -> None:
    op.drop_index("ix_wait_promises_over", "wait_promises")
    op.drop_index("ix_conversations_snoozed", "conversations")
