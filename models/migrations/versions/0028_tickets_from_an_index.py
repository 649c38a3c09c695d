"""Every order of the tickets' work list is read from an index, and a conversation knows its ticket's number.

A trigger copies the number, as another one copies the topic, so that a ticket the version before this one opens is listed as
well. The indexes hold conversations with a ticket and no others: a chat without one costs nothing more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonColumn

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

IS_OPEN = "category IN ('new', 'open', 'waiting') AND ticket_number IS NOT NULL"
IS_ENDED = "category IN ('resolved', 'closed') AND ticket_number IS NOT NULL"
MOVED = {"postgresql": "last_message_at", "sqlite": "last_minute"}
ANY = {
    "number": ["ticket_number"],
    "active": ["{moved}", "ticket_number"],
    "priority": ["priority_rank", "ticket_number"],
    "status": ["status", "ticket_number"],
    "owner": ["agent_id", "ticket_number"],
    "team": ["team_id", "ticket_number"],
    "topic": ["topic", "ticket_number DESC"],
}
OF_OWNERS = {f"owner_{name}": ["agent_id", *ANY[name]] for name in ("active", "priority", "status", "topic")}
OF_OPEN = {
    f"{name}_priority": [name_of, "priority_rank", "ticket_number"]
    for name, name_of in (("status", "status"), ("team", "team_id"))
}
NEW = {
    **{f"open_tickets_{name}": (columns, IS_OPEN) for name, columns in (ANY | OF_OWNERS | OF_OPEN).items()},
    **{f"ended_tickets_{name}": (columns, IS_ENDED) for name, columns in (ANY | OF_OWNERS).items()},
}
ON_SQLITE = """
CREATE TRIGGER tickets_number_{event} AFTER {when} ON tickets BEGIN
    UPDATE conversations SET ticket_number = NEW.number WHERE id = NEW.conversation_id;
END
"""
COPY_ON_POSTGRES = """
CREATE OR REPLACE FUNCTION copy_ticket_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations SET ticket_number = NEW.number WHERE id = NEW.conversation_id;
    RETURN NULL;
END $$
"""
ON_POSTGRES = """
CREATE TRIGGER tickets_number AFTER INSERT OR UPDATE OF number, conversation_id ON tickets
FOR EACH ROW EXECUTE FUNCTION copy_ticket_number()
"""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.add_column("conversations", sa.Column("ticket_number", sa.BigInteger, nullable=True))
    op.add_column("saved_views", sa.Column("tickets", JsonColumn, nullable=True))
    if dialect == "postgresql":
        op.execute(COPY_ON_POSTGRES)
        op.execute(ON_POSTGRES)
    else:
        op.execute(ON_SQLITE.format(event="given", when="INSERT"))
        op.execute(ON_SQLITE.format(event="changed", when="UPDATE OF number, conversation_id"))
    op.execute(
        "UPDATE conversations SET ticket_number ="
        " (SELECT number FROM tickets WHERE tickets.conversation_id = conversations.id)"
        " WHERE id IN (SELECT conversation_id FROM tickets)"
    )
    for name, (columns, where) in NEW.items():
        listed = [sa.text(column.format(moved=MOVED[dialect])) for column in columns]
        op.create_index(
            f"ix_conversations_{name}", "conversations", listed, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def downgrade() -> None:
    for name in NEW:
        op.drop_index(f"ix_conversations_{name}", table_name="conversations")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER tickets_number ON tickets")
        op.execute("DROP FUNCTION copy_ticket_number")
    else:
        op.execute("DROP TRIGGER tickets_number_given")
        op.execute("DROP TRIGGER tickets_number_changed")
    op.drop_column("saved_views", "tickets")
    op.drop_column("conversations", "ticket_number")
