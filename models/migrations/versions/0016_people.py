"""Invitations, one-time links to a new password, the workspace, archived teams, and when a session was last seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_invitations",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("pending_email", sa.String(length=254), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("team_ids", JsonColumn, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_invitations_agent_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["agents.id"], name=op.f("fk_agent_invitations_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_invitations")),
        sa.UniqueConstraint("pending_email", name=op.f("uq_agent_invitations_pending_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agent_invitations_token_hash")),
    )
    op.create_table(
        "password_resets",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("created_by_id", IdColumn, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_password_resets_agent_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["agents.id"], name=op.f("fk_password_resets_created_by_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_password_resets")),
    )
    op.create_index("ix_password_resets_agent_id", "password_resets", ["agent_id"])
    op.create_table(
        "workspace",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_checklist_hidden", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", IdColumn, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["agents.id"], name=op.f("fk_workspace_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
    )
    op.add_column("teams", sa.Column("archived_at", UtcDateTime(), nullable=True))
    op.add_column("agent_sessions", sa.Column("last_seen_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("agent_sessions", "last_seen_at")
    op.drop_column("teams", "archived_at")
    op.drop_table("workspace")
    op.drop_table("password_resets")
    op.drop_table("agent_invitations")
