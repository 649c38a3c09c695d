"""The state of a conversation before its last undoable change, agents who handed it over or have joined, and agents who take
chats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("takes_chats", sa.Boolean(), nullable=True))
    op.add_column("teams", sa.Column("takes_on_reply", sa.Boolean(), nullable=True))
    op.add_column("routings", sa.Column("givers", JsonColumn, nullable=True))
    op.add_column("conversations", sa.Column("joined_ids", JsonColumn, nullable=True))
    op.create_table(
        "undos",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("before", JsonColumn, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_undos_conversation_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_undos_agent_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_undos")),
    )


def downgrade() -> None:
    op.drop_table("undos")
    op.drop_column("conversations", "joined_ids")
    op.drop_column("routings", "givers")
    op.drop_column("teams", "takes_on_reply")
    op.drop_column("agents", "takes_chats")
