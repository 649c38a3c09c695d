"""Every change has its row among the audit lines: who made it, from what to what, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = "audit_lines"
NEW = (
    ("actor_kind", sa.String(20)),
    ("actor_id", sa.String(80)),
    ("door", sa.String(20)),
    ("object_kind", sa.String(40)),
    ("object_id", sa.String(80)),
    ("before", JsonColumn),
    ("after", JsonColumn),
    ("cause", sa.String(200)),
)
IS_ABOUT_SETTINGS = sa.text("conversation_id IS NULL")


def upgrade() -> None:
    for name, type_ in NEW:
        op.add_column(TABLE, sa.Column(name, type_, nullable=True))
    with op.batch_alter_table(
        TABLE, reflect_kwargs={"resolve_fks": False}
    ) as batch_op:  # contacts and Parley itself have no row among the agents
        batch_op.alter_column("by_id", existing_type=IdColumn, nullable=True)
    op.drop_index("ix_audit_lines_created", TABLE)  # read by nothing: ids are in the order of time
    op.drop_index("ix_audit_lines_conversation", TABLE)
    op.create_index("ix_audit_lines_timeline", TABLE, ["conversation_id", "id"])
    op.create_index("ix_audit_lines_object", TABLE, ["object_kind", "object_id", "id"])
    op.create_index("ix_audit_lines_settings", TABLE, ["id"], sqlite_where=IS_ABOUT_SETTINGS, postgresql_where=IS_ABOUT_SETTINGS)


def downgrade() -> None:
    for name in ("ix_audit_lines_settings", "ix_audit_lines_object", "ix_audit_lines_timeline"):
        op.drop_index(name, TABLE)
    op.execute(f"DELETE FROM {TABLE} WHERE by_id IS NULL")  # noqa: S608 - a constant of this file
    with op.batch_alter_table(TABLE, reflect_kwargs={"resolve_fks": False}) as batch_op:
        batch_op.alter_column("by_id", existing_type=IdColumn, nullable=False)
        for name, _ in NEW:
            batch_op.drop_column(name)
    op.create_index("ix_audit_lines_created", TABLE, ["created_at"])
    op.create_index("ix_audit_lines_conversation", TABLE, ["conversation_id", "created_at"])
