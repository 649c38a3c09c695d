"""Contacts' details, the pages they were on, and our first messages to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KNOWN = (
    ("phone", sa.String(40)),
    ("company", sa.String(200)),
    ("notes", sa.Text()),
    ("facts", JsonColumn),
    ("timezone", sa.String(60)),
    ("browser", sa.String(400)),
)


def upgrade() -> None:
    for name, kind in KNOWN:
        op.add_column("contacts", sa.Column(name, kind, nullable=True))
    op.add_column("inboxes", sa.Column("shows_visitors", sa.Boolean(), nullable=True))
    op.create_table(
        "page_visits",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("contact_id", IdColumn, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("visited_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_page_visits_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_visits")),
    )
    op.create_index("ix_page_visits_contact", "page_visits", ["contact_id", "visited_at"])
    op.create_table(
        "invitations",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=False),
        sa.Column("contact_id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.Column("dismissed_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name=op.f("fk_invitations_inbox_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_invitations_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("agent_id", "client_id", name=op.f("uq_invitations_agent_id_client_id")),
    )
    op.create_index("ix_invitations_contact", "invitations", ["contact_id", "created_at"])
    op.create_table(
        "proactive_messages",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("page", sa.String(500), nullable=False),
        sa.Column("locale", sa.String(35), nullable=False),
        sa.Column("visitor", sa.String(20), nullable=False),
        sa.Column("staffing", sa.String(20), nullable=False),
        sa.Column("after_seconds", sa.Integer(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("agent_id", IdColumn, nullable=True),
        sa.Column("shown_count", sa.Integer(), nullable=False),
        sa.Column("answered_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name=op.f("fk_proactive_messages_inbox_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_proactive_messages_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proactive_messages")),
    )
    op.create_index("ix_proactive_messages_inbox", "proactive_messages", ["inbox_id", "position"])


def downgrade() -> None:
    op.drop_table("proactive_messages")
    op.drop_table("invitations")
    op.drop_table("page_visits")
    op.drop_column("inboxes", "shows_visitors")
    for name, _ in KNOWN:
        op.drop_column("contacts", name)
