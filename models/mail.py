"""Mail on its way out."""

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
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        Index("ix_outgoing_mails_state", "state", "created_at"),
        Index("ix_outgoing_mails_kind", "kind", "sent_at"),
        Index("ix_outgoing_mails_recipient", "recipient", "created_at"),
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
