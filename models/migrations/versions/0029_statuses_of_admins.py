"""Statuses have names by language, a colour, followers, and say what SLA clocks do in them.

The triggers that tell the clocks what happened write down what the status said at that moment: an admin who changes it
later changes no past.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonColumn, UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

PROMISED = "EXISTS (SELECT 1 FROM sla_policies)"
WATCHED = ("category", "priority", "agent_id", "offer_until", "escalation_level", "inbox_id", "team_id", "topic")
OWNER = "CASE WHEN NEW.offer_until IS NULL THEN NEW.agent_id END"
CLOCK = "(SELECT clock FROM statuses WHERE statuses.key = NEW.status)"


def _triggers(dialect: str, watched: tuple[str, ...], more: str, more_values: str) -> dict[str, tuple[str, str, str]]:
    """Return what each trigger runs on, its condition and what it does."""
    columns = f"conversation_id, at, happened, is_new, category, priority, agent_id, escalation_level{more}"
    stands = f"NEW.category, NEW.priority, {OWNER}, NEW.escalation_level{more_values}"
    other, true = ("DISTINCT FROM", "true") if dialect == "postgresql" else ("NOT", "1")
    moved = " OR ".join(f"NEW.{column} IS {other} OLD.{column}" for column in watched)
    insert = f"INSERT INTO sla_events ({columns}) VALUES (NEW.id, NEW.{{at}}, '{{happened}}', {true}, {stands})"  # noqa: S608 - constants of this file
    opened = insert.format(at="created_at", happened="opened")
    changed = insert.format(at="changed_at", happened="state")
    is_postgres = dialect == "postgresql"
    return {
        "sla_conversation_opened": ("INSERT ON conversations", "true" if is_postgres else PROMISED, opened),
        "sla_conversation_changed": (
            f"UPDATE OF {', '.join(watched)} ON conversations",
            moved if is_postgres else f"({moved}) AND {PROMISED}",
            changed,
        ),
    }


SHIPPED = {
    "new": ("blue", "Neu", "جديدة"),
    "open": ("teal", "Offen", "مفتوحة"),
    "in_progress": ("cyan", "In Bearbeitung", "قيد المعالجة"),
    "reopened": ("violet", "Wieder offen", "أعيد فتحها"),
    "responded": ("brown", "Beantwortet", "تم الرد"),
    "snoozed": ("pink", "Zurückgestellt", "مؤجلة"),
    "resolved": ("green", "Gelöst", "محلولة"),
    "closed": ("gray", "Geschlossen", "مغلقة"),
    "duplicate": ("gray", "Duplikat", "مكررة"),
}
COLUMNS = {
    "names": JsonColumn,
    "color": sa.String(20),
    "clock": sa.String(10),
    "next_keys": JsonColumn,
    "replaced_by": sa.String(40),
    "retired_at": UtcDateTime(),
    "changed_at": UtcDateTime(),
    "changed_by": sa.String(200),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("statuses", sa.Column(name, kind, nullable=True))
    op.add_column("sla_events", sa.Column("clock", sa.String(10), nullable=True))
    statuses = sa.table("statuses", sa.column("key", sa.String), sa.column("color", sa.String), sa.column("names", JsonColumn))
    for key, (color, german, arabic) in SHIPPED.items():
        named = sa.update(statuses).where(statuses.c.key == key)
        op.execute(named.values(color=color, names={"de": german, "ar": arabic}))
    _replace_triggers(("status", *WATCHED), ", clock", f", {CLOCK}")


def downgrade() -> None:
    _replace_triggers(WATCHED, "", "")
    op.drop_column("sla_events", "clock")
    for name in reversed(COLUMNS):
        op.drop_column("statuses", name)


def _replace_triggers(watched: tuple[str, ...], more: str, more_values: str) -> None:
    run, dialect = op.get_bind().exec_driver_sql, op.get_bind().dialect.name
    for name, (when, condition, does) in _triggers(dialect, watched, more, more_values).items():
        if dialect == "postgresql":
            run(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {PROMISED} THEN {does}; END IF; RETURN NULL; END $$"
            )
            run(f"DROP TRIGGER {name} ON conversations")
            run(f"CREATE TRIGGER {name} AFTER {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")
        else:
            run(f"DROP TRIGGER {name}")
            run(f"CREATE TRIGGER {name} AFTER {when} WHEN {condition} BEGIN {does}; END")
