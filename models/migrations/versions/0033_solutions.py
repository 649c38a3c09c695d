"""Solutions, the teams that review them, and how long a customer may stay silent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

IS_UNDER_WAY = sa.text("state IN ('draft', 'in_review', 'proposed')")


def upgrade() -> None:
    op.add_column("teams", sa.Column("reviews_solutions", sa.Boolean(), nullable=True))
    op.add_column("workspace", sa.Column("solution_silent_days", sa.Integer(), nullable=True))
    op.create_table(
        "solutions",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("problem", "cause", "steps", "text")),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("article_id", IdColumn, nullable=True),
        sa.Column("author_id", IdColumn, nullable=False),
        *(sa.Column(name, sa.String(200), nullable=False) for name in ("author_name", "reviewer_name")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("review_note", "answer")),
        sa.Column("is_silent", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_solutions_conversation_id"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_solutions_article_id"),
        sa.ForeignKeyConstraint(["author_id"], ["agents.id"], name="fk_solutions_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_solutions"),
    )
    op.create_index(
        "uq_solutions_one_under_way",
        "solutions",
        ["conversation_id"],
        unique=True,
        sqlite_where=IS_UNDER_WAY,
        postgresql_where=IS_UNDER_WAY,
    )
    op.create_index("ix_solutions_conversation", "solutions", ["conversation_id", "id"])


def downgrade() -> None:
    op.drop_table("solutions")
    op.drop_column("workspace", "solution_silent_days")
    op.drop_column("teams", "reviews_solutions")
