"""Everything an admin decides about an inbox, and the sites its script was seen on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NEW_COLUMNS = {
    "inboxes": [
        sa.Column("languages", JsonColumn, nullable=True),
        sa.Column("texts", JsonColumn, nullable=True),
        sa.Column("position", sa.String(length=10), nullable=True),
        sa.Column("launcher", sa.String(length=20), nullable=True),
        sa.Column("site_url", sa.Text(), nullable=True),
        sa.Column("secret_changed_at", UtcDateTime(), nullable=True),
        sa.Column("email_prompt", sa.String(length=10), nullable=True),
        sa.Column("form", JsonColumn, nullable=True),
        sa.Column("shows_history", sa.Boolean(), nullable=True),
        sa.Column("shows_suggestions", sa.Boolean(), nullable=True),
        sa.Column("allows_files", sa.Boolean(), nullable=True),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
    ],
    "business_hours": [
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
    ],
}


def upgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "inbox_sightings",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name=op.f("fk_inbox_sightings_inbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_sightings")),
        sa.UniqueConstraint("key", "origin", name="uq_inbox_sightings_key_origin"),
    )
    op.create_index("ix_inbox_sightings_seen", "inbox_sightings", ["seen_at"])


def downgrade() -> None:
    op.drop_index("ix_inbox_sightings_seen", table_name="inbox_sightings")
    op.drop_table("inbox_sightings")
    for table, columns in reversed(NEW_COLUMNS.items()):
        for column in columns:
            op.drop_column(table, column.name)
