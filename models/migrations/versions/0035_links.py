"""Links between tickets, and the agents who follow one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_links",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("from_id", IdColumn, nullable=False),
        sa.Column("to_id", IdColumn, nullable=False),
        sa.Column("made_by_id", IdColumn, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["conversations.id"], name="fk_ticket_links_from_id"),
        sa.ForeignKeyConstraint(["to_id"], ["conversations.id"], name="fk_ticket_links_to_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["agents.id"], name="fk_ticket_links_made_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_links"),
        sa.UniqueConstraint("from_id", "to_id", name="uq_ticket_links_from_id_to_id"),
    )
    op.create_index("ix_ticket_links_to", "ticket_links", ["to_id"])
    op.create_table(
        "ticket_watchers",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_ticket_watchers_conversation_id"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_ticket_watchers_agent_id"),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id", name="pk_ticket_watchers"),
    )


def downgrade() -> None:
    op.drop_table("ticket_watchers")
    op.drop_table("ticket_links")
