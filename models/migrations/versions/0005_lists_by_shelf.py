"""Lists of what is open and of what has ended, each in order from an index of its own, however long the past is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IS_OPEN = "category IN ('new', 'open', 'waiting')"
IS_ENDED = "category IN ('resolved', 'closed')"
NEW = {
    "ix_conversations_open_recent": (["last_message_at", "id"], IS_OPEN),
    "ix_conversations_ended_recent": (["last_message_at", "id"], IS_ENDED),
    "ix_conversations_agent_open": (["agent_id", "last_message_at", "id"], IS_OPEN),
    "ix_conversations_agent_ended": (["agent_id", "last_message_at", "id"], IS_ENDED),
}
OLD = {
    "ix_conversations_recent": ["category", "last_message_at", "id"],
    "ix_conversations_agent_recent": ["agent_id", "category", "last_message_at", "id"],
}


def upgrade() -> None:
    for name, (columns, where) in NEW.items():
        op.create_index(name, "conversations", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("ix_conversations_standing", "conversations", ["agent_id", "category", "team_id"])
    for name in OLD:
        op.drop_index(name, "conversations")


def downgrade() -> None:
    for name, columns in OLD.items():
        op.create_index(name, "conversations", columns)
    for name in (*NEW, "ix_conversations_standing"):
        op.drop_index(name, "conversations")
