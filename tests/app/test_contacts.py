"""A visitor who says who they are: agents see it at once, and it proves nothing."""

from __future__ import annotations

from app.contract.audiences import ToInboxAgents
from app.contract.contacts import UpdateContact
from app.contract.conversations import ConversationChanged
from app.contract.forms import PrechatFields
from app.conversations.contact_details import update_contact
from app.conversations.views import agent_view_of
from app.people.contacts import find_contact
from tests.factories import House


async def test_agents_see_a_name_left_in_the_middle_of_a_chat(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    before = await house.conversation(id)
    house.told.forget()
    view = await house.run(update_contact, visitor, UpdateContact(name=" Mia  Berg ", email="MIA@example.com"))
    assert (view.name, view.email, view.is_verified) == ("Mia Berg", "mia@example.com", False)
    told = house.told.one(ConversationChanged, ToInboxAgents(inbox_id=house.inbox_id)).conversation
    assert (told.contact.name, told.contact.email, told.rev) == ("Mia Berg", "mia@example.com", before.rev + 1)
    async with house.works.read() as rows:
        assert told == await agent_view_of(rows, id)


async def test_agents_see_a_name_that_comes_with_a_second_first_message(house: House) -> None:
    visitor = house.visitor()
    await house.start(visitor)
    house.told.forget()
    await house.start(visitor, "Also", fields=PrechatFields(name="Mia"))
    assert house.told.all(ConversationChanged)[-1].conversation.contact.name == "Mia"


async def test_what_was_said_earlier_keeps_the_name_it_was_said_under(house: House) -> None:
    id, visitor = await house.chat()
    await house.run(update_contact, visitor, UpdateContact(name="Mia"))
    await house.write(visitor, id)
    assert [message.author_name for message in await house.messages(id)] == ["", "Mia"]


async def test_a_visitor_may_say_who_they_are_before_their_first_message(house: House) -> None:
    visitor = house.visitor()
    await house.run(update_contact, visitor, UpdateContact(email="mia@example.com"))
    async with house.works.read() as rows:
        contact = await find_contact(rows, visitor.contact_id)
    assert contact is not None
    assert contact.email == "mia@example.com"
    assert house.told.announcements == []
    await house.start(visitor)
    assert house.told.one(ConversationChanged).conversation.contact.email == "mia@example.com"


async def test_ended_conversations_are_left_alone(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.resolve(ana, id)
    before = (await house.conversation(id)).rev
    await house.run(update_contact, visitor, UpdateContact(name="Mia"))
    assert (await house.conversation(id)).rev == before
