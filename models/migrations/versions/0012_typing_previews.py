"""An inbox may show agents what a visitor is typing, before it is sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inboxes", sa.Column("previews_typing", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("inboxes", "previews_typing")
