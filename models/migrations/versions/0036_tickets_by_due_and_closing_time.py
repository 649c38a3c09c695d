"""Tickets are listed by what is due first and by when they were closed, each from an index.

A conversation knows when its ticket was closed, as it knows its number: a trigger copies it, whichever version closes the
ticket.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

IS_OPEN = "category IN ('new', 'open', 'waiting') AND ticket_number IS NOT NULL"
IS_ENDED = "category IN ('resolved', 'closed') AND ticket_number IS NOT NULL"
LEADS = {"": [], "priority_": ["priority_rank"], "status_": ["status"], "owner_": ["agent_id"], "team_": ["team_id"]}
NEW = {
    **{f"open_tickets_{name}due": ([*columns, "next_due_at", "ticket_number"], IS_OPEN) for name, columns in LEADS.items()},
    "ended_tickets_closed": (["ticket_closed_at", "ticket_number"], IS_ENDED),
    "ended_tickets_owner_closed": (["agent_id", "ticket_closed_at", "ticket_number"], IS_ENDED),
}
COPY = "UPDATE conversations SET ticket_closed_at = NEW.closed_at WHERE id = NEW.conversation_id;"
ON_SQLITE = {
    "tickets_closing_given": "AFTER INSERT ON tickets WHEN NEW.closed_at IS NOT NULL",
    "tickets_closing_changed": "AFTER UPDATE OF closed_at ON tickets WHEN NEW.closed_at IS NOT OLD.closed_at",
}
COPY_ON_POSTGRES = f"""
CREATE OR REPLACE FUNCTION copy_ticket_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {COPY}
    RETURN NULL;
END $$
"""
ON_POSTGRES = (
    (
        "CREATE TRIGGER tickets_closing_given AFTER INSERT ON tickets FOR EACH ROW"
        " WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION copy_ticket_closing()"
    ),
    (
        "CREATE TRIGGER tickets_closing_changed AFTER UPDATE OF closed_at ON tickets FOR EACH ROW"
        " WHEN (NEW.closed_at IS DISTINCT FROM OLD.closed_at) EXECUTE FUNCTION copy_ticket_closing()"
    ),
)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("ticket_closed_at", UtcDateTime(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for statement in (COPY_ON_POSTGRES, *ON_POSTGRES):
            op.execute(statement)
    else:
        for name, when in ON_SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN {COPY} END")
    op.execute(
        "UPDATE conversations SET ticket_closed_at ="
        " (SELECT closed_at FROM tickets WHERE tickets.conversation_id = conversations.id)"
        " WHERE id IN (SELECT conversation_id FROM tickets WHERE closed_at IS NOT NULL)"
    )
    for name, (columns, where) in NEW.items():
        is_held = sa.text(where)
        op.create_index(f"ix_conversations_{name}", "conversations", columns, sqlite_where=is_held, postgresql_where=is_held)


def downgrade() -> None:
    for name in NEW:
        op.drop_index(f"ix_conversations_{name}", table_name="conversations")
    for name in ON_SQLITE:
        on_table = " ON tickets" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER {name}{on_table}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION copy_ticket_closing")
    op.drop_column("conversations", "ticket_closed_at")
