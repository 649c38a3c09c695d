"""What agents write down of a contact, and everything they are shown of them."""

from __future__ import annotations

from typing import Any

import pytest

from app.contract.audiences import ToInboxAgents
from app.contract.contacts import ContactChanged
from app.contract.conversations import ConversationChanged
from app.contract.forms import PrechatFields
from app.contract.surveys import AnswerSurvey
from app.contract.tickets import OpenTicket
from app.conversations.contact_history import PAGE, get_contact, list_contact_conversations
from app.conversations.tickets import open_ticket
from app.csat import answer_survey
from app.errors import Invalid, NotFound
from app.people.contacts import find_contact
from app.people.permissions import ROLES, Grant, Permission
from realtime.gateway import Gateway
from tests.app.asking import ask
from tests.app.test_identity import identify
from tests.factories import READER, House

FACTS = [{"name": "Shoe size", "value": "42"}, {"name": "Plan", "value": "Gold"}]


async def test_what_an_agent_writes_down_is_kept_and_told_to_colleagues(house: House, gateway: Gateway) -> None:
    ana = await house.agent()
    _, visitor = await house.chat(ana)
    house.told.forget()
    given = {"name": " Mia  Berg ", "email": "MIA@example.com", "phone": "+49 30 1", "company": "Berg", "notes": "Likes\ntea"}
    reply = await ask(gateway, ana, "contact.edit", contact_id=visitor.contact_id, facts=FACTS, **given)
    assert reply["ok"], reply
    assert (reply["contact"]["name"], reply["contact"]["email"]) == ("Mia Berg", "mia@example.com")
    assert not reply["contact"]["is_verified"], "an agent's word proves nothing"
    details = reply["details"]
    assert (details["phone"], details["company"], details["notes"]) == ("+49 30 1", "Berg", "Likes\ntea")
    assert details["facts"] == FACTS
    told = house.told.one(ContactChanged, ToInboxAgents(inbox_id=house.inbox_id))
    assert told.details.company == "Berg"
    assert house.told.one(ConversationChanged).conversation.contact.name == "Mia Berg"
    async with house.works.read() as rows:
        known = await get_contact(rows, READER, visitor.contact_id)
    assert (known.contact, known.details) == (told.contact, told.details)


async def test_what_is_left_out_stays_and_what_is_empty_is_cleared(house: House, gateway: Gateway) -> None:
    ana = await house.agent()
    _, visitor = await house.chat(ana)
    edit = {"contact_id": visitor.contact_id}
    await ask(gateway, ana, "contact.edit", **edit, email="mia@example.com", company="Berg", facts=FACTS)
    reply = await ask(gateway, ana, "contact.edit", **edit, email="", facts=[])
    assert (reply["contact"]["email"], reply["details"]["company"], reply["details"]["facts"]) == (None, "Berg", [])


@pytest.mark.parametrize(
    "given",
    [{"email": "not an address"}, {"facts": [{"name": "A", "value": "1"}, {"name": "a", "value": "2"}]}, {"name": "x" * 201}],
    ids=["address", "facts", "length"],
)
async def test_what_does_not_fit_is_refused(house: House, gateway: Gateway, given: dict[str, Any]) -> None:
    ana = await house.agent()
    _, visitor = await house.chat(ana)
    reply = await ask(gateway, ana, "contact.edit", contact_id=visitor.contact_id, **given)
    assert (reply["ok"], reply["code"]) == (False, "invalid")


async def test_what_the_site_vouched_for_is_not_an_agents_to_change(house: House, gateway: Gateway) -> None:
    ana = await house.agent()
    visitor = await identify(house, name="Mia Berg", email="mia@example.com")
    async with house.works.read() as rows:
        contact = await find_contact(rows, visitor.contact_id)
    assert contact is not None
    for change in ({"name": "Somebody else"}, {"email": "else@example.com"}):
        reply = await ask(gateway, ana, "contact.edit", contact_id=visitor.contact_id, **change)
        assert reply["code"] == "invalid"
    reply = await ask(gateway, ana, "contact.edit", contact_id=visitor.contact_id, name=contact.name, company="Berg")
    assert (reply["ok"], reply["contact"]["is_verified"], reply["details"]["company"]) == (True, True, "Berg")


async def test_an_agent_whose_role_does_not_allow_it_edits_nobody(
    house: House, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await house.agent()
    _, visitor = await house.chat(ana)
    monkeypatch.setitem(ROLES, "agent", Grant(ROLES["agent"].names - {Permission.EDIT_CONTACTS}))
    reply = await ask(gateway, ana, "contact.edit", contact_id=visitor.contact_id, company="Berg")
    assert reply["code"] == "forbidden"


async def test_nobody_edits_a_contact_that_is_not_there(house: House, gateway: Gateway) -> None:
    ana = await house.agent()
    reply = await ask(gateway, ana, "contact.edit", contact_id=house.visitor().contact_id, company="Berg")
    assert reply["code"] == "not_found"
    async with house.works.read() as rows:
        with pytest.raises(NotFound):
            await get_contact(rows, READER, house.visitor().contact_id)


async def test_a_visitor_cannot_say_what_only_agents_write(house: House, gateway: Gateway) -> None:
    _, visitor = await house.chat()
    reply = await ask(gateway, visitor, "contact.edit", contact_id=visitor.contact_id, notes="I am a VIP")
    assert (reply["ok"], reply["code"]) == (False, "invalid")


async def test_tickets_and_scores_of_the_contact_and_of_nobody_else(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    other_id, other = await house.chat(ana)
    for conversation_id, who, score in ((id, visitor, 5), (other_id, other, 1)):
        await house.run(open_ticket, ana, OpenTicket(conversation_id=conversation_id), f"Of {score}", "")
        await house.resolve(ana, conversation_id)
        await house.run(answer_survey, who, AnswerSurvey(conversation_id=conversation_id, score=score, comment="Well"))
    async with house.works.read() as rows:
        known = await get_contact(rows, READER, visitor.contact_id)
    assert [ticket.title for ticket in known.tickets] == ["Of 5"]
    assert [(score.conversation_id, score.score, score.comment) for score in known.scores] == [(id, 5, "Well")]


async def test_past_conversations_come_in_pages(house: House) -> None:
    ana = await house.agent(capacity=100)
    visitor = house.visitor()
    for number in range(PAGE + 3):
        id = (await house.start(visitor, f"Number {number}", fields=PrechatFields(name="Mia"))).conversation.id
        await house.claim(ana, id)
        await house.resolve(ana, id)
        await house.chat(ana)
    async with house.works.read() as rows:
        first = await list_contact_conversations(rows, READER, visitor.contact_id)
        second = await list_contact_conversations(rows, READER, visitor.contact_id, first.next)
        with pytest.raises(Invalid):
            await list_contact_conversations(rows, READER, visitor.contact_id, "' OR 1=1")
    told = [conversation.preview for conversation in [*first.conversations, *second.conversations]]
    assert told == [f"Number {number}" for number in reversed(range(PAGE + 3))]
    assert second.next is None
