"""Outgoing mail says honestly where it is, and what waited for a mail host leaves once there is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.contract.forms import PrechatFields
from app.contract.mail import MailStatus
from app.contract.reading import ReadConversation
from app.conversations.messages.store import UNREAD_JOB
from app.conversations.reading.sync import mark_read
from app.errors import Forbidden, Invalid
from app.job_kinds import PAUSES
from app.mail.fallback import Fallback
from app.mail.mailer import MailboxMailer, Mailer, SmtpMailer
from app.mail.outbox import SEND_JOB, Outbox, queue_mail
from app.mail.status import discard_mail, mail_status, retry_mail, send_test_mail, settle_held, state_of
from app.people.actors import SignedInAgent
from app.work import Work
from models import Activity, Job, OutgoingMail
from tests.factories import UNREAD_AFTER, House, mail_settings
from tests.servers.ports import free_port
from tests.servers.smtp import SmtpSink

SENDER = "Parley <support@example.com>"
MAX_AGE = timedelta(days=3)


async def queue(house: House, recipient: str = "mia@example.com") -> OutgoingMail:
    async def write(work: Work) -> OutgoingMail:
        return await queue_mail(
            work, kind="untaken", sender=SENDER, recipient=recipient, subject="Hi", body_text="Hi", body_html="<p>Hi</p>"
        )

    return await house.run(write)


async def run(house: House, mailer: Mailer) -> None:
    jobs = house.jobs({SEND_JOB: Outbox(mailer).send})
    while await jobs.run_due():
        pass


async def states(house: House) -> list[str]:
    mails: Sequence[OutgoingMail] = await house.all(select(OutgoingMail).order_by(OutgoingMail.created_at, OutgoingMail.id))
    return [state_of(mail) for mail in mails]


async def status(house: House, admin: SignedInAgent, mailer: SmtpMailer | None = None) -> MailStatus:
    async with house.works.read() as rows:
        return await mail_status(rows, admin, mailer, SENDER, MAX_AGE)


async def test_without_a_mail_host_mail_waits_and_never_says_sent(house: House) -> None:
    await queue(house)
    await run(house, MailboxMailer())
    assert await states(house) == ["waiting"]
    assert await house.all(select(Job)) == [], "nothing is tried that cannot succeed"
    admin = await house.agent("Root", role="admin")
    said = await status(house, admin)
    assert (said.host, said.waiting, said.mail_ok_at) == (None, 1, None)


async def test_waiting_mail_leaves_once_a_mail_host_is_set(house: House, smtp_sink: SmtpSink) -> None:
    for name in ("first", "second"):
        await queue(house, f"{name}@example.com")
        house.clock.on(minutes=1)
    await run(house, MailboxMailer())
    mailer = SmtpMailer(smtp_sink.url)
    await Outbox(mailer, max_age=MAX_AGE).release(house.works)
    await run(house, mailer)
    assert sorted(mail.recipients[0] for mail in smtp_sink.mails) == ["first@example.com", "second@example.com"]
    assert await states(house) == ["sent", "sent"]


async def test_mail_that_waited_too_long_asks_an_admin(house: House, smtp_sink: SmtpSink) -> None:
    await queue(house, "old@example.com")
    house.clock.on(days=4)
    await queue(house, "new@example.com")
    await run(house, MailboxMailer())
    mailer = SmtpMailer(smtp_sink.url)
    outbox = Outbox(mailer, max_age=MAX_AGE)
    await outbox.release(house.works)
    await run(house, mailer)
    assert await states(house) == ["held", "sent"]
    admin = await house.agent("Root", role="admin")
    await house.run(settle_held, admin, is_sent=True)
    await run(house, mailer)
    assert [mail.recipients for mail in smtp_sink.mails] == [["new@example.com"], ["old@example.com"]]
    (line,) = await house.all(select(Activity))
    assert (line.action, line.detail["count"]) == ("mail.send_held", 1)


async def test_an_answer_read_meanwhile_does_not_leave(house: House, smtp_sink: SmtpSink) -> None:
    ana = await house.agent()
    visitor = house.visitor()
    id = (await house.start(visitor, fields=PrechatFields(email="mia@example.com"))).conversation.id
    await house.claim(ana, id)
    answer = await house.answer(ana, id)
    house.clock.on(seconds=UNREAD_AFTER.total_seconds())
    jobs = house.jobs({UNREAD_JOB: Fallback(UNREAD_AFTER, mail_settings()).run, SEND_JOB: Outbox(MailboxMailer()).send})
    while await jobs.run_due():
        pass
    assert await states(house) == ["waiting"]
    await house.run(mark_read, visitor, ReadConversation(conversation_id=id, seq=answer.seq or 0))
    mailer = SmtpMailer(smtp_sink.url)
    await Outbox(mailer).release(house.works)
    await run(house, mailer)
    assert (await states(house), smtp_sink.mails) == (["discarded"], [])


async def test_a_refused_recipient_fails_for_good_and_can_be_sent_again(house: House, smtp_sink: SmtpSink) -> None:
    mail = await queue(house)
    smtp_sink.refusal = "550 5.1.1 No such mailbox"
    mailer = SmtpMailer(smtp_sink.url)
    await run(house, mailer)
    assert await states(house) == ["failed"]
    admin, ana = await house.agent("Root", role="admin"), await house.agent("Ana")
    said = await status(house, admin, mailer)
    assert (said.failed, said.host) == (1, f"127.0.0.1:{smtp_sink.port}")
    assert "No such mailbox" in (said.problem or "")
    smtp_sink.refusal = None
    with pytest.raises(Forbidden):
        await house.run(retry_mail, ana, mail.id)
    await house.run(retry_mail, admin, mail.id)
    await run(house, mailer)
    assert await states(house) == ["sent"]
    with pytest.raises(Invalid):
        await house.run(discard_mail, admin, mail.id)


async def test_a_host_that_never_answers_is_given_up_after_the_last_pause(house: House) -> None:
    await queue(house)
    mailer = SmtpMailer(f"smtp://127.0.0.1:{free_port()}")
    for pause in (*PAUSES, 0):
        await run(house, mailer)
        (mail,) = await house.all(select(OutgoingMail))
        if pause:
            assert (state_of(mail), mail.next_try_at) == ("retrying", house.clock() + timedelta(seconds=pause))
            assert "Nothing listens on port" in mail.last_error
        house.clock.on(seconds=pause)
    assert await states(house) == ["failed"]
    assert await house.all(select(Job)) == []


async def test_a_test_mail_is_accepted_and_the_fact_is_kept(house: House, smtp_sink: SmtpSink) -> None:
    admin = await house.agent("Root", role="admin")
    tested = await send_test_mail(house.works, admin, SmtpMailer(smtp_sink.url), SENDER)
    (received,) = smtp_sink.mails
    assert (tested.is_accepted, received.recipients) == (True, [tested.recipient])
    assert (await status(house, admin)).mail_ok_at == tested.mail_ok_at == house.clock()
    (line,) = await house.all(select(Activity))
    assert line.action == "mail.test"


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        ("550 5.7.1 Relaying denied", "550 5.7.1 Relaying denied. Ask the host's operator"),
        ("451 4.3.2 Please try later", "451 4.3.2 Please try later. Parley tries again."),
    ],
)
async def test_a_refused_test_mail_says_what_the_host_said(house: House, smtp_sink: SmtpSink, refusal: str, says: str) -> None:
    admin = await house.agent("Root", role="admin")
    smtp_sink.refusal = refusal
    tested = await send_test_mail(house.works, admin, SmtpMailer(smtp_sink.url), SENDER)
    assert not tested.is_accepted
    assert says in tested.says
    said = await status(house, admin)
    assert (said.mail_ok_at, said.failed, said.problem) == (None, 0, None), "a test is nobody's mail"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("smtp://no-such-host.invalid:587", "There is no mail host named no-such-host.invalid"),
        ("smtp://127.0.0.1:{free}", "Nothing listens on port"),
        ("", "There is no mail host. Set PARLEY_SMTP_URL"),
    ],
)
async def test_a_test_mail_to_no_host_says_what_to_do(house: House, url: str, says: str) -> None:
    admin = await house.agent("Root", role="admin")
    url = url.replace("{free}", str(free_port()))
    tested = await send_test_mail(house.works, admin, SmtpMailer(url) if url else None, SENDER)
    assert (tested.is_accepted, says in tested.says) == (False, True), tested.says


async def test_a_tls_host_that_speaks_plainly_is_explained(house: House, smtp_sink: SmtpSink) -> None:
    admin = await house.agent("Root", role="admin")
    tested = await send_test_mail(house.works, admin, SmtpMailer(f"smtps://127.0.0.1:{smtp_sink.port}"), SENDER)
    assert "smtps:// for port 465" in tested.says, tested.says


async def test_only_admins_see_and_test_mail(house: House, smtp_sink: SmtpSink) -> None:
    ana = await house.agent("Ana", role="supervisor")
    with pytest.raises(Forbidden):
        await status(house, ana)
    with pytest.raises(Forbidden):
        await send_test_mail(house.works, ana, SmtpMailer(smtp_sink.url), SENDER)
    with pytest.raises(Forbidden):
        await house.run(settle_held, ana, is_sent=False)
    assert smtp_sink.mails == []
