"""What an inbox asks of a visitor: the form before or after the first message, and the address a reply can reach."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.contract.audiences import ToInboxAgents
from app.contract.contacts import ContactChanged
from app.contract.conversations import ConversationChanged
from app.contract.forms import FieldValue, PrechatFields, SubmitForm
from app.conversations.assignments.offers import routing_of
from app.conversations.forms import submit_form
from app.errors import Invalid
from app.people.actors import Visitor
from app.people.contacts import details_view, find_contact
from app.work import Work
from models import Contact, Conversation, Inbox
from tests.factories import House

FIELDS: list[dict[str, Any]] = [
    {"key": "name", "kind": "name", "label": "", "options": [], "is_required": True},
    {"key": "phone", "kind": "phone", "label": "", "options": [], "is_required": False},
    {"key": "order", "kind": "number", "label": "Order number", "options": [], "is_required": True},
    {"key": "topic", "kind": "choice", "label": "Topic", "options": ["Delivery", "Returns"], "is_required": False},
    {"key": "terms", "kind": "checkbox", "label": "I agree", "options": [], "is_required": True},
]
GIVEN = {"order": "1234", "terms": "yes"}


def given(name: str | None = "Mia", email: str | None = None, phone: str | None = None, **more: str) -> PrechatFields:
    return PrechatFields(
        name=name, email=email, phone=phone, more=[FieldValue(name=key, value=value) for key, value in more.items()]
    )


async def set_up(house: House, **values: Any) -> None:
    async def write(work: Work) -> None:
        await work.change(update(Inbox).where(Inbox.id == house.inbox_id).values(**values))

    await house.run(write)


async def contact_of(house: House, visitor: Visitor) -> Contact:
    async with house.works.read() as rows:
        found = await find_contact(rows, visitor.contact_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (None, "Name: this field is required."),
        (given(**{**GIVEN, "order": " "}), "Order number: this field is required."),
        (given(**{**GIVEN, "order": "twelve"}), "Order number: enter a number."),
        (given(**GIVEN, topic="Weather"), "Topic: choose one of the options."),
        (given(**{**GIVEN, "terms": "no"}), "I agree: this field is required."),
    ],
    ids=["nothing", "empty", "number", "choice", "checkbox"],
)
async def test_no_conversation_begins_without_the_required_fields(house: House, fields: PrechatFields | None, said: str) -> None:
    await set_up(house, form={"when": "before", "fields": FIELDS})
    with pytest.raises(Invalid, match=said):
        await house.start(fields=fields)
    for table in (Contact, Conversation):
        assert await house.all(select(func.count()).select_from(table)) == [0]


async def test_answers_go_to_the_contact_and_to_its_custom_fields(house: House) -> None:
    await set_up(house, form={"when": "before", "fields": FIELDS})
    visitor = house.visitor()
    started = await house.start(visitor, fields=given(email="Mia@Example.com", phone="+49 30 1", topic="Returns", **GIVEN))
    contact = await contact_of(house, visitor)
    assert (contact.name, contact.email, contact.phone, contact.is_verified) == ("Mia", "mia@example.com", "+49 30 1", False)
    facts = [(fact.name, fact.value) for fact in details_view(contact).facts]
    assert facts == [("Topic", "Returns"), ("Order number", "1234"), ("I agree", "yes")]
    async with house.works.read() as rows:
        routing = await routing_of(rows, started.conversation.id)
    assert routing is not None
    assert routing.fields["topic"] == "Returns", "rules go by the keys"
    assert house.told.one(ContactChanged, ToInboxAgents(inbox_id=house.inbox_id)).contact.name == "Mia"


async def test_what_is_known_is_not_asked_again_and_a_message_into_an_open_conversation_needs_no_form(house: House) -> None:
    await set_up(house, form={"when": "before", "fields": FIELDS[:1]})
    visitor = house.visitor()
    id = (await house.start(visitor, fields=given())).conversation.id
    assert (await house.start(visitor, "And another thing")).conversation.id == id
    ana = await house.agent()
    await house.claim(ana, id)
    await house.resolve(ana, id)
    assert (await house.start(visitor, "Weeks later")).conversation.category == "new"


async def test_an_inbox_that_requires_an_address_takes_no_first_message_without_one(house: House) -> None:
    await set_up(house, email_prompt="require")
    visitor = house.visitor()
    with pytest.raises(Invalid, match="Enter your email address"):
        await house.start(visitor)
    await house.start(visitor, fields=PrechatFields(email="mia@example.com"))
    assert (await contact_of(house, visitor)).email == "mia@example.com"


async def test_a_form_after_the_first_message_is_complete_or_refused(house: House) -> None:
    await set_up(house, form={"when": "after", "fields": FIELDS})
    id, visitor = await house.chat()
    house.told.forget()
    with pytest.raises(Invalid, match="Order number: this field is required"):
        await house.run(submit_form, visitor, SubmitForm(conversation_id=id, fields=given(terms="yes")))
    view = await house.run(submit_form, visitor, SubmitForm(conversation_id=id, fields=given(email="mia@example.com", **GIVEN)))
    assert (view.name, view.email, view.is_verified) == ("Mia", "mia@example.com", False)
    again = given(**{**GIVEN, "order": "99"})
    await house.run(submit_form, visitor, SubmitForm(conversation_id=id, fields=again))
    facts = {fact.name: fact.value for fact in details_view(await contact_of(house, visitor)).facts}
    assert facts == {"Order number": "99", "I agree": "yes"}
    assert house.told.all(ConversationChanged)[-1].conversation.contact.name == "Mia"
    async with house.works.read() as rows:
        routing = await routing_of(rows, id)
    assert routing is not None
    assert routing.fields["order"] == "99"
