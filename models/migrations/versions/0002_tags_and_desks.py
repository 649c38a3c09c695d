"""Tags on conversations; drafts, saved views, canned responses and macros of agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("tags", JsonColumn, nullable=True))
    op.create_table(
        "conversation_tags",
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_conversation_tags_conversation_id")),
        sa.PrimaryKeyConstraint("tag", "conversation_id", name=op.f("pk_conversation_tags")),
    )
    op.create_index(op.f("ix_conversation_tags_conversation_id"), "conversation_tags", ["conversation_id"])
    op.create_table(
        "drafts",
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachments", JsonColumn, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_drafts_agent_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_drafts_conversation_id")),
        sa.PrimaryKeyConstraint("agent_id", "conversation_id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_changed", "drafts", ["agent_id", "changed_at"])
    op.create_index(op.f("ix_drafts_conversation_id"), "drafts", ["conversation_id"])
    _create_kept(
        "saved_views", sa.Column("name", sa.String(length=200), nullable=False), sa.Column("filter", JsonColumn, nullable=False)
    )
    _create_kept(
        "canned_responses",
        sa.Column("shortcut", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    _create_kept(
        "macros", sa.Column("name", sa.String(length=200), nullable=False), sa.Column("steps", JsonColumn, nullable=False)
    )


def _create_kept(name: str, *columns: sa.Column[object]) -> None:
    """A table of things that are one agent's or everybody's."""
    op.create_table(
        name,
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=True),
        *columns,
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f(f"fk_{name}_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_agent_id"), name, ["agent_id"])


def downgrade() -> None:
    for name in ("macros", "canned_responses", "saved_views", "drafts", "conversation_tags"):
        op.drop_table(name)
    op.drop_column("conversations", "tags")
