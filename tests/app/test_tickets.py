"""A conversation's number and promise: no gap, no second one, opened by hand or when nobody is here."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from app.contract.audiences import ToInboxAgents
from app.contract.conversations import ConversationChanged, SetPriority, SetStatus
from app.contract.tickets import OpenTicket, TicketChanged, TicketOpened, UpdateTicket
from app.conversations.lifecycle import set_priority, set_status
from app.conversations.lists.pages import list_tickets
from app.conversations.ticket_proposals import TicketProposals
from app.conversations.tickets import NO_TOPIC, PROPOSE_JOB, find_ticket, open_ticket, open_ticket_for, update_ticket
from app.errors import Invalid, NotFound
from app.knowledge.proposals import propose_priority
from app.routing.dispatch import dispatch
from app.work import Work
from models import Activity, Conversation, Ticket
from tests.factories import READER, House


async def numbers(house: House) -> list[int]:
    return list(await house.all(select(Ticket.number).order_by(Ticket.number)))


async def test_a_ticket_says_what_the_contact_first_said(house: House) -> None:
    ana = await house.agent()
    id = (await house.start(body="My stove leaks gas\nand it smells " + "badly " * 30)).conversation.id
    await house.claim(ana, id)
    ticket = await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    assert ticket.title.startswith("My stove leaks gas and it smells badly")
    assert len(ticket.title) <= 80
    assert (ticket.number, ticket.topic, ticket.priority, ticket.closed_at) == (1, NO_TOPIC, "medium", None)
    assert house.told.one(TicketOpened, ToInboxAgents(inbox_id=house.inbox_id)).ticket == ticket
    assert house.told.all(ConversationChanged)[-1].conversation.ticket == ticket
    assert (await house.messages(id))[-1].body == "Ticket #1 was opened."


async def test_what_the_agent_says_comes_before_what_is_proposed(house: House) -> None:
    ana = await house.agent()
    first, second = (await house.chat())[0], (await house.chat())[0]
    command = OpenTicket(conversation_id=first, title=" Gas  leak\n", topic="Safety", priority="urgent")
    said = await house.run(open_ticket, ana, command, "Proposed title", "Proposed topic")
    assert (said.title, said.topic, said.priority) == ("Gas leak", "Safety", "urgent")
    assert (await house.conversation(first)).priority_rank == 0
    proposed = await house.run(open_ticket, ana, OpenTicket(conversation_id=second), "Proposed title", "Proposed topic")
    assert (proposed.title, proposed.topic) == ("Proposed title", "Proposed topic")


async def test_opening_again_gives_the_same_ticket(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    first = await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="One"))
    again = await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="Two"))
    assert (again.number, again.title) == (first.number, "One")
    assert await numbers(house) == [1]


async def test_one_conversation_raced_by_ten_gets_one_ticket(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    async with house.another_node() as other:
        tickets = await asyncio.gather(
            *(works.run(open_ticket, ana, OpenTicket(conversation_id=id)) for works in [house.works, other] * 5)
        )
    assert {ticket.number for ticket in tickets} == {1}
    assert len([message for message in await house.messages(id) if message.system == "ticket_opened"]) == 1


async def test_twenty_tickets_at_once_are_numbered_without_a_gap(house: House) -> None:
    ana = await house.agent(capacity=50)
    ids = [(await house.chat())[0] for _ in range(20)]
    async with house.another_node() as other:
        await asyncio.gather(
            *((house.works, other)[n % 2].run(open_ticket, ana, OpenTicket(conversation_id=id)) for n, id in enumerate(ids))
        )
    assert await numbers(house) == list(range(1, 21))


async def test_a_number_is_not_spent_when_the_work_fails(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)

    async def fail_after_opening(work: Work) -> None:
        conversation = await work.one(select(Conversation).where(Conversation.id == id).with_for_update())
        assert conversation
        await open_ticket_for(work, conversation)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        await house.run(fail_after_opening)
    assert await numbers(house) == []
    assert (await house.run(open_ticket, ana, OpenTicket(conversation_id=id))).number == 1


async def test_whoever_writes_while_nobody_is_here_gets_a_ticket_once(house: House) -> None:
    await house.agent(presence=None)
    id, visitor = await house.chat()
    for _ in range(2):
        await dispatch(house.works, house.team_id)
    assert await numbers(house) == [1]
    view = (await house.start(visitor, "Hello? Anyone?")).conversation
    assert (view.id, view.ticket_number) == (id, 1)


async def test_nobody_here_means_no_live_lease_of_somebody_who_answers(house: House) -> None:
    await house.agent("Away", presence="away")
    await house.chat()
    await dispatch(house.works, house.team_id)
    assert await numbers(house) == [1]


async def test_while_somebody_is_here_but_busy_one_waits_without_a_ticket(house: House) -> None:
    ana = await house.agent(capacity=1)
    await house.chat(ana)
    await house.chat()
    await dispatch(house.works, house.team_id)
    assert await numbers(house) == []


async def propose(words: str) -> tuple[str, str]:
    return "My stove leaks gas", "Stoves"


async def opened_by_itself(house: House, body: str = "Hi! My stove leaks gas, this is urgent.") -> str:
    """A ticket that nobody opened: who would is not here."""
    await house.agent(presence=None)
    id = (await house.start(body=body)).conversation.id
    await dispatch(house.works, house.team_id)
    return id


async def fill_in(house: House) -> None:
    assert await house.jobs({PROPOSE_JOB: TicketProposals(propose, propose_priority).run}).run_due()


async def test_one_that_opens_by_itself_gets_what_the_button_proposes(house: House) -> None:
    id = await opened_by_itself(house)
    house.told.forget()
    await fill_in(house)
    ticket = house.told.one(TicketChanged, ToInboxAgents(inbox_id=house.inbox_id)).ticket
    assert (ticket.title, ticket.topic, ticket.priority) == ("My stove leaks gas", "Stoves", "urgent")
    stands = await house.conversation(id)
    assert (stands.topic, stands.priority, stands.priority_rank) == ("Stoves", "urgent", 0)
    assert house.told.all(ConversationChanged)[-1].conversation.ticket == ticket


async def test_what_an_agent_has_chosen_meanwhile_stays(house: House) -> None:
    id = await opened_by_itself(house)
    ana = await house.agent("Ana")
    await house.run(update_ticket, ana, UpdateTicket(conversation_id=id, title="Gas leak", topic="Safety"))
    await house.run(set_priority, ana, SetPriority(conversation_id=id, priority="low"))
    await fill_in(house)
    (ticket,) = await house.all(select(Ticket))
    assert (ticket.title, ticket.topic, (await house.conversation(id)).priority) == ("Gas leak", "Safety", "low")


async def test_the_button_proposes_a_priority_where_nobody_chose_one(house: House) -> None:
    ana = await house.agent()
    first, second = (await house.chat(ana))[0], (await house.chat(ana))[0]
    opened = await house.run(open_ticket, ana, OpenTicket(conversation_id=first), "Title", "Topic", "high")
    assert opened.priority == "high"
    await house.run(set_priority, ana, SetPriority(conversation_id=second, priority="low"))
    opened = await house.run(open_ticket, ana, OpenTicket(conversation_id=second), "Title", "Topic", "high")
    assert opened.priority == "low"


async def test_a_ticket_is_edited_and_everyone_hears_of_it(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="One", topic="Returns"))
    house.told.forget()
    command = UpdateTicket(conversation_id=id, title=" Two\n", topic="Safety", priority="high")
    ticket = await house.run(update_ticket, ana, command)
    assert (ticket.title, ticket.topic, ticket.priority) == ("Two", "Safety", "high")
    assert house.told.one(TicketChanged).ticket == ticket
    assert house.told.to_contact() == [] or "Two" not in str(house.told.to_contact())
    line = (await house.messages(id))[-1]
    assert (line.system, line.visibility, line.author_name) == ("ticket_changed", "internal", "Ana")
    assert line.body == "title: One → Two; topic: Returns → Safety; priority: medium → high"
    (row,) = await house.all(select(Activity).where(Activity.action == "ticket.update"))
    assert (row.before["title"], row.after["title"], row.after["priority"]) == ("One", "Two", "high")
    count = len(await house.messages(id))
    await house.run(update_ticket, ana, command)
    assert len(await house.messages(id)) == count


async def test_a_ticket_keeps_a_title_and_a_topic(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    with pytest.raises(NotFound):
        await house.run(update_ticket, ana, UpdateTicket(conversation_id=id, title="One"))
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="One"))
    for change in ({"title": " \n "}, {"topic": "\x00"}):
        with pytest.raises(Invalid):
            await house.run(update_ticket, ana, UpdateTicket(conversation_id=id, **change))


async def test_tickets_are_found_by_number_title_name_and_status_in_either_order(house: House) -> None:
    ana = await house.agent("Ana")
    ids = [(await house.start(house.visitor(), f"{word} is broken")).conversation.id for word in ("Tent_100%", "Boot", "Tent")]
    for id, title in zip(ids, ("Tent_100% torn", "Boot torn", "A TENT"), strict=True):
        await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title=title))
    await house.run(set_status, ana, SetStatus(conversation_id=ids[1], status="resolved"))

    async def found(**wanted: Any) -> list[int]:
        async with house.works.read() as rows:
            return [
                ticket.number for ticket in (await list_tickets(rows, READER, wanted.pop("after", None), 50, **wanted)).tickets
            ]

    assert await found() == [3, 2, 1]
    assert await found(is_oldest_first=True) == [1, 2, 3]
    assert await found(is_oldest_first=True, after="1") == [2, 3]
    assert await found(query="#2") == [2]
    assert await found(query="tent") == [3, 1]
    assert await found(query="tent_100%") == [1], "% and _ are letters"
    assert await found(status="resolved") == [2]
    assert await found(query="tent", status="resolved") == []


async def test_a_number_finds_the_conversation_and_nothing_else_does(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    ticket = await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="One"))
    async with house.works.read() as rows:
        assert (await find_ticket(rows, ana, str(ticket.number))).id == id
        for number in ("2", "0", "-1", "x", "1e0", "\u0661", "9" * 40):
            with pytest.raises(NotFound):
                await find_ticket(rows, ana, number)
