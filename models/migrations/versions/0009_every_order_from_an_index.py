"""Every order a list can be in is read from an index, and a conversation knows its ticket's topic.

A trigger copies the topic, so that a ticket the version before this one opens is in order as well.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IS_OPEN = "category IN ('new', 'open', 'waiting')"
IS_ENDED = "category IN ('resolved', 'closed')"
WAITING = {"waiting": ["waiting_since", "id"], "queue": ["priority_rank", "coalesce(queued_at, created_at)", "id"]}
ANY = {"priority": ["priority_rank", "id"], "status": ["status", "id"], "topic": ["topic", "id DESC"]}
NEW: dict[str, tuple[list[str], str]] = {
    **{f"open_{order}": (columns, IS_OPEN) for order, columns in (WAITING | ANY).items()},
    **{f"agent_open_{order}": (["agent_id", *columns], IS_OPEN) for order, columns in (WAITING | ANY).items()},
    **{f"ended_{order}": (columns, IS_ENDED) for order, columns in ANY.items()},
    **{f"agent_ended_{order}": (["agent_id", *columns], IS_ENDED) for order, columns in ANY.items()},
}
TOPIC = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
ON_SQLITE = """
CREATE TRIGGER tickets_topic_{event} AFTER {when} ON tickets BEGIN
    UPDATE conversations SET topic = NEW.topic WHERE id = NEW.conversation_id;
END
"""
COPY_ON_POSTGRES = """
CREATE OR REPLACE FUNCTION copy_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations SET topic = NEW.topic WHERE id = NEW.conversation_id;
    RETURN NULL;
END $$
"""
ON_POSTGRES = """
CREATE TRIGGER tickets_topic AFTER INSERT OR UPDATE OF topic ON tickets
FOR EACH ROW EXECUTE FUNCTION copy_topic()
"""


def upgrade() -> None:
    op.add_column("conversations", sa.Column("topic", TOPIC, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(COPY_ON_POSTGRES)
        op.execute(ON_POSTGRES)
    else:
        op.execute(ON_SQLITE.format(event="given", when="INSERT"))
        op.execute(ON_SQLITE.format(event="changed", when="UPDATE OF topic"))
    op.execute(
        "UPDATE conversations SET topic = (SELECT topic FROM tickets WHERE tickets.conversation_id = conversations.id)"
        " WHERE id IN (SELECT conversation_id FROM tickets)"
    )
    for name, (columns, where) in NEW.items():
        listed = [sa.text(column) for column in columns]
        op.create_index(
            f"ix_conversations_{name}", "conversations", listed, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def downgrade() -> None:
    for name in NEW:
        op.drop_index(f"ix_conversations_{name}", table_name="conversations")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER tickets_topic ON tickets")
        op.execute("DROP FUNCTION copy_topic")
    else:
        op.execute("DROP TRIGGER tickets_topic_given")
        op.execute("DROP TRIGGER tickets_topic_changed")
    op.drop_column("conversations", "topic")
