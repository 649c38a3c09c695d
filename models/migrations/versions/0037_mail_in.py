"""Mail comes in: addresses of inboxes, what was handed over, and the mail side of a message; outgoing mail says more of its end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = ("automatic_mails", "undeliverable_addresses", "mail_participants", "message_mails", "incoming_mails", "mail_addresses")
NEW_COLUMNS = (
    "bounce_text",
    "bounce_code",
    "bounced_at",
    "accepted_by",
    "is_uncertain",
    "is_automatic",
    "reference_ids",
    "in_reply_to",
    "reply_to",
    "bcc_list",
    "cc_list",
    "inbox_id",
    "message_row_id",
)


def upgrade() -> None:
    op.create_table(
        "mail_addresses",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name="fk_mail_addresses_inbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mail_addresses"),
        sa.UniqueConstraint("address", name="uq_mail_addresses_address"),
    )
    op.create_index("ix_mail_addresses_inbox", "mail_addresses", ["inbox_id", "created_at"])
    op.create_table(
        "incoming_mails",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("delivery", sa.String(200), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("envelope_from", sa.String(254), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("raw_digest", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(250), nullable=False),
        sa.Column("sender", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("authenticity", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=True),
        sa.Column("message_row_id", IdColumn, nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name="fk_incoming_mails_inbox_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_incoming_mails_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incoming_mails"),
        sa.UniqueConstraint("delivery", name="uq_incoming_mails_delivery"),
    )
    op.create_index("ix_incoming_mails_content", "incoming_mails", ["inbox_id", "digest"])
    op.create_index("ix_incoming_mails_conversation_id", "incoming_mails", ["conversation_id"])
    op.create_index("ix_incoming_mails_message_id", "incoming_mails", ["message_id"])
    op.create_index("ix_incoming_mails_received", "incoming_mails", ["received_at", "id"])
    op.create_index("ix_incoming_mails_sender", "incoming_mails", ["sender", "received_at"])
    op.create_index("ix_incoming_mails_state", "incoming_mails", ["state", "received_at"])
    op.create_table(
        "message_mails",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("mail_id", IdColumn, nullable=True),
        sa.Column("header_id", sa.String(250), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("sender", JsonColumn, nullable=False),
        sa.Column("to_list", JsonColumn, nullable=False),
        sa.Column("cc_list", JsonColumn, nullable=False),
        sa.Column("bcc_list", JsonColumn, nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("source", JsonColumn, nullable=True),
        sa.Column("labels", JsonColumn, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["messages.id"], name="fk_message_mails_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_message_mails_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message_mails"),
    )
    op.create_index("ix_message_mails_conversation", "message_mails", ["conversation_id", "created_at"])
    op.create_index("ix_message_mails_header", "message_mails", ["header_id"])
    op.create_index("ix_message_mails_mail", "message_mails", ["mail_id"])
    op.create_table(
        "mail_participants",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_by_id", IdColumn, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_mail_participants_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", "address", name="pk_mail_participants"),
    )
    op.create_table(
        "undeliverable_addresses",
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("mail_id", IdColumn, nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_undeliverable_addresses"),
    )
    op.create_table(
        "automatic_mails",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("sender", sa.String(254), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_automatic_mails"),
    )
    op.create_index("ix_automatic_mails_recipient", "automatic_mails", ["recipient", "sent_at"])
    op.create_index("ix_automatic_mails_sent", "automatic_mails", ["sent_at"])
    op.add_column("outgoing_mails", sa.Column("message_row_id", IdColumn, nullable=True))
    op.add_column("outgoing_mails", sa.Column("inbox_id", IdColumn, nullable=True))
    op.add_column("outgoing_mails", sa.Column("cc_list", JsonColumn, nullable=True))
    op.add_column("outgoing_mails", sa.Column("bcc_list", JsonColumn, nullable=True))
    op.add_column("outgoing_mails", sa.Column("reply_to", sa.String(254), nullable=True))
    op.add_column("outgoing_mails", sa.Column("in_reply_to", sa.String(250), nullable=True))
    op.add_column("outgoing_mails", sa.Column("reference_ids", sa.Text(), nullable=True))
    op.add_column("outgoing_mails", sa.Column("is_automatic", sa.Boolean(), nullable=True))
    op.add_column("outgoing_mails", sa.Column("is_uncertain", sa.Boolean(), nullable=True))
    op.add_column("outgoing_mails", sa.Column("accepted_by", sa.String(200), nullable=True))
    op.add_column("outgoing_mails", sa.Column("bounced_at", UtcDateTime(), nullable=True))
    op.add_column("outgoing_mails", sa.Column("bounce_code", sa.String(20), nullable=True))
    op.add_column("outgoing_mails", sa.Column("bounce_text", sa.Text(), nullable=True))
    op.create_index("ix_outgoing_mails_message", "outgoing_mails", ["message_row_id"])


def downgrade() -> None:
    op.drop_index("ix_outgoing_mails_message", table_name="outgoing_mails")
    for name in NEW_COLUMNS:
        op.drop_column("outgoing_mails", name)
    for name in TABLES:
        op.drop_table(name)
