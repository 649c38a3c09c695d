"""The outbox: a mail is a row and a job written together, and is sent at least once with the same Message-ID."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from sqlalchemy import exists, select, update

from app.clock import new_id
from app.job_kinds import MAIL, JobKind, does
from app.mail.mailer import Mailer, NoMailHost, SmtpMailer
from app.mail.smtp_reasons import explain, is_final
from app.text import clean_line
from app.work import Work, Works
from models import Conversation, OutgoingMail

SEND_JOB = JobKind(name="mail.send", queue=MAIL, timeout=120.0)
SECRET_KINDS = ("invitation", "password_reset")
"""Kinds whose mails carry a one-time link: the outbox forgets their text once they are sent."""
LINK_REMOVED = "The link in this mail works once, so its text was removed after sending."
UNREAD_KIND = "unread_answers"
MAX_RELEASED = 100
SETTLED = ("sent", "failed", "held", "discarded")
"""States in which nothing leaves by itself. The others: `queued`; `waiting` for a mail host; `failing`, tried again soon."""

ReadFile = Callable[[Mapping[str, Any]], Awaitable[bytes | None]]
"""The bytes of a file named in a mail's `attachments`, or None when they are gone."""


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
    attachments: Sequence[Mapping[str, Any]] = (),
    stop_url: str | None = None,
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
            attempts=0,
            attachments=[dict(file) for file in attachments],
            stop_url=stop_url,
            created_at=work.now,
        )
    )
    await work.later(SEND_JOB, {"mail_id": id})
    return mail


async def queue_again(work: Work, mail_ids: Sequence[str]) -> None:
    """Queue these mails as if they had just been written: their tries begin anew."""
    await work.change(
        update(OutgoingMail)
        .where(OutgoingMail.id.in_(mail_ids))
        .values(state="queued", last_error="", attempts=0, next_try_at=None)
    )
    for id in mail_ids:
        await work.later(SEND_JOB, {"mail_id": id})


class Outbox:
    """Sends what was queued. Mail that waited for a mail host longer than `max_age` leaves only when an admin says so."""

    def __init__(self, mailer: Mailer, read_file: ReadFile | None = None, max_age: timedelta = timedelta(days=3)) -> None:
        self._mailer = mailer
        self._read_file = read_file
        self._max_age = max_age

    @does(SEND_JOB)
    async def send(self, works: Works, payload: dict[str, Any]) -> None:
        """The job: send one mail. Settled already, or gone: nothing happens."""
        async with works.read() as rows:
            mail = await rows.one(select(OutgoingMail).where(OutgoingMail.id == payload["mail_id"]))
        if mail is None or mail.state in SETTLED:
            return
        try:
            await self._mailer.send(await self._compose(mail), mail.recipient)
        except NoMailHost:
            await works.run(_note_waiting, mail.id)
        except Exception as error:
            tries = (mail.attempts or 0) + 1
            is_over = is_final(error) or SEND_JOB.pause_after(tries) is None
            says = explain(error, self._mailer.address if isinstance(self._mailer, SmtpMailer) else "The mail host")
            await works.run(_note_failure, mail.id, says[:500], tries, is_over=is_over)
            if not is_over:
                raise
        else:
            await works.run(_note_sent, mail.id, mail.kind)

    async def release(self, works: Works) -> None:
        """Queue what waited for a mail host, now that there is one."""
        while await works.run(_release_waiting, self._max_age):
            pass

    async def _compose(self, mail: OutgoingMail) -> EmailMessage:
        message = as_message(mail)
        for file in mail.attachments or [] if self._read_file else []:
            data = await self._read_file(file) if self._read_file else None
            if data is not None:
                kind, _, subtype = str(file["content_type"]).partition("/")
                message.add_attachment(data, maintype=kind, subtype=subtype or "octet-stream", filename=clean_line(file["name"]))
        return message


def as_message(mail: OutgoingMail) -> EmailMessage:
    """The row as a mail, plain and HTML. `EmailMessage` refuses line breaks in headers, so none can be smuggled in."""
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.stop_url:
        message["List-Unsubscribe"] = f"<{mail.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body_text)
    message.add_alternative(mail.body_html, subtype="html")
    return message


async def _release_waiting(work: Work, max_age: timedelta) -> bool:
    """Queue a batch of waiting mail, oldest first; whether there may be more.

    What became too old is held for an admin, and an answer that was read in the chat meanwhile is dropped.
    """
    waiting = OutgoingMail.state == "waiting"
    batch = await work.all(
        select(OutgoingMail.id)
        .where(waiting)
        .order_by(OutgoingMail.created_at)
        .limit(MAX_RELEASED)
        .with_for_update(skip_locked=True)
    )
    if not batch:
        return False
    mine = OutgoingMail.id.in_(batch)
    was_read = exists(
        select(Conversation.id).where(
            Conversation.id == OutgoingMail.conversation_id, Conversation.contact_read_seq >= OutgoingMail.last_seq
        )
    )
    await work.change(
        update(OutgoingMail)
        .where(mine, waiting, OutgoingMail.kind == UNREAD_KIND, was_read)
        .values(state="discarded", last_error="Read in the chat before it could be sent.")
    )
    await work.change(
        update(OutgoingMail).where(mine, waiting, OutgoingMail.created_at < work.now - max_age).values(state="held")
    )
    await queue_again(work, await work.all(select(OutgoingMail.id).where(mine, waiting).order_by(OutgoingMail.created_at)))
    return len(batch) == MAX_RELEASED


async def _note_waiting(work: Work, mail_id: str) -> None:
    await work.change(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(state="waiting", last_error=""))


async def _note_sent(work: Work, mail_id: str, kind: str) -> None:
    values: dict[str, Any] = {"state": "sent", "sent_at": work.now, "last_error": "", "next_try_at": None}
    if kind in SECRET_KINDS:
        values |= {"body_text": LINK_REMOVED, "body_html": f"<p>{LINK_REMOVED}</p>"}
    await work.change(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(**values))


async def _note_failure(work: Work, mail_id: str, error: str, tries: int, *, is_over: bool) -> None:
    pause = None if is_over else SEND_JOB.pause_after(tries)
    next_try_at = None if pause is None else work.now + timedelta(seconds=pause)
    await work.change(
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id)
        .values(state="failed" if is_over else "failing", last_error=error, attempts=tries, next_try_at=next_try_at)
    )
