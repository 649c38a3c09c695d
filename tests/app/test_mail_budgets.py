"""Mail that strangers can cause (B25): little of it, and none of their words."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.contract.assignments import ClaimConversation
from app.contract.conversations import StartConversation
from app.contract.forms import PrechatFields
from app.contract.messages import AgentSendMessage
from app.conversations.assignments.change import claim_conversation
from app.conversations.messages.first_message import start_conversation
from app.conversations.messages.send import post_agent_message
from app.mail.fallback import MAX_A_DAY, Fallback
from app.mail.unclaimed_mail import DIGEST_JOB, MAX_ACKNOWLEDGED, MAX_INBOX_ACKNOWLEDGED, Untaken
from app.people.actors import Visitor
from models import Job, OutgoingMail
from tests.factories import House, mail_settings

CANARY = "canary https://evil.example.com/win"
VICTIM = "victim@example.com"
UNTAKEN = Untaken(mail_settings(), "https://help.example.com")


async def chat_of(house: House, email: str) -> str:
    visitor: Visitor = house.visitor()
    said = StartConversation(client_id="k", body=CANARY, fields=PrechatFields(name=CANARY[:100], email=email))
    return (await house.run(start_conversation, visitor, said)).conversation.id


async def mails_to(house: House, recipient: str) -> list[OutgoingMail]:
    found = select(OutgoingMail).where(OutgoingMail.recipient == recipient).order_by(OutgoingMail.created_at)
    return list(await house.all(found))


async def test_b25_twelve_chats_are_one_mail_and_one_digest_to_staff_and_two_to_a_victim(house: House) -> None:
    """They were 11 to staff, with the stranger's words and link, and 7 to the address the stranger typed."""
    ada = await house.agent("Ada", role="admin")
    address = (await house.agent_row(ada)).email
    for _ in range(12):
        id = await chat_of(house, VICTIM)
        await house.run(UNTAKEN.run, {"conversation_id": id})
        house.clock.on(seconds=60)
    assert len(await mails_to(house, VICTIM)) == MAX_ACKNOWLEDGED
    assert len(await mails_to(house, address)) == 1
    (job,) = await house.all(select(Job).where(Job.kind == DIGEST_JOB.name))
    assert job.run_at - (await mails_to(house, address))[0].created_at == timedelta(hours=1)
    house.clock.on(seconds=3600)
    for _ in range(2):
        await house.run(UNTAKEN.run_digest, job.payload)
    _, digest = await mails_to(house, address)
    assert digest.subject == "12 conversations are waiting"
    for mail in await house.all(select(OutgoingMail)):
        assert not any("canary" in text or "evil" in text for text in (mail.subject, mail.body_text, mail.body_html))


async def test_a_digest_is_not_mailed_when_nothing_waits(house: House) -> None:
    await house.run(UNTAKEN.run_digest, {"address": "ada@example.com"})
    assert await mails_to(house, "ada@example.com") == []


async def test_b25_an_inbox_acknowledges_so_much_an_hour_whoevers_address_is_typed(house: House) -> None:
    for n in range(MAX_INBOX_ACKNOWLEDGED + 5):
        await house.run(UNTAKEN.run, {"conversation_id": await chat_of(house, f"victim-{n}@example.com")})
    assert len(await house.all(select(OutgoingMail))) == MAX_INBOX_ACKNOWLEDGED
    house.clock.on(seconds=3601)
    await house.run(UNTAKEN.run, {"conversation_id": await chat_of(house, "later@example.com")})
    assert len(await mails_to(house, "later@example.com")) == 1


async def test_b25_an_address_nobody_vouched_for_gets_so_many_answers_a_day(house: House) -> None:
    ana = await house.agent("Ana")
    fallback = Fallback(timedelta(minutes=2), mail_settings())
    id = ""
    for n in range(MAX_A_DAY + 3):
        id = await chat_of(house, VICTIM)
        await house.run(claim_conversation, ana, ClaimConversation(conversation_id=id))
        said = AgentSendMessage(client_id=f"a{n}", conversation_id=id, body="Hello", visibility="public")
        await house.run(post_agent_message, ana, said)
        house.clock.on(seconds=130)
        await house.run(fallback.run, {"conversation_id": id})
    assert len(await mails_to(house, VICTIM)) == MAX_A_DAY
    house.clock.on(seconds=86_400)
    await house.run(fallback.run, {"conversation_id": id})
    assert len(await mails_to(house, VICTIM)) == MAX_A_DAY + 1
