"""What is set aside, by when it comes back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

IS_SNOOZED = sa.text("snoozed_until IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_conversations_snoozed", "conversations", ["snoozed_until"], sqlite_where=IS_SNOOZED, postgresql_where=IS_SNOOZED
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_snoozed", "conversations")
