"""An inbox may do without its public form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inboxes", sa.Column("has_web_form", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("inboxes", "has_web_form")
