"""Fields that admins add to the tickets of an inbox, and their values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_fields",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("names", JsonColumn, nullable=False),
        sa.Column("help", sa.String(200), nullable=False),
        sa.Column("options", JsonColumn, nullable=False),
        sa.Column("is_required_to_open", sa.Boolean(), nullable=False),
        sa.Column("is_required_to_resolve", sa.Boolean(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name="fk_ticket_fields_inbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_fields"),
    )
    op.create_index("ix_ticket_fields_inbox", "ticket_fields", ["inbox_id", "position"])
    op.create_table(
        "ticket_field_values",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("field_id", IdColumn, nullable=False),
        sa.Column("value", sa.String(500), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_ticket_field_values_conversation_id"),
        sa.ForeignKeyConstraint(["field_id"], ["ticket_fields.id"], name="fk_ticket_field_values_field_id"),
        sa.PrimaryKeyConstraint("conversation_id", "field_id", name="pk_ticket_field_values"),
    )
    op.create_index("ix_ticket_field_values_value", "ticket_field_values", ["field_id", "value"])


def downgrade() -> None:
    op.drop_table("ticket_field_values")
    op.drop_table("ticket_fields")
