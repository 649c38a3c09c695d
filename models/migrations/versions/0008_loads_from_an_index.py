"""An agent's load from one index, who waits for a first answer from another, and which agents are awake anywhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

IS_HELD = sa.text("agent_id IS NOT NULL AND category IN ('new', 'open')")
IS_UNANSWERED = sa.text("first_answered_at IS NULL AND category IN ('new', 'open')")


def upgrade() -> None:
    op.add_column("agents", sa.Column("awake_until", UtcDateTime(), nullable=True))
    _index("ix_conversations_load", ["agent_id", "channel", "last_message_at"], IS_HELD)
    _index("ix_conversations_unanswered", ["team_id", "created_at"], IS_UNANSWERED)
    op.drop_index("ix_conversations_held", table_name="conversations")


def downgrade() -> None:
    _index("ix_conversations_held", ["agent_id", "last_message_at"], IS_HELD)
    op.drop_index("ix_conversations_unanswered", table_name="conversations")
    op.drop_index("ix_conversations_load", table_name="conversations")
    op.drop_column("agents", "awake_until")


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "conversations", columns, sqlite_where=where, postgresql_where=where)
