"""Conversations say which transaction moved them last, so that a node that missed hints can ask for what it missed.

A time would do only if every clock agreed and nothing committed late; a transaction id is given out by the database.
The trigger stamps whatever writes the row, an older version of the code included.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STAMP = """
CREATE OR REPLACE FUNCTION stamp_changed_xid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER conversations_changed BEFORE INSERT OR UPDATE ON conversations
FOR EACH ROW EXECUTE FUNCTION stamp_changed_xid()
"""


def upgrade() -> None:
    op.add_column("conversations", sa.Column("changed_xid", sa.BigInteger(), nullable=True))
    op.drop_index("ix_conversations_changed", table_name="conversations")
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_conversations_changed_xid", "conversations", ["changed_xid"])
        op.execute(STAMP)
        op.execute(TRIGGER)
