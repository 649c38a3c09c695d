"""Escalations with their approver, and the inboxes that keep them from their customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

IS_ASKED = sa.text("state = 'open'")


def upgrade() -> None:
    op.add_column("inboxes", sa.Column("hides_escalations", sa.Boolean(), nullable=True))
    op.create_table(
        "escalations",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_by_id", IdColumn, nullable=True),
        sa.Column("asked_by_name", sa.String(200), nullable=False),
        sa.Column("rule_id", IdColumn, nullable=True),
        sa.Column("approver_id", IdColumn, nullable=True),
        sa.Column("substitute_id", IdColumn, nullable=True),
        sa.Column("team_id", IdColumn, nullable=True),
        sa.Column("decided_by_id", IdColumn, nullable=True),
        sa.Column("decided_by_name", sa.String(200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_escalations_conversation_id"),
        *(
            sa.ForeignKeyConstraint([column], ["agents.id"], name=f"fk_escalations_{column}")
            for column in ("asked_by_id", "approver_id", "substitute_id", "decided_by_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_escalations_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_escalations"),
    )
    op.create_index(
        "uq_escalations_one_open",
        "escalations",
        ["conversation_id"],
        unique=True,
        sqlite_where=IS_ASKED,
        postgresql_where=IS_ASKED,
    )
    op.create_index("ix_escalations_conversation", "escalations", ["conversation_id", "id"])
    op.create_index("ix_escalations_open", "escalations", ["id"], sqlite_where=IS_ASKED, postgresql_where=IS_ASKED)


def downgrade() -> None:
    op.drop_table("escalations")
    op.drop_column("inboxes", "hides_escalations")
