"""Tries and files of outgoing mail, and mail found by its state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonColumn, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outgoing_mails", sa.Column("attempts", sa.Integer(), nullable=True))
    op.add_column("outgoing_mails", sa.Column("next_try_at", UtcDateTime(), nullable=True))
    op.add_column("outgoing_mails", sa.Column("attachments", JsonColumn, nullable=True))
    op.add_column("outgoing_mails", sa.Column("stop_url", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("mail_stopped_at", UtcDateTime(), nullable=True))
    op.create_index("ix_outgoing_mails_state", "outgoing_mails", ["state", "created_at"])
    op.create_index("ix_outgoing_mails_kind", "outgoing_mails", ["kind", "sent_at"])


def downgrade() -> None:
    op.drop_index("ix_outgoing_mails_kind", "outgoing_mails")
    op.drop_index("ix_outgoing_mails_state", "outgoing_mails")
    op.drop_column("conversations", "mail_stopped_at")
    for name in ("stop_url", "attachments", "next_try_at", "attempts"):
        op.drop_column("outgoing_mails", name)
