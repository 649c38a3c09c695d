"""The bytes files have together, and the files no message has named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IS_UNSENT = sa.text("conversation_id IS NULL")


def upgrade() -> None:
    op.create_index("ix_attachments_digest", "attachments", ["digest"])
    op.create_index(
        "ix_attachments_unsent", "attachments", ["created_at", "id"], sqlite_where=IS_UNSENT, postgresql_where=IS_UNSENT
    )
    op.execute("INSERT INTO sequences (name, value) SELECT 'file_bytes', COALESCE(SUM(size), 0) FROM attachments")
    op.execute("INSERT INTO sequences (name, value) VALUES ('file_percent', 0)")


def downgrade() -> None:
    op.execute("DELETE FROM sequences WHERE name IN ('file_bytes', 'file_percent')")
    op.drop_index("ix_attachments_unsent", table_name="attachments")
    op.drop_index("ix_attachments_digest", table_name="attachments")
