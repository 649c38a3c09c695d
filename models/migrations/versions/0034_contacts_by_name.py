"""Contacts are found by how their name, email address or phone number begins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

COLUMNS = ("name", "email", "phone")


def upgrade() -> None:
    collation = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    for name in COLUMNS:
        op.create_index(f"ix_contacts_lower_{name}", "contacts", [sa.text(f"lower({name}){collation}")])


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_index(f"ix_contacts_lower_{name}", "contacts")
