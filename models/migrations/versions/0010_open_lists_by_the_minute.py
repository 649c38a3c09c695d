"""On SQLite the lists of what is open are read from indexes by the minute, which a message moves once a minute.

By the moment, every message took its conversation out of two indexes and put it back at their ends, which was most of
what changing its row cost. A trigger keeps the minute, whatever writes the row. An index on an expression would not do:
SQLite writes its entry anew whenever a column in it is written, though the value be the same.

The indexes by the moment go in this same step. A version before this one still runs on such a file, and sorts what is
open where it read it in order. PostgreSQL, where two versions serve side by side, gets the column and nothing else.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("category IN ('new', 'open', 'waiting')")
COLUMNS: dict[str, list[str]] = {"open": [], "agent_open": ["agent_id"]}
OLD = {"open": "ix_conversations_open_recent", "agent_open": "ix_conversations_agent_open"}
TRIGGERS = {
    "conversations_began": """
AFTER INSERT ON conversations
BEGIN UPDATE conversations SET last_minute = substr(NEW.last_message_at, 1, 16) WHERE id = NEW.id; END
""",
    "conversations_moved": """
AFTER UPDATE OF last_message_at ON conversations WHEN NEW.last_minute IS NOT substr(NEW.last_message_at, 1, 16)
BEGIN UPDATE conversations SET last_minute = substr(NEW.last_message_at, 1, 16) WHERE id = NEW.id; END
""",
}


def upgrade() -> None:
    op.add_column("conversations", sa.Column("last_minute", sa.String(16), nullable=True))
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("UPDATE conversations SET last_minute = substr(last_message_at, 1, 16)")
    for name, columns in COLUMNS.items():
        op.drop_index(OLD[name], table_name="conversations")
        op.create_index(f"ix_conversations_{name}_minute", "conversations", [*columns, "last_minute", "id"], sqlite_where=IS_OPEN)
    for name, does in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {does}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        for name, columns in COLUMNS.items():
            op.drop_index(f"ix_conversations_{name}_minute", table_name="conversations")
            op.create_index(OLD[name], "conversations", [*columns, "last_message_at", "id"], sqlite_where=IS_OPEN)
    op.drop_column("conversations", "last_minute")
