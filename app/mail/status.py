"""Outgoing mail for admins: how much has not left and why, a test mail, and a second try."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.mail import MailState, MailStatus, MailTested
from app.errors import Invalid, NotFound
from app.mail.mailer import SmtpMailer
from app.mail.outbox import as_message, queue_again
from app.mail.smtp_reasons import explain
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.text import clean_line
from app.work import Rows, Work, Works
from models import Agent, OutgoingMail

TEST_KIND = "test"
UNSENT = ("waiting", "held", "queued", "failing", "failed")
MAX_SETTLED = 1000


def state_of(mail: OutgoingMail) -> MailState:
    """Return the state as admins read it; a row of an unknown state counts as queued."""
    states: dict[str, MailState] = {
        "waiting": "waiting",
        "held": "held",
        "failing": "retrying",
        "failed": "failed",
        "sent": "sent",
        "discarded": "discarded",
    }
    return states.get(mail.state, "queued")


async def count_unsent(rows: Rows) -> dict[str, int]:
    """Count the mails that have not left, by their state in the outbox."""
    counted = await rows.rows(
        select(OutgoingMail.state, func.count())
        .where(OutgoingMail.state.in_(UNSENT), OutgoingMail.kind != TEST_KIND)
        .group_by(OutgoingMail.state)
    )
    return dict(counted)


async def mail_ok_at(rows: Rows) -> datetime | None:
    """Return when the mail host last accepted a test mail."""
    return await rows.one(
        select(OutgoingMail.sent_at)
        .where(OutgoingMail.kind == TEST_KIND, OutgoingMail.sent_at.is_not(None))
        .order_by(OutgoingMail.sent_at.desc())
        .limit(1)
    )


async def mail_status(rows: Rows, agent: SignedInAgent, mailer: SmtpMailer | None, sender: str, max_age: timedelta) -> MailStatus:
    """Return how mail leaves and what has not left."""
    require(Permission.SET_MAIL, agent)
    counts = await count_unsent(rows)
    problem = await rows.one(
        select(OutgoingMail.last_error)
        .where(OutgoingMail.state.in_(("failing", "failed")), OutgoingMail.kind != TEST_KIND)
        .order_by(OutgoingMail.created_at.desc())
        .limit(1)
    )
    return MailStatus(
        host=mailer.address if mailer else None,
        sender=sender,
        waiting=counts.get("waiting", 0),
        held=counts.get("held", 0),
        queued=counts.get("queued", 0),
        retrying=counts.get("failing", 0),
        failed=counts.get("failed", 0),
        problem=problem or None,
        max_age_hours=max_age.total_seconds() / 3600,
        mail_ok_at=await mail_ok_at(rows),
    )


async def send_test_mail(works: Works, agent: SignedInAgent, mailer: SmtpMailer | None, sender: str) -> MailTested:
    """Send a mail to the agent's own address, at once, and say how the mail host answered. Kept in the outbox and the audit log."""
    require(Permission.SET_MAIL, agent)
    async with works.read() as rows:
        recipient = await rows.one(select(Agent.email).where(Agent.id == agent.id))
        ok_at = await mail_ok_at(rows)
    if not recipient:
        raise NotFound("agent", agent.id)
    if mailer is None:
        says = "There is no mail host. Set PARLEY_SMTP_URL and restart Parley."
        return MailTested(is_accepted=False, recipient=recipient, says=says, mail_ok_at=ok_at)
    mail = _test_mail(sender, recipient, works.clock())
    try:
        await mailer.send(as_message(mail), recipient)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
        mail.state, mail.last_error = "failed", explain(error, mailer.address)[:500]
    else:
        mail.state, mail.sent_at = "sent", works.clock()
    await works.run(_keep_test, agent, mail)
    if mail.state != "sent":
        return MailTested(is_accepted=False, recipient=recipient, says=mail.last_error, mail_ok_at=ok_at)
    says = f"{mailer.address} accepted the mail. Check the inbox of {recipient}."
    return MailTested(is_accepted=True, recipient=recipient, says=says, mail_ok_at=mail.sent_at)


async def retry_mail(work: Work, agent: SignedInAgent | None, mail_id: str) -> None:
    """Send one mail that failed, is held or waits for its next try, now. Without an agent (the demo's page) nobody is noted."""
    mail = await _unsent(work, agent, mail_id)
    await queue_again(work, [mail.id])
    if agent:
        record(work, agent, "mail.retry", mail_id=mail.id)
    announce_config(work, "mail")


async def discard_mail(work: Work, agent: SignedInAgent | None, mail_id: str) -> None:
    """Never send this mail."""
    mail = await _unsent(work, agent, mail_id)
    await work.change(update(OutgoingMail).where(OutgoingMail.id == mail.id).values(state="discarded", next_try_at=None))
    if agent:
        record(work, agent, "mail.discard", mail_id=mail.id)
    announce_config(work, "mail")


async def settle_held(work: Work, agent: SignedInAgent, *, is_sent: bool) -> None:
    """Send or discard what waited too long for a mail host."""
    require(Permission.SET_MAIL, agent)
    held = await work.all(
        select(OutgoingMail.id).where(OutgoingMail.state == "held").order_by(OutgoingMail.created_at).limit(MAX_SETTLED)
    )
    if is_sent:
        await queue_again(work, held)
    else:
        await work.change(update(OutgoingMail).where(OutgoingMail.id.in_(held)).values(state="discarded"))
    record(work, agent, "mail.send_held" if is_sent else "mail.discard_held", count=len(held))
    announce_config(work, "mail")


async def _unsent(work: Work, agent: SignedInAgent | None, mail_id: str) -> OutgoingMail:
    if agent:
        require(Permission.SET_MAIL, agent)
    mail = await work.one(select(OutgoingMail).where(OutgoingMail.id == mail_id).with_for_update())
    if mail is None:
        raise NotFound("mail", mail_id)
    if mail.state not in UNSENT or mail.kind == TEST_KIND:
        raise Invalid("This mail has been settled. Reload the page to see its state.")
    return mail


async def _keep_test(work: Work, agent: SignedInAgent, mail: OutgoingMail) -> None:
    await work.add(mail)
    record(work, agent, "mail.test", is_accepted=mail.state == "sent")
    announce_config(work, "mail")


def _test_mail(sender: str, recipient: str, now: datetime) -> OutgoingMail:
    id = new_id()
    text = "This is a test mail from Parley. Mail leaves: your visitors get their answers by email."
    return OutgoingMail(
        id=id,
        kind=TEST_KIND,
        message_id=f"<{id}@parley.invalid>",
        sender=clean_line(sender),
        recipient=clean_line(recipient),
        subject="Test mail from Parley",
        body_text=text,
        body_html=f"<p>{text}</p>",
        first_seq=0,
        last_seq=0,
        state="queued",
        last_error="",
        attempts=1,
        created_at=now,
    )
