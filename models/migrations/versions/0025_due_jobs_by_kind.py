"""The first due job of each kind from an index, so that a thousand mails do not stand before a timer, and failed jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IS_ALIVE, IS_DEAD = sa.text("state != 'dead'"), sa.text("state = 'dead'")


def upgrade() -> None:
    op.create_index("ix_jobs_kind_due", "jobs", ["kind", "run_at"], sqlite_where=IS_ALIVE, postgresql_where=IS_ALIVE)
    op.create_index("ix_jobs_dead", "jobs", ["kind", "id"], sqlite_where=IS_DEAD, postgresql_where=IS_DEAD)


def downgrade() -> None:
    op.drop_index("ix_jobs_dead", table_name="jobs")
    op.drop_index("ix_jobs_kind_due", table_name="jobs")
