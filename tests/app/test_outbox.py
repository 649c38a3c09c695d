"""The outbox over real SMTP: tried again until it is taken, always as the same mail."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

import aiosmtplib
import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.job_kinds import PAUSES
from app.mail.mailer import Mailer, SmtpMailer, is_here
from app.mail.outbox import SEND_JOB, Outbox, queue_mail
from app.mail.smtp_reasons import explain
from app.work import Work
from models import Job, OutgoingMail
from tests.factories import House
from tests.servers.smtp import SmtpSink


async def queue(house: House, subject: str = "Your order") -> OutgoingMail:
    async def write(work: Work) -> OutgoingMail:
        return await queue_mail(
            work,
            kind="unread_answers",
            sender="Parley <support@example.com>",
            recipient="mia@example.com",
            subject=subject,
            body_text="Grüße 👋\n\n.\nand a line that is a dot above",
            body_html="<p>Grüße 👋</p>",
        )

    return await house.run(write)


async def run(house: House, mailer: Mailer) -> None:
    await house.jobs({SEND_JOB: Outbox(mailer).send}).run_due()


async def stored(house: House) -> OutgoingMail:
    (mail,) = await house.all(select(OutgoingMail))
    return mail


async def jobs(house: House) -> Sequence[Job]:
    return await house.all(select(Job))


async def test_a_mail_crosses_the_wire_as_it_was_written(house: House, smtp_sink: SmtpSink) -> None:
    mail = await queue(house, "Grüße vom Laden 👋")
    await run(house, SmtpMailer(smtp_sink.url))
    (received,) = await smtp_sink.wait_for(1)
    assert (received.sender, received.recipients) == ("support@example.com", ["mia@example.com"])
    message = received.message
    assert (message["Subject"], message["Message-ID"]) == ("Grüße vom Laden 👋", mail.message_id)
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").rstrip("\n") == "Grüße 👋\n\n.\nand a line that is a dot above"
    assert ((await stored(house)).state, (await stored(house)).sent_at) == ("sent", house.clock())
    assert await jobs(house) == []


async def test_a_host_that_refuses_twice_gets_the_same_mail_a_third_time(house: House, smtp_sink: SmtpSink) -> None:
    mail = await queue(house)
    mailer = SmtpMailer(smtp_sink.url)
    smtp_sink.refusal = "451 4.3.2 Please try later"
    for pause in PAUSES[:2]:
        await run(house, mailer)
        assert smtp_sink.mails == []
        row = await stored(house)
        assert row.state == "failing"
        assert "Please try later" in row.last_error
        house.clock.on(seconds=pause)
    smtp_sink.refusal = None
    await run(house, mailer)
    (received,) = await smtp_sink.wait_for(1)
    assert received.message["Message-ID"] == mail.message_id
    row = await stored(house)
    assert (row.state, row.last_error) == ("sent", "")
    house.clock.on(days=2)
    await run(house, mailer)
    assert len(smtp_sink.mails) == 1


async def test_a_host_that_is_not_there_is_waited_for(house: House) -> None:
    host = SmtpSink()
    await queue(house)
    await run(house, SmtpMailer(host.url))
    (job,) = await jobs(house)
    assert (job.state, job.attempts, (await stored(house)).state) == ("waiting", 1, "failing")
    host.start()
    try:
        house.clock.on(seconds=PAUSES[0])
        await run(house, SmtpMailer(host.url))
        await host.wait_for(1)
    finally:
        host.stop()


async def test_a_sender_that_dies_after_the_host_took_it_sends_the_same_number_again(house: House, smtp_sink: SmtpSink) -> None:
    class DiesAfterwards:
        """A mailer whose process is gone before it can say that the mail was taken."""

        async def send(self, mail: EmailMessage, recipient: str) -> None:
            await SmtpMailer(smtp_sink.url).send(mail, recipient)
            raise ConnectionResetError("the line went dead")

    mail = await queue(house)
    await run(house, DiesAfterwards())
    house.clock.on(seconds=PAUSES[0])
    await run(house, SmtpMailer(smtp_sink.url))
    first, second = await smtp_sink.wait_for(2)
    assert first.message["Message-ID"] == second.message["Message-ID"] == mail.message_id
    assert (await stored(house)).state == "sent"


async def test_a_mail_sent_already_is_not_sent_by_a_job_that_comes_back(house: House, smtp_sink: SmtpSink) -> None:
    mail = await queue(house)
    await run(house, SmtpMailer(smtp_sink.url))
    await Outbox(SmtpMailer(smtp_sink.url)).send(house.works, {"mail_id": mail.id})
    assert len(smtp_sink.mails) == 1


@pytest.mark.parametrize("url", ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtps:mail"])
def test_an_address_that_is_no_mail_host_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        SmtpMailer(url)


async def test_mail_leaves_without_tls_for_this_machine_only(smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sits on the way can take the offer of STARTTLS out: then there is no mail, and no password, for them to read."""
    monkeypatch.setattr("app.mail.mailer.is_here", "elsewhere".startswith)
    with pytest.raises(aiosmtplib.SMTPException) as refused:
        await SmtpMailer(smtp_sink.url).knock()
    assert "offers no TLS" in explain(refused.value, "mail.example.com:587")
    await SmtpMailer(smtp_sink.url, is_tls_optional=True).knock()


@pytest.mark.parametrize(("host", "held"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("mail.test", False)])
def test_this_machine_is_known(host: str, held: bool) -> None:
    assert is_here(host) is held
