"""Warnings of one node that admins read in the inbox: a disk nearly full, a damaged database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node_warnings",
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("figure", sa.Float(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("node", "kind", name=op.f("pk_node_warnings")),
    )


def downgrade() -> None:
    op.drop_table("node_warnings")
