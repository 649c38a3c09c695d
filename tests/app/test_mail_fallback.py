"""The visitor has left with an answer unread: one mail for everything they missed, none if they read it first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.contract.forms import PrechatFields
from app.contract.reading import ReadConversation
from app.conversations.messages.store import UNREAD_JOB
from app.conversations.reading.sync import mark_read
from app.jobs import JobRunner
from app.mail.fallback import MAX_MESSAGES, Fallback
from app.mail.mailer import MailboxMailer
from app.mail.outbox import SEND_JOB, Outbox, as_message
from app.people.actors import SignedInAgent, Visitor
from app.work import Work
from models import Conversation, Inbox, OutgoingMail
from tests.factories import UNREAD_AFTER, House, mail_settings

AFTER = UNREAD_AFTER.total_seconds()


def runner(house: House) -> JobRunner:
    fallback = Fallback(UNREAD_AFTER, mail_settings())
    return house.jobs({UNREAD_JOB: fallback.run, SEND_JOB: Outbox(MailboxMailer()).send})


async def mails(house: House) -> Sequence[OutgoingMail]:
    """What is in the outbox after everything due has run."""
    jobs = runner(house)
    while await jobs.run_due():
        pass
    return await house.all(select(OutgoingMail).order_by(OutgoingMail.created_at, OutgoingMail.id))


async def reachable(
    house: House, ana: SignedInAgent, email: str | None = "mia@example.com", name: str = "Mia"
) -> tuple[str, Visitor]:
    visitor = house.visitor()
    id = (await house.start(visitor, fields=PrechatFields(name=name, email=email))).conversation.id
    await house.claim(ana, id)
    return id, visitor


async def test_a_reply_unread_for_two_minutes_is_mailed_once(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await reachable(house, ana)
    await house.answer(ana, id, "It leaves tomorrow.")
    house.clock.on(seconds=AFTER - 1)
    assert await mails(house) == []
    house.clock.on(seconds=1)
    (mail,) = await mails(house)
    assert (mail.recipient, mail.state, mail.subject) == ("mia@example.com", "waiting", "Ana from Shop replied")
    assert "It leaves tomorrow." in mail.body_text
    assert "It leaves tomorrow." in mail.body_html
    house.clock.on(days=3)
    assert len(await mails(house)) == 1


async def test_several_replies_are_one_mail(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await reachable(house, ana)
    for turn in range(4):
        await house.answer(ana, id, f"answer {turn}")
        house.clock.on(seconds=20)
    house.clock.on(seconds=AFTER)
    (mail,) = await mails(house)
    assert [f"answer {turn}" in mail.body_text for turn in range(4)] == [True] * 4
    assert mail.body_text.index("answer 0") < mail.body_text.index("answer 3")
    assert (mail.first_seq, mail.last_seq) == (3, 6)


async def test_what_is_read_first_is_not_mailed(house: House) -> None:
    ana = await house.agent()
    id, mia = await reachable(house, ana)
    await house.answer(ana, id)
    house.clock.on(seconds=AFTER - 1)
    await house.run(mark_read, mia, ReadConversation(conversation_id=id, seq=3))
    house.clock.on(days=1)
    assert await mails(house) == []


async def test_only_what_is_still_unread_is_mailed_and_each_waits_its_own_time(house: House) -> None:
    ana = await house.agent()
    id, mia = await reachable(house, ana)
    await house.answer(ana, id, "read in time")
    house.clock.on(seconds=AFTER - 10)
    await house.run(mark_read, mia, ReadConversation(conversation_id=id, seq=3))
    await house.answer(ana, id, "not read")
    house.clock.on(seconds=20)
    assert await mails(house) == [], "the second answer is only 20 s old"
    house.clock.on(seconds=AFTER - 20)
    (mail,) = await mails(house)
    assert "not read" in mail.body_text
    assert "read in time" not in mail.body_text


async def test_an_answer_by_the_contact_counts_as_having_read(house: House) -> None:
    ana = await house.agent()
    id, mia = await reachable(house, ana)
    await house.answer(ana, id)
    await house.write(mia, id, "Thanks!")
    house.clock.on(days=1)
    assert await mails(house) == []


async def test_a_later_answer_is_mailed_again_without_the_earlier(house: House) -> None:
    ana = await house.agent()
    id, _ = await reachable(house, ana)
    await house.answer(ana, id, "first")
    house.clock.on(seconds=AFTER)
    await mails(house)
    await house.answer(ana, id, "second")
    house.clock.on(seconds=AFTER)
    _, mail = await mails(house)
    assert "second" in mail.body_text
    assert "first" not in mail.body_text


async def test_without_an_address_there_is_no_mail(house: House) -> None:
    ana = await house.agent()
    id, _ = await reachable(house, ana, email=None)
    await house.answer(ana, id)
    house.clock.on(days=1)
    assert await mails(house) == []


async def test_no_note_is_ever_in_a_mail(house: House) -> None:
    ana = await house.agent()
    id, _ = await reachable(house, ana)
    await house.note(ana, id, "CANARY: he is lying")
    house.clock.on(days=1)
    assert await mails(house) == [], "a note alone is no answer"
    await house.answer(ana, id, "We are looking into it.")
    await house.note(ana, id, "CANARY: still lying")
    house.clock.on(days=1)
    (mail,) = await mails(house)
    assert b"CANARY" not in as_message(mail).as_bytes()


async def test_what_parley_says_by_itself_is_not_mailed(house: House) -> None:
    ana = await house.agent()
    id, _ = await reachable(house, ana)
    await house.resolve(ana, id)
    house.clock.on(days=1)
    assert await mails(house) == []


async def test_many_answers_are_all_mailed_in_the_end(house: House) -> None:
    ana = await house.agent()
    id, _ = await reachable(house, ana)
    for turn in range(MAX_MESSAGES + 3):
        await house.answer(ana, id, f"answer number {turn}.")
    house.clock.on(seconds=AFTER)
    sent = await mails(house)
    text = "".join(mail.body_text for mail in sent)
    assert [turn for turn in range(MAX_MESSAGES + 3) if text.count(f"answer number {turn}.") != 1] == []


@pytest.mark.parametrize(
    "name", ["Ana\r\nBcc: everyone@example.com", "Ana\n\nbody", "Ana\x0b\x0cX: y", "Ana\u2028Bcc: a@b.example"]
)
async def test_b27_no_name_smuggles_a_header_into_a_mail(house: House, name: str) -> None:
    ana = await house.agent("Ana")

    async def rename(work: Work) -> None:
        await work.change(update(Inbox).values(name=f"Shop {name}"))

    await house.run(rename)
    sly = SignedInAgent(id=ana.id, name=name, role="agent", session="")
    id, _ = await reachable(house, ana)
    await house.answer(sly, id)
    house.clock.on(seconds=AFTER)
    (mail,) = await mails(house)
    message = as_message(mail)
    assert {key.lower() for key in message.keys()} == {  # noqa: SIM118 (a message's keys may repeat)
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "auto-submitted",
        "x-auto-response-suppress",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "mime-version",
        "content-type",
    }
    assert message["To"] == "mia@example.com"
    head = message.as_bytes().partition(b"\n\n")[0]
    assert not any(line.lower().startswith((b"bcc", b"x:")) for line in head.splitlines())


async def test_markup_in_a_message_is_text_in_the_mail(house: House) -> None:
    ana = await house.agent()
    id, _ = await reachable(house, ana)
    await house.answer(ana, id, "<img src=x onerror=alert(1)> & <b>bold</b>")
    house.clock.on(seconds=AFTER)
    (mail,) = await mails(house)
    assert "<img" not in mail.body_html
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;" in mail.body_html


async def test_a_mail_says_that_a_machine_wrote_it_and_keeps_its_number(house: House) -> None:
    ana = await house.agent()
    id, _ = await reachable(house, ana)
    await house.answer(ana, id)
    house.clock.on(seconds=AFTER)
    (mail,) = await mails(house)
    first, second = as_message(mail), as_message(mail)
    assert first["Message-ID"] == second["Message-ID"] == f"<{mail.id}@shop.example.com>"
    assert first["Auto-Submitted"] == "auto-generated"


async def test_a_conversation_that_is_gone_is_no_error(house: House) -> None:
    async def queue(work: Work) -> None:
        await work.later(UNREAD_JOB, {"conversation_id": "00000000-0000-7000-8000-000000000000"})

    await house.run(queue)
    assert await mails(house) == []


async def test_answers_at_the_very_moment_of_the_mail_are_not_lost(house: House) -> None:
    """The job has given up its key when it runs, so an answer written meanwhile queues the next one."""
    ana = await house.agent()
    id, _ = await reachable(house, ana)
    await house.answer(ana, id, "first")
    house.clock.on(seconds=AFTER)
    jobs = runner(house)
    await house.answer(ana, id, "late")  # the first job is due and still holds the key
    await jobs.run_due()
    house.clock.on(seconds=AFTER)
    text = "".join(mail.body_text for mail in await mails(house))
    assert (text.count("first"), text.count("late")) == (1, 1)
    stands: Conversation = await house.conversation(id)
    assert stands.mailed_seq == stands.seq
    assert timedelta(seconds=AFTER) == UNREAD_AFTER
