"""Votes on articles, and the agent who edited an article last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("edited_by_id", IdColumn, nullable=True))
    op.create_table(
        "article_votes",
        sa.Column("article_id", IdColumn, nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_votes_article_id")),
        sa.PrimaryKeyConstraint("article_id", "voter", name=op.f("pk_article_votes")),
    )
    op.create_index("ix_article_votes_created_at", "article_votes", ["article_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_article_votes_created_at", "article_votes")
    op.drop_table("article_votes")
    op.drop_column("articles", "edited_by_id")
