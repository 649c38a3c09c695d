"""Who holds a conversation: claimed, given, handed over, put back."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from app.clock import new_id
from app.contract.assignments import AssignConversation, AssignmentOffered, ClaimConversation, TransferConversation
from app.contract.audiences import ToAgent, ToAllAgents, ToContact
from app.contract.conversations import ConversationView, VisitorConversationChanged
from app.contract.presence import PresenceChanged
from app.conversations.assignments.change import (
    assign_conversation,
    claim_conversation,
    put_back,
    transfer_conversation,
)
from app.conversations.assignments.claim import Claim, take_if_free
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.routing.queue import queue_of
from app.work import Work
from models import Assignment, Conversation
from tests.factories import House


async def assign(house: House, by: SignedInAgent, id: str, agent: str | None = None, team: str | None = None) -> ConversationView:
    return await house.run(assign_conversation, by, AssignConversation(conversation_id=id, agent_id=agent, team_id=team))


async def history(house: House, id: str) -> list[tuple[str | None, str, bool]]:
    """Who held it, why, and whether that is over."""
    rows = await house.all(select(Assignment).where(Assignment.conversation_id == id).order_by(Assignment.id))
    return [(row.agent_id, row.reason, row.ended_at is not None) for row in rows]


async def test_of_all_who_claim_at_once_exactly_one_gets_it(house: House) -> None:
    agents = [await house.agent(f"Agent {n}") for n in range(10)]
    id, _ = await house.chat()
    async with house.another_node() as other:
        outcomes = await asyncio.gather(
            *(
                (house.works, other)[n % 2].run(claim_conversation, agent, ClaimConversation(conversation_id=id))
                for n, agent in enumerate(agents)
            ),
            return_exceptions=True,
        )
    winners = [view for view in outcomes if isinstance(view, ConversationView)]
    assert len(winners) == 1
    assert all(isinstance(outcome, Conflict) for outcome in outcomes if outcome not in winners)
    assert (await house.conversation(id)).agent_id == winners[0].agent_id
    assert await history(house, id) == [(winners[0].agent_id, "claimed", False)]


async def test_routing_takes_only_what_is_open_and_free(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    free, held, ended = (await house.chat())[0], (await house.chat(ana))[0], (await house.chat())[0]
    await house.resolve(ana, ended)

    async def takes(id: str) -> bool:
        return bool(await house.run(take_if_free, [Claim(id, ben.id, "routed", {})]))

    assert [await takes(id) for id in (free, held, ended, new_id())] == [True, False, False, False]
    assert (await house.conversation(held)).agent_id == ana.id


async def test_claiming_what_one_has_changes_nothing(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    before = (await house.conversation(id)).rev
    await house.claim(ana, id)
    assert (await house.conversation(id)).rev == before


async def test_the_contact_reads_who_joined(house: House) -> None:
    ana = await house.agent("Ana Duarte")
    id, visitor = await house.chat(ana)
    line = (await house.messages(id))[-1]
    assert (line.system, line.body, line.author_name) == ("joined", "Ana Duarte joined.", "Ana Duarte")
    told = house.told.all(VisitorConversationChanged, ToContact(contact_id=visitor.contact_id))[-1]
    assert (told.conversation.agent_name, told.conversation.queue) == ("Ana Duarte", None)


async def test_whoever_is_given_a_conversation_is_told_and_everyone_sees_the_loads(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    house.told.forget()
    await assign(house, ana, id, ben.id)
    assert house.told.one(AssignmentOffered, ToAgent(agent_id=ben.id)).reason == "assigned"
    loads = {event.agent.id: event.agent.load for event in house.told.all(PresenceChanged, ToAllAgents)}
    assert loads == {ana.id: 0, ben.id: 1}
    assert await history(house, id) == [(ana.id, "claimed", True), (ben.id, "assigned", False)]


async def test_a_claim_is_not_offered_to_the_one_who_made_it(house: House) -> None:
    ana = await house.agent()
    await house.chat(ana)
    assert house.told.all(AssignmentOffered) == []


async def test_a_transfer_carries_a_note_that_only_agents_see(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    house.told.forget()
    command = TransferConversation(conversation_id=id, agent_id=ben.id, note="Wants to speak Portuguese.")
    view = await house.run(transfer_conversation, ana, command)
    assert view.agent_id == ben.id
    note = next(message for message in await house.messages(id) if message.visibility == "internal")
    assert (note.body, note.author_id, note.seq) == ("Wants to speak Portuguese.", ana.id, None)
    assert not any("Portuguese" in str(event) for event in house.told.to_contact())
    assert house.told.one(AssignmentOffered, ToAgent(agent_id=ben.id)).reason == "transferred"


async def test_a_transfer_to_a_team_waits_in_its_queue(house: House) -> None:
    ana, orders = await house.agent(), await house.team("Orders")
    id, _ = await house.chat(ana)
    await house.run(transfer_conversation, ana, TransferConversation(conversation_id=id, team_id=orders))
    stands = await house.conversation(id)
    assert (stands.agent_id, stands.team_id, stands.assigned_at) == (None, orders, None)
    assert [one.id for one in await house.all(queue_of(orders))] == [id]
    assert await house.all(queue_of(house.team_id)) == []


async def test_a_transfer_to_nobody_is_refused(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    with pytest.raises(Invalid):
        await house.run(transfer_conversation, ana, TransferConversation(conversation_id=id, note="Whoever"))
    assert (await house.conversation(id)).agent_id == ana.id


@pytest.mark.parametrize("kind", ["agent", "team"])
async def test_giving_to_somebody_unknown_leaves_everything_as_it_was(house: House, kind: str) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    before = await house.conversation(id)
    with pytest.raises(NotFound):
        await assign(house, ana, id, **{kind: new_id()})
    after = await house.conversation(id)
    assert (after.agent_id, after.rev) == (before.agent_id, before.rev)


async def test_put_back_it_stands_at_the_head_of_the_queue(house: House) -> None:
    ana = await house.agent()
    first, _ = await house.chat(ana)
    house.clock.on(minutes=1)
    second, _ = await house.chat()
    house.clock.on(minutes=1)
    await assign(house, ana, first)
    assert [one.id for one in await house.all(queue_of(house.team_id))] == [first, second]


async def test_put_back_by_routing_it_keeps_the_time_the_contact_began_to_wait(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    house.clock.on(minutes=1)
    await house.answer(ana, id)
    asked = house.clock.on(minutes=1)
    await house.write(visitor, id, "And now?")
    house.clock.on(minutes=1)
    other, _ = await house.chat()

    async def back(work: Work) -> None:
        conversation = await work.one(select(Conversation).where(Conversation.id == id))
        assert conversation
        await put_back(work, [conversation], "agent_left")

    await house.run(back)
    assert (await house.conversation(id)).queued_at == asked
    assert [one.id for one in await house.all(queue_of(house.team_id))] == [id, other]
    assert await history(house, id) == [(ana.id, "claimed", True), (None, "agent_left", False)]


async def test_only_the_way_out_of_the_queue_counts_as_waiting(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat()
    house.clock.on(seconds=40)
    await house.claim(ana, id)
    house.clock.on(minutes=30)
    await assign(house, ana, id, ben.id)
    rows = await house.all(select(Assignment).where(Assignment.conversation_id == id).order_by(Assignment.id))
    assert [row.waited_seconds for row in rows] == [40.0, None]


async def test_giving_a_snoozed_conversation_wakes_it(house: House) -> None:
    from app.contract.conversations import SnoozeConversation
    from app.conversations.lifecycle import snooze_conversation

    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    await house.run(snooze_conversation, ana, SnoozeConversation(conversation_id=id, until=house.clock().replace(year=2027)))
    await assign(house, ana, id, ben.id)
    stands = await house.conversation(id)
    assert (stands.category, stands.snoozed_until, stands.agent_id) == ("open", None, ben.id)


async def test_a_conversation_has_at_most_one_holder_at_a_time(house: House) -> None:
    agents = [await house.agent(f"Agent {n}") for n in range(4)]
    id, _ = await house.chat(agents[0])
    async with house.another_node() as other:
        await asyncio.gather(
            *(
                (house.works, other)[n % 2].run(
                    assign_conversation,
                    agents[n % 4],
                    AssignConversation(conversation_id=id, agent_id=agents[(n + 1) % 4].id if n % 5 else None),
                )
                for n in range(20)
            )
        )
    open_ones = [holder for holder, _, is_over in await history(house, id) if not is_over]
    assert open_ones == [(await house.conversation(id)).agent_id]
