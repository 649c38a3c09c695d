"""A visitor's first message: contact, conversation and message at once, and never two conversations by accident."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from app.clock import new_id
from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.conversations import ConversationChanged, StartConversation, VisitorConversationChanged
from app.contract.forms import PrechatFields
from app.contract.messages import MessageCreated
from app.conversations.messages.first_message import start_conversation
from app.errors import Invalid, NotFound
from app.people.actors import Visitor
from app.people.contacts import find_contact
from models import Contact, Conversation, Message
from tests.factories import House


async def count(house: House, what: type[Any]) -> int:
    (found,) = await house.all(select(func.count()).select_from(what))
    return found


async def test_a_first_message_makes_the_contact_the_conversation_and_the_message(house: House) -> None:
    visitor = house.visitor()
    started = await house.start(visitor, "Do you ship to Norway?", page_url="https://shop.example.com/tents")
    assert (started.conversation.category, started.conversation.seq, started.message.seq) == ("new", 1, 1)
    stands = await house.conversation(started.conversation.id)
    assert (stands.status, stands.priority, stands.team_id, stands.channel) == ("new", "medium", house.team_id, "chat")
    assert stands.queued_at == stands.waiting_since == house.clock()
    async with house.works.read() as rows:
        contact = await find_contact(rows, visitor.contact_id)
    assert contact is not None
    assert contact.page_url == "https://shop.example.com/tents"
    assert house.told.one(MessageCreated, ToContact(contact_id=visitor.contact_id)).message == started.message
    assert house.told.one(VisitorConversationChanged).conversation == started.conversation
    assert house.told.one(ConversationChanged, ToInboxAgents(inbox_id=house.inbox_id)).conversation.unread_count == 1


async def test_opening_the_widget_alone_makes_no_rows(house: House) -> None:
    house.visitor()
    assert await count(house, Contact) == 0


async def test_fifty_first_messages_at_once_open_one_conversation(house: House) -> None:
    visitor = house.visitor()
    async with house.another_node() as other:
        started = await asyncio.gather(
            *(
                (house.works, other)[n % 2].run(
                    start_conversation, visitor, StartConversation(client_id=f"first-{n}", body=f"{n}")
                )
                for n in range(50)
            )
        )
    assert len({one.conversation.id for one in started}) == 1
    assert (await count(house, Conversation), await count(house, Contact), await count(house, Message)) == (1, 1, 50)
    assert sorted(one.message.seq or 0 for one in started) == list(range(1, 51))


async def test_the_same_start_sent_twice_is_one_message_and_one_conversation(house: House) -> None:
    visitor = house.visitor()
    first = await house.start(visitor, "Hi", client_id="k")
    again = await house.start(visitor, "Hi", client_id="k")
    assert (again.conversation.id, again.message) == (first.conversation.id, first.message)
    assert await count(house, Message) == 1


async def test_a_start_raced_with_itself_is_one_message(house: House) -> None:
    visitor = house.visitor()
    command = StartConversation(client_id="k", body="Hi")
    async with house.another_node() as other:
        started = await asyncio.gather(*(works.run(start_conversation, visitor, command) for works in [house.works, other] * 8))
    assert len({one.message.id for one in started}) == 1
    assert (await count(house, Conversation), await count(house, Message)) == (1, 1)


async def test_a_start_while_one_is_open_writes_into_that(house: House) -> None:
    visitor = house.visitor()
    first, second = await house.start(visitor, "One"), await house.start(visitor, "Two")
    assert second.conversation.id == first.conversation.id
    assert second.message.seq == 2


async def test_a_start_after_the_end_opens_a_new_conversation(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.resolve(ana, id)
    assert (await house.start(visitor, "Another thing")).conversation.id != id


async def test_two_visitors_never_share_a_conversation(house: House) -> None:
    started = await asyncio.gather(*(house.start(house.visitor()) for _ in range(10)))
    assert len({one.conversation.id for one in started}) == 10


async def test_what_a_visitor_says_of_themself_is_kept_unverified(house: House) -> None:
    visitor = house.visitor()
    await house.start(visitor, fields=PrechatFields(name="  Mia\n Berg ", email="Mia@Example.com"))
    (contact,) = await house.all(select(Contact).where(Contact.id == visitor.contact_id))
    assert (contact.name, contact.email, contact.is_verified) == ("Mia Berg", "mia@example.com", False)


async def test_fields_left_out_stay_as_they_are(house: House) -> None:
    visitor = house.visitor()
    await house.start(visitor, fields=PrechatFields(name="Mia", email="mia@example.com"))
    await house.start(visitor, "Again", fields=PrechatFields(name="Mia Berg"))
    (contact,) = await house.all(select(Contact).where(Contact.id == visitor.contact_id))
    assert (contact.name, contact.email) == ("Mia Berg", "mia@example.com")


async def test_the_same_address_twice_is_still_two_people(house: House) -> None:
    for _ in range(2):
        await house.start(house.visitor(), fields=PrechatFields(email="mia@example.com"))
    assert await count(house, Contact) == 2


async def test_an_unknown_inbox_is_not_found_and_leaves_nothing(house: House) -> None:
    with pytest.raises(NotFound):
        await house.start(Visitor(contact_id=new_id(), inbox_id=new_id()))
    assert (await count(house, Contact), await count(house, Conversation)) == (0, 0)


async def test_a_first_message_without_words_leaves_nothing(house: House) -> None:
    with pytest.raises(Invalid):
        await house.start(body="  ")
    assert (await count(house, Contact), await count(house, Conversation)) == (0, 0)
    assert house.told.announcements == []


async def test_control_characters_in_a_page_address_are_left_out(house: House) -> None:
    visitor = house.visitor()
    await house.start(visitor, page_url="https://shop.example.com/\x00tents")
    (contact,) = await house.all(select(Contact).where(Contact.id == visitor.contact_id))
    assert contact.page_url == "https://shop.example.com/tents"
