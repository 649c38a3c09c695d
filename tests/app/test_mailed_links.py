"""Mail to a contact: a link that opens the conversation, files, the inbox's looks, and an end to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.attachments import FileStore, upload_file
from app.contract.forms import PrechatFields
from app.conversations.messages.store import UNREAD_JOB
from app.errors import NotFound
from app.job_kinds import JobKind
from app.jobs import JobHandler, JobRunner
from app.mail.fallback import Fallback
from app.mail.link_follow_ups import send_new_link, stop_mail
from app.mail.mailer import SmtpMailer
from app.mail.outbox import SEND_JOB, Outbox
from app.mailed_links import MailedLink, MailedLinks, Purpose
from app.people.actors import SignedInAgent
from app.work import Work
from models import Contact, Inbox, OutgoingMail
from tests.factories import UNREAD_AFTER, House, mail_settings
from tests.servers.smtp import SmtpSink

LINKS = mail_settings().links
URL = re.compile(r"https://help\.example\.com/\S+")


def runner(house: House, sink: SmtpSink | None = None, files: FileStore | None = None, max_bytes: int = 1000) -> JobRunner:
    async def read(file: object) -> bytes | None:
        assert files
        return files.path_of(file["digest"]).read_bytes()  # pyright: ignore[reportIndexIssue]

    jobs: dict[JobKind, JobHandler] = {UNREAD_JOB: Fallback(UNREAD_AFTER, mail_settings(max_bytes)).run}
    if sink:
        jobs[SEND_JOB] = Outbox(SmtpMailer(sink.url), read if files else None).send
    else:
        jobs[SEND_JOB] = _keep
    return house.jobs(jobs)


async def _keep(works: object, payload: object) -> None:
    return


async def mailed(house: House, jobs: JobRunner | None = None) -> Sequence[OutgoingMail]:
    jobs = jobs or runner(house)
    house.clock.on(seconds=UNREAD_AFTER.total_seconds())
    while await jobs.run_due():
        pass
    return await house.all(select(OutgoingMail).order_by(OutgoingMail.created_at, OutgoingMail.id))


async def answered(house: House, ana: SignedInAgent, body: str = "It leaves tomorrow.", **fields: object) -> str:
    visitor = house.visitor()
    id = (await house.start(visitor, fields=PrechatFields(name="Mia", email="mia@example.com"))).conversation.id
    await house.claim(ana, id)
    await house.answer(ana, id, body, **fields)
    return id


def token_of(mail: OutgoingMail, start: str = "/chat/") -> str:
    (found,) = {url.partition(start)[2] for url in URL.findall(mail.body_text) if start in url and "/files/" not in url}
    return found


async def read(house: House, token: str, purpose: Purpose = "chat", links: MailedLinks = LINKS) -> MailedLink:
    async with house.works.read() as rows:
        return await links.read(rows, token, purpose, house.clock())


async def test_every_mail_to_a_contact_carries_a_link_to_its_conversation(house: House) -> None:
    ana = await house.agent("Ana")
    id = await answered(house, ana)
    (mail,) = await mailed(house)
    link = await read(house, token_of(mail))
    assert (link.conversation.id, link.contact.email, link.is_expired) == (id, "mia@example.com", False)
    assert f"https://help.example.com/chat/{token_of(mail)}" in mail.body_html
    assert "don't reply to this mail" in mail.body_text
    assert "don&#39;t reply to this mail" in mail.body_html
    assert mail.sender == "Shop <support@shop.example.com>"
    assert "border-top:6px solid #0f766e" in mail.body_html


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), "another signature"),
        (lambda token: token.replace("ml1.chat", "ml1.stop"), "another purpose"),
        (lambda token: token.rpartition(".")[0], "cut"),
        (lambda token: token + "x" * 300, "endless"),
        (lambda token: re.sub(r"\.(\d+)\.", lambda it: f".{int(it[1]) + 1}.", token), "another time"),
    ],
)
async def test_a_changed_link_opens_nothing(house: House, change: object, why: str) -> None:
    await answered(house, await house.agent("Ana"))
    (mail,) = await mailed(house)
    forged = change(token_of(mail))  # pyright: ignore[reportCallIssue]
    for purpose in ("chat", "stop"):
        with pytest.raises(NotFound):
            await read(house, forged, purpose)


async def test_another_secret_or_address_voids_the_link(house: House) -> None:
    await answered(house, await house.agent("Ana"))
    (mail,) = await mailed(house)
    token = token_of(mail)
    with pytest.raises(NotFound):
        await read(house, token, links=MailedLinks("o" * 40, "https://help.example.com", timedelta(days=14)))

    async def correct(work: Work) -> None:
        await work.change(update(Contact).values(email="mia.berg@example.com"))

    await house.run(correct)
    with pytest.raises(NotFound):
        await read(house, token)


async def test_an_expired_link_sends_a_new_one_to_the_same_address(house: House) -> None:
    await answered(house, await house.agent("Ana"))
    (mail,) = await mailed(house)
    house.clock.on(days=14, seconds=1)
    link = await read(house, token_of(mail))
    assert link.is_expired
    await house.run(send_new_link, mail_settings(), link)
    _, again = await mailed(house)
    assert (again.recipient, again.subject) == ("mia@example.com", "Your link to the chat with Shop")
    assert not (await read(house, token_of(again))).is_expired


async def upload(house: House, store: FileStore, ana: SignedInAgent, name: str, data: bytes) -> str:
    return (await upload_file(house.works, store, ana, name, data, 10_000)).id


async def test_small_files_are_attached(house: House, smtp_sink: SmtpSink, tmp_path: Path) -> None:
    store, ana = FileStore(tmp_path), await house.agent("Ana")
    ids = [await upload(house, store, ana, name, data) for name, data in (("a.txt", b"alpha"), ("b.pdf", b"%PDF-1.4 beta"))]
    await answered(house, ana, attachment_ids=ids)
    await mailed(house, runner(house, smtp_sink, store))
    (received,) = await smtp_sink.wait_for(1)
    sent = {part.get_filename(): part.get_content() for part in received.message.iter_attachments()}
    assert sent == {"a.txt": "alpha", "b.pdf": b"%PDF-1.4 beta"}
    assert received.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/mail/stop/" in received.message["List-Unsubscribe"]


async def test_files_too_large_together_are_links(house: House, smtp_sink: SmtpSink, tmp_path: Path) -> None:
    store, ana = FileStore(tmp_path), await house.agent("Ana")
    ids = [await upload(house, store, ana, f"{n}.txt", str(n).encode() * 600) for n in range(2)]
    await answered(house, ana, attachment_ids=ids)
    (mail,) = await mailed(house, runner(house, smtp_sink, store))
    (received,) = await smtp_sink.wait_for(1)
    assert list(received.message.iter_attachments()) == []
    for id in ids:
        assert f"/files/{id}" in mail.body_text
        assert f"/files/{id}" in mail.body_html


@pytest.mark.parametrize(
    ("locale", "subject", "direction"),
    [
        ("de-AT", "Ana von Shop hat geantwortet", "ltr"),
        ("ar", "ردّ Ana من Shop", "rtl"),
        ("fr", "Ana from Shop replied", "ltr"),
    ],
)
async def test_a_mail_speaks_the_contacts_language(house: House, locale: str, subject: str, direction: str) -> None:
    async def speak(work: Work) -> None:
        await work.change(update(Inbox).values(locale=locale))

    await house.run(speak)
    await answered(house, await house.agent("Ana"))
    (mail,) = await mailed(house)
    assert mail.subject == subject
    assert f'dir="{direction}"' in mail.body_html


async def test_no_pattern_in_a_name_is_filled_in(house: House) -> None:
    ana = await house.agent("Ana")
    sly = SignedInAgent(id=ana.id, name="{inbox} {{ 7*1000003 }}", role="agent", session="")
    await answered(house, sly)
    (mail,) = await mailed(house)
    assert "{{ 7*1000003 }}" in mail.subject
    assert "7000021" not in mail.body_text


async def test_a_stopped_conversation_is_mailed_no_more(house: House) -> None:
    ana = await house.agent("Ana")
    id = await answered(house, ana)
    (mail,) = await mailed(house)
    link = await read(house, token_of(mail, "/mail/stop/"), "stop")
    await house.run(stop_mail, link)
    await house.answer(ana, id, "One more thing.")
    assert len(await mailed(house)) == 1
