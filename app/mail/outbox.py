"""The outbox: a mail is a row and a job written together, and is sent at least once with the same Message-ID."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from sqlalchemy import select, update

from app.clock import new_id
from app.mail.mailer import Mailer
from app.text import clean_line
from app.work import Work, Works
from models import OutgoingMail

SEND_JOB = "mail.send"
SECRET_KINDS = ("invitation", "password_reset")
"""Kinds whose mails carry a one-time link: the outbox forgets their text once they are sent."""
LINK_REMOVED = "The link in this mail works once, so its text was removed after sending."


async def queue_mail(
    work: Work,
    *,
    kind: str,
    sender: str,
    recipient: str,
    subject: str,
    body_text: str,
    body_html: str,
    conversation_id: str | None = None,
    first_seq: int = 0,
    last_seq: int = 0,
) -> OutgoingMail:
    """Write a mail to the outbox and queue its sending, in this transaction."""
    id = new_id()
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    mail = await work.add(
        OutgoingMail(
            id=id,
            conversation_id=conversation_id,
            kind=kind,
            message_id=f"<{id}@{domain}>",
            sender=clean_line(sender),
            recipient=clean_line(recipient),
            subject=clean_line(subject)[:300],
            body_text=body_text,
            body_html=body_html,
            first_seq=first_seq,
            last_seq=last_seq,
            state="queued",
            last_error="",
            created_at=work.now,
        )
    )
    await work.later(SEND_JOB, {"mail_id": id})
    return mail


class Outbox:
    """Sends what was queued."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, works: Works, payload: dict[str, Any]) -> None:
        """The job: send one mail. Sent already, or gone: nothing happens."""
        async with works.read() as rows:
            mail = await rows.one(select(OutgoingMail).where(OutgoingMail.id == payload["mail_id"]))
        if mail is None or mail.state == "sent":
            return
        try:
            await self._mailer.send(as_message(mail), mail.recipient)
        except Exception as error:
            await works.run(_note_failure, mail.id, str(error)[:500])
            raise
        await works.run(_note_sent, mail.id, mail.kind)


def as_message(mail: OutgoingMail) -> EmailMessage:
    """The row as a mail, plain and HTML. `EmailMessage` refuses line breaks in headers, so none can be smuggled in."""
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body_text)
    message.add_alternative(mail.body_html, subtype="html")
    return message


async def _note_sent(work: Work, mail_id: str, kind: str) -> None:
    values: dict[str, Any] = {"state": "sent", "sent_at": work.now, "last_error": ""}
    if kind in SECRET_KINDS:
        values |= {"body_text": LINK_REMOVED, "body_html": f"<p>{LINK_REMOVED}</p>"}
    await work.change(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(**values))


async def _note_failure(work: Work, mail_id: str, error: str) -> None:
    await work.change(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(state="failing", last_error=error))
