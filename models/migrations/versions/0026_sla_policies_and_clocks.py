"""SLA policies and business hours with every version of theirs, what happened to tickets, and their clocks.

Triggers write down what happened, in the transaction that made it happen and whichever version of the code did. While there
is no policy they write nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
IS_NEW = sa.text("is_new")
IS_DUE_NEXT = sa.text("ended_at IS NULL AND breached_at IS NULL AND due_at IS NOT NULL")
IS_WARNED_NEXT = sa.text("ended_at IS NULL AND warned_at IS NULL AND warn_at IS NOT NULL")

PROMISED = "EXISTS (SELECT 1 FROM sla_policies)"
COLUMNS = "conversation_id, at, happened, is_new, category, priority, agent_id, escalation_level"
OWNER = "CASE WHEN NEW.offer_until IS NULL THEN NEW.agent_id END"
STANDS = f"NEW.category, NEW.priority, {OWNER}, NEW.escalation_level"
OPENED = f"INSERT INTO sla_events ({COLUMNS}) VALUES (NEW.id, NEW.created_at, 'opened', {{true}}, {STANDS})"  # noqa: S608 - constants of this file
CHANGED = f"INSERT INTO sla_events ({COLUMNS}) VALUES (NEW.id, NEW.changed_at, 'state', {{true}}, {STANDS})"  # noqa: S608 - constants of this file
WROTE = (
    "INSERT INTO sla_events (conversation_id, at, happened, is_new) VALUES (NEW.conversation_id, NEW.created_at,"
    " CASE WHEN NEW.author_kind = 'contact' THEN 'customer' ELSE 'agent' END, {true})"
)
WATCHED = ("category", "priority", "agent_id", "offer_until", "escalation_level", "inbox_id", "team_id", "topic")
IS_ANSWER = "NEW.seq IS NOT NULL AND NEW.system IS NULL AND NEW.author_kind IN ('contact', 'agent')"
MOVED = " OR ".join(f"NEW.{column} IS {{other}} OLD.{column}" for column in WATCHED)

ON_SQLITE = {
    "sla_conversation_opened": ("INSERT ON conversations", PROMISED, OPENED),
    "sla_conversation_changed": (
        f"UPDATE OF {', '.join(WATCHED)} ON conversations",
        f"({MOVED.format(other='NOT')}) AND {PROMISED}",
        CHANGED,
    ),
    "sla_message_written": ("INSERT ON messages", f"{IS_ANSWER} AND {PROMISED}", WROTE),
}
ON_POSTGRES = {
    "sla_conversation_opened": ("INSERT ON conversations", "true", OPENED),
    "sla_conversation_changed": (
        f"UPDATE OF {', '.join(WATCHED)} ON conversations",
        MOVED.format(other="DISTINCT FROM"),
        CHANGED,
    ),
    "sla_message_written": ("INSERT ON messages", IS_ANSWER, WROTE),
}


def upgrade() -> None:
    op.add_column("business_hours", sa.Column("version", sa.Integer(), nullable=True))
    op.create_table(
        "sla_policies",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("conditions", JsonColumn, nullable=False),
        sa.Column("targets", JsonColumn, nullable=False),
        sa.Column("hours_id", IdColumn, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["hours_id"], ["business_hours.id"], name="fk_sla_policies_hours_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sla_policies"),
        sa.UniqueConstraint("name", name="uq_sla_policies_name"),
    )
    op.create_table(
        "sla_policy_versions",
        sa.Column("policy_id", IdColumn, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("conditions", JsonColumn, nullable=False),
        sa.Column("targets", JsonColumn, nullable=False),
        sa.Column("hours_id", IdColumn, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("policy_id", "version", name="pk_sla_policy_versions"),
    )
    op.create_table(
        "business_hours_versions",
        sa.Column("hours_id", IdColumn, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("periods", JsonColumn, nullable=False),
        sa.Column("closed_on", JsonColumn, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hours_id", "version", name="pk_business_hours_versions"),
    )
    op.create_table(
        "sla_events",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("happened", sa.String(20), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(20), nullable=True),
        sa.Column("priority", sa.String(20), nullable=True),
        sa.Column("agent_id", IdColumn, nullable=True),
        sa.Column("escalation_level", sa.Integer(), nullable=True),
        sa.Column("policy_id", IdColumn, nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("hours_id", IdColumn, nullable=True),
        sa.Column("hours_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_sla_events_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sla_events"),
    )
    op.create_index("ix_sla_events_conversation", "sla_events", ["conversation_id", "id"])
    op.create_index("ix_sla_events_new", "sla_events", ["id"], sqlite_where=IS_NEW, postgresql_where=IS_NEW)
    op.create_table(
        "sla_clocks",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("clock", sa.String(40), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("progress", sa.String(20), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("warn_at", UtcDateTime(), nullable=True),
        sa.Column("remaining_minutes", sa.Float(), nullable=True),
        sa.Column("warned_at", UtcDateTime(), nullable=True),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("policy_id", IdColumn, nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("hours_id", IdColumn, nullable=True),
        sa.Column("hours_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_sla_clocks_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", "clock", "cycle", name="pk_sla_clocks"),
    )
    for name, column, where in (("due", "due_at", IS_DUE_NEXT), ("warn", "warn_at", IS_WARNED_NEXT)):
        op.create_index(f"ix_sla_clocks_{name}", "sla_clocks", [column], sqlite_where=where, postgresql_where=where)
    op.execute("INSERT INTO sequences (name, value) VALUES ('sla_follower', 0)")
    if op.get_bind().dialect.name == "postgresql":
        for name, (when, condition, does) in ON_POSTGRES.items():
            op.get_bind().exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {PROMISED} THEN {does.format(true='true')}; END IF; RETURN NULL; END $$"
            )
            op.get_bind().exec_driver_sql(
                f"CREATE TRIGGER {name} AFTER {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
            )
    else:
        for name, (when, condition, does) in ON_SQLITE.items():
            op.get_bind().exec_driver_sql(
                f"CREATE TRIGGER {name} AFTER {when} WHEN {condition} BEGIN {does.format(true='1')}; END"
            )


def downgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for name, (when, _, _) in (ON_POSTGRES if is_postgres else ON_SQLITE).items():
        op.execute(f"DROP TRIGGER {name} ON {when.rpartition(' ')[2]}" if is_postgres else f"DROP TRIGGER {name}")
        if is_postgres:
            op.execute(f"DROP FUNCTION {name}")
    op.execute("DELETE FROM sequences WHERE name = 'sla_follower'")
    for table in ("sla_clocks", "sla_events", "business_hours_versions", "sla_policy_versions", "sla_policies"):
        op.drop_table(table)
    op.drop_column("business_hours", "version")
