"""Visitors' sessions that have ended, and mail counted by its recipient."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voided_visitor_sessions",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("voided_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voided_visitor_sessions")),
    )
    op.create_index("ix_voided_visitor_sessions_voided_at", "voided_visitor_sessions", ["voided_at"])
    op.create_index("ix_outgoing_mails_recipient", "outgoing_mails", ["recipient", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_outgoing_mails_recipient", "outgoing_mails")
    op.drop_table("voided_visitor_sessions")
