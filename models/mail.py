"""Mail on its way out and in: the outbox, what was handed over, and the mail side of a message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime


class OutgoingMail(Base):
    """One mail in the outbox. `message_id` is fixed when the row is written, so sending twice is the same mail.

    `first_seq..last_seq` are the conversation's messages it carries; `attachments` the files that leave with it;
    `stop_url` where its reader can stop such mail. `attempts` counts the tries since it was queued or sent again.
    `message_row_id` is the one message it is for, where an agent wrote it as a mail; `cc_list` and `bcc_list` get it too.
    `reply_to` is the signed address where an answer finds its conversation; `in_reply_to` and `reference_ids` thread it.
    `accepted_by` is the host that took it; `is_uncertain`: a connection ended after the mail was given and before the
    answer, so it may have been sent twice. `bounced_at`, `bounce_code` and `bounce_text` are of the mail that came back.
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        Index("ix_outgoing_mails_state", "state", "created_at"),
        Index("ix_outgoing_mails_kind", "kind", "sent_at"),
        Index("ix_outgoing_mails_recipient", "recipient", "created_at"),
        Index("ix_outgoing_mails_message", "message_row_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    message_id: Mapped[str] = mapped_column(String(250), unique=True)
    sender: Mapped[str] = mapped_column(String(300))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20))
    last_error: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int | None]
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attachments: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    stop_url: Mapped[str | None] = mapped_column(Text)
    message_row_id: Mapped[str | None] = mapped_column(IdColumn)
    inbox_id: Mapped[str | None] = mapped_column(IdColumn)
    cc_list: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    bcc_list: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    reply_to: Mapped[str | None] = mapped_column(String(254))
    in_reply_to: Mapped[str | None] = mapped_column(String(250))
    reference_ids: Mapped[str | None] = mapped_column(Text)
    is_automatic: Mapped[bool | None]
    is_uncertain: Mapped[bool | None]
    accepted_by: Mapped[str | None] = mapped_column(String(200))
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounce_code: Mapped[str | None] = mapped_column(String(20))
    bounce_text: Mapped[str | None] = mapped_column(Text)


class MailAddress(Base):
    """An address of an email inbox, in lower case: mail to it arrives there, and an answer leaves by the one that was written to.

    `name` is shown as the sender beside it, empty for the inbox's name; `signature` ends what agents write from it. One of an
    inbox is the default. A retired address still receives, and is not written from.
    """

    __tablename__ = "mail_addresses"
    __table_args__ = (Index("ix_mail_addresses_inbox", "inbox_id", "created_at"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    inbox_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    address: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    signature: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool]
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IncomingMail(Base):
    """A mail as it was handed over, stored before anything is read of it.

    `delivery` names the hand-over (`imap:<mailbox>:<uidvalidity>:<uid>`, `lmtp:<transaction>:<recipient>`, `http:<key>`): the
    same hand-over twice is one row. `digest` (SHA-256) is of what the mail says, without what each way adds to it, and the raw
    bytes lie under `raw_digest` with the files. `way` is lmtp, smtp, imap or http; `inbox_id` and `address` are where it was
    sent, empty while no inbox takes it. `authenticity` is what its way vouches for: aligned, unaligned, failed or unknown.
    `state` is stored, read, repeat, machine (bounces and automatic answers), refused or quarantined; `reason` says why.
    """

    __tablename__ = "incoming_mails"
    __table_args__ = (
        Index("ix_incoming_mails_content", "inbox_id", "digest"),
        Index("ix_incoming_mails_state", "state", "received_at"),
        Index("ix_incoming_mails_received", "received_at", "id"),
        Index("ix_incoming_mails_message_id", "message_id"),
        Index("ix_incoming_mails_sender", "sender", "received_at"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    delivery: Mapped[str] = mapped_column(String(200), unique=True)
    way: Mapped[str] = mapped_column(String(10))
    inbox_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("inboxes.id"))
    address: Mapped[str] = mapped_column(String(254))
    envelope_from: Mapped[str] = mapped_column(String(254))
    digest: Mapped[str] = mapped_column(String(64))
    raw_digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[str] = mapped_column(String(250))
    sender: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    authenticity: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    conversation_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("conversations.id"), index=True)
    message_row_id: Mapped[str | None] = mapped_column(IdColumn)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageMail(Base):
    """The mail side of a message that came, or is to leave, as a mail: headers, HTML, and what is folded away.

    `id` is the message's. `mail_id` is the incoming or outgoing mail's; `header_id` the Message-ID header. `sender`, `to_list`,
    `cc_list` and `bcc_list` hold `{name, address}`. `html` is cleaned; `quoted` and `signature` are folded away on the screen.
    `source` is where a forwarded mail came from first, as `{name, address}`. `labels` are words for what the reader should know: unverified, machine, forwarded, new_participant, cut.
    """

    __tablename__ = "message_mails"
    __table_args__ = (
        Index("ix_message_mails_conversation", "conversation_id", "created_at"),
        Index("ix_message_mails_header", "header_id"),
        Index("ix_message_mails_mail", "mail_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, ForeignKey("messages.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"))
    direction: Mapped[str] = mapped_column(String(3))
    mail_id: Mapped[str | None] = mapped_column(IdColumn)
    header_id: Mapped[str] = mapped_column(String(250))
    subject: Mapped[str] = mapped_column(String(300))
    sender: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    to_list: Mapped[list[Any]] = mapped_column(JsonColumn)
    cc_list: Mapped[list[Any]] = mapped_column(JsonColumn)
    bcc_list: Mapped[list[Any]] = mapped_column(JsonColumn)
    html: Mapped[str] = mapped_column(Text)
    quoted: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    source: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    labels: Mapped[list[Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailParticipant(Base):
    """An address besides the contact's that takes part in a conversation by mail.

    `state` is pending (came as a copy, nobody has agreed), accepted (gets what is answered by mail, and may write) or removed.
    """

    __tablename__ = "mail_participants"

    conversation_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("conversations.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    decided_by_id: Mapped[str | None] = mapped_column(IdColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UndeliverableAddress(Base):
    """An address, in lower case, that a mail host refused for good: nothing is mailed there until an agent says so."""

    __tablename__ = "undeliverable_addresses"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    says: Mapped[str] = mapped_column(Text)
    mail_id: Mapped[str | None] = mapped_column(IdColumn)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AutomaticMail(Base):
    """One automatic mail to an address (a receipt, a notice), kept to hold the budget that stops two machines answering each other."""

    __tablename__ = "automatic_mails"
    __table_args__ = (
        Index("ix_automatic_mails_recipient", "recipient", "sent_at"),
        Index("ix_automatic_mails_sent", "sent_at"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254))
    sender: Mapped[str] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(40))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
