"""Tickets without a chat: for a caller whose contact is found or made on the spot."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from app.contract.forms import PrechatFields
from app.contract.new_tickets import CreateTicket, NewContact
from app.contract.ticket_fields import SaveTicketField, SaveTicketForm, TicketValue
from app.contract.tickets import TicketView
from app.conversations.new_tickets import create_ticket, find_contacts
from app.conversations.ticket_fields import save_ticket_form
from app.errors import Incomplete, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.routing.dispatch import dispatch
from models import Contact, Conversation, Message, Ticket
from tests.factories import House

MIA = NewContact(name="Mia Chen", email="Mia@example.com", phone="+49 30 1234")


async def create(house: House, agent: SignedInAgent, key: str = "call-1", **more: Any) -> TicketView:
    asked = {"client_id": key, "inbox_id": house.inbox_id, "description": "Called: the stove leaks gas.", "new_contact": MIA}
    return await house.run(create_ticket, agent, CreateTicket(**asked | more), "Stove leaks", "Stoves", "urgent")


async def count(house: House, table: Any) -> int:
    return (await house.all(select(func.count()).select_from(table)))[0]


async def test_a_caller_gets_a_ticket_and_the_note_is_the_agents(house: House) -> None:
    ana = await house.agent(presence=None)
    ticket = await create(house, ana, title=" Gas  leak ")
    assert (ticket.number, ticket.title, ticket.topic, ticket.priority, ticket.contact_name) == (
        *(1, "Gas leak", "Stoves", "urgent", "Mia Chen"),
    )
    stands = await house.conversation(ticket.conversation_id)
    assert (stands.category, stands.team_id, stands.agent_id, stands.preview) == (
        *("new", house.team_id, None, "Called: the stove leaks gas."),
    )
    first, *_ = await house.messages(stands.id)
    assert (first.author_kind, first.author_name, first.visibility) == ("agent", "Ana", "internal")
    (contact,) = await house.all(select(Contact))
    assert (contact.email, contact.phone, contact.is_verified) == ("mia@example.com", "+49 30 1234", False)


async def test_a_double_submit_makes_one_ticket(house: House) -> None:
    ana = await house.agent()
    made = await asyncio.gather(*(create(house, ana) for _ in range(5)))
    assert {one.number for one in made} == {1}
    assert [await count(house, table) for table in (Ticket, Conversation, Contact)] == [1, 1, 1]
    assert (await create(house, ana, "call-2")).number == 2
    assert await count(house, Contact) == 1  # known by the address


async def test_a_known_contact_with_an_open_chat_gets_a_ticket_beside_it(house: House) -> None:
    ana = await house.agent()
    started = await house.start(fields=PrechatFields(name="Mia Chen", email="mia@example.com"))
    (contact,) = await house.all(select(Contact))
    ticket = await create(house, ana, contact_id=contact.id, new_contact=None)
    assert (ticket.contact_id, ticket.conversation_id != started.conversation.id) == (contact.id, True)


async def test_team_first_agent_second(house: House) -> None:
    ana, orders = await house.agent(), await house.team("Orders")
    ben = await house.agent("Ben", teams=[orders])
    ticket = await create(house, ana, team_id=orders, agent_id=ben.id)
    assert (ticket.team_id, ticket.agent_id) == (orders, ben.id)
    free = await create(house, ana, "call-2", team_id=orders)
    assert (free.team_id, free.agent_id) == (orders, None)
    await dispatch(house.works, orders)
    assert (await house.conversation(free.conversation_id)).agent_id == ben.id


async def test_required_fields_hold_at_this_door(house: House) -> None:
    ada = await house.agent("Ada", role="admin")
    form = SaveTicketForm(fields=[SaveTicketField(name="Serial", kind="text", is_required_to_open=True)])
    (serial,) = await house.run(save_ticket_form, ada, house.inbox_id, form)
    with pytest.raises(Incomplete):
        await create(house, ada)
    assert [await count(house, table) for table in (Ticket, Conversation, Contact, Message)] == [0, 0, 0, 0]
    assert (await create(house, ada, fields=[TicketValue(field_id=serial.id, value="X-1")])).number == 1


async def test_what_makes_no_sense_is_refused_and_nothing_is_left_behind(house: House) -> None:
    ana = await house.agent()
    for more, error in (
        ({"description": " \n "}, Invalid),
        ({"new_contact": NewContact(name=" ")}, Invalid),
        ({"new_contact": None}, Invalid),
        ({"contact_id": house.team_id}, NotFound),
        ({"inbox_id": house.team_id}, NotFound),
        ({"team_id": house.inbox_id}, NotFound),
        ({"agent_id": house.inbox_id}, NotFound),
    ):
        with pytest.raises(error):
            await create(house, ana, **more)
    assert [await count(house, table) for table in (Ticket, Conversation, Contact)] == [0, 0, 0]


async def test_contacts_are_found_by_how_name_address_and_phone_begin(house: House) -> None:
    ana = await house.agent()
    for n, (name, email, phone) in enumerate((("Mia Chen", "m.chen@example.com", "+49 30"), ("Mian", "z@example.com", "030"))):
        said = NewContact(name=name, email=email, phone=phone)
        await create(house, ana, f"call-{n}", new_contact=said)

    async def found(query: str) -> set[str]:
        async with house.works.read() as rows:
            return {one.name for one in await find_contacts(rows, ana, query)}

    assert await found("MIA") == {"Mia Chen", "Mian"}
    assert await found("mia c") == {"Mia Chen"}
    assert await found("m.chen@") == {"Mia Chen"}
    assert await found("030") == {"Mian"}
    assert await found("nobody") == set()
    assert await found(" ") == set()
