"""Where a conversation stands: resolved, reopened, ended, snoozed, escalated, more or less urgent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.contract.audiences import ToAllAgents, ToContact, ToInboxAgents
from app.contract.conversations import (
    ConversationChanged,
    EndConversation,
    SetPriority,
    SetStatus,
    SnoozeConversation,
    VisitorConversationChanged,
)
from app.contract.escalations import EscalateConversation
from app.contract.presence import PresenceChanged
from app.contract.tickets import OpenTicket
from app.contract.values import Priority
from app.conversations.lifecycle import end_conversation, set_priority, set_status, snooze_conversation
from app.conversations.snooze import WAKE_JOB, wake_all
from app.conversations.tickets import open_ticket
from app.errors import Invalid
from app.escalation.requests import escalate_conversation
from app.people.actors import SignedInAgent
from app.routing.queue import queue_of
from models import Assignment, Conversation, Job, Ticket
from tests.factories import House


async def put(house: House, agent: SignedInAgent, id: str, status: str) -> None:
    await house.run(set_status, agent, SetStatus(conversation_id=id, status=status))


async def open_assignments(house: House, id: str) -> list[str | None]:
    return list(
        await house.all(select(Assignment.agent_id).where(Assignment.conversation_id == id, Assignment.ended_at.is_(None)))
    )


async def lines(house: House, id: str) -> list[str | None]:
    return [message.system for message in await house.messages(id) if message.system]


async def test_resolving_frees_the_agent_and_tells_everyone(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    house.clock.on(minutes=5)
    house.told.forget()
    await house.resolve(ana, id)
    stands = await house.conversation(id)
    assert (stands.status, stands.resolved_at, stands.waiting_since, stands.queued_at) == ("resolved", house.clock(), None, None)
    assert stands.agent_id == ana.id
    assert await open_assignments(house, id) == []
    assert await lines(house, id) == ["joined", "resolved"]
    assert house.told.one(PresenceChanged, ToAllAgents).agent.load == 0
    assert (
        house.told.all(VisitorConversationChanged, ToContact(contact_id=visitor.contact_id))[-1].conversation.category
        == "resolved"
    )


async def test_the_same_status_again_changes_nothing(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    await house.resolve(ana, id)
    before = await house.conversation(id)
    await house.resolve(ana, id)
    after = await house.conversation(id)
    assert (after.rev, after.seq, after.resolved_at) == (before.rev, before.seq, before.resolved_at)


async def test_an_agent_reopens_to_whoever_had_it_while_they_are_here(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    await house.resolve(ana, id)
    await put(house, ben, id, "open")
    stands = await house.conversation(id)
    assert (stands.category, stands.reopened_count, stands.agent_id) == ("open", 1, ana.id)
    assert await open_assignments(house, id) == [ana.id]
    assert await lines(house, id) == ["joined", "resolved", "reopened"]


async def test_an_agent_reopens_to_the_queue_when_the_owner_has_left(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben", lease=timedelta(days=7))
    id, _ = await house.chat(ana)
    await house.resolve(ana, id)
    began = (await house.conversation(id)).created_at
    house.clock.on(hours=9)
    await put(house, ben, id, "open")
    stands = await house.conversation(id)
    assert (stands.agent_id, stands.queued_at) == (None, began), "nobody has answered, so it has waited since then"


async def test_resolved_is_not_reopened_beside_another_open_one(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.resolve(ana, id)
    await house.start(visitor, "Something else")
    with pytest.raises(Invalid):
        await put(house, ana, id, "open")
    assert (await house.conversation(id)).category == "resolved"


async def test_an_unknown_status_is_refused(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    with pytest.raises(Invalid):
        await put(house, ana, id, "forgotten")


async def test_the_contact_ends_it_once(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    for _ in range(2):
        view = await house.run(end_conversation, visitor, EndConversation(conversation_id=id))
        assert view.category == "resolved"
    assert await lines(house, id) == ["joined", "ended_by_contact"]


async def test_a_ticket_closes_and_reopens_with_its_conversation(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    closed_at = house.clock.on(minutes=3)
    await house.resolve(ana, id)
    assert await house.all(select(Ticket.closed_at)) == [closed_at]
    await house.write(visitor, id, "No, it is not solved.")
    assert await house.all(select(Ticket.closed_at)) == [None]
    await house.resolve(ana, id)
    await put(house, ana, id, "in_progress")
    assert await house.all(select(Ticket.closed_at)) == [None]


async def snooze(house: House, agent: SignedInAgent, id: str, until: datetime) -> None:
    await house.run(snooze_conversation, agent, SnoozeConversation(conversation_id=id, until=until))


async def run_jobs(house: House) -> int:
    return await house.jobs({WAKE_JOB: wake_all}).run_due()


async def test_a_snoozed_conversation_wakes_once_and_not_before_its_time(house: House) -> None:
    ana = await house.agent(lease=timedelta(days=7))
    id, _ = await house.chat(ana)
    house.told.forget()
    await snooze(house, ana, id, house.clock() + timedelta(hours=2))
    assert ((await house.conversation(id)).category, house.told.one(PresenceChanged).agent.load) == ("waiting", 0)
    assert (await house.messages(id))[-1].visibility == "internal", "a contact is not told that they are set aside"
    house.clock.on(hours=1, minutes=59)
    assert await run_jobs(house) == 0
    house.clock.on(minutes=1)
    house.told.forget()
    assert await run_jobs(house) == 1
    stands = await house.conversation(id)
    assert (stands.category, stands.snoozed_until, stands.agent_id) == ("open", None, ana.id)
    assert house.told.one(ConversationChanged, ToInboxAgents).conversation.category == "open"
    assert house.told.one(PresenceChanged).agent.load == 1
    house.clock.on(hours=9)
    assert await run_jobs(house) == 0
    assert await house.all(select(Job)) == []


async def test_snoozed_anew_it_wakes_at_the_later_time_only(house: House) -> None:
    ana = await house.agent(lease=timedelta(days=7))
    id, _ = await house.chat(ana)
    await snooze(house, ana, id, house.clock() + timedelta(hours=1))
    await snooze(house, ana, id, house.clock() + timedelta(hours=3))
    house.clock.on(hours=1)
    await run_jobs(house)
    assert (await house.conversation(id)).category == "waiting"
    house.clock.on(hours=2)
    await run_jobs(house)
    assert (await house.conversation(id)).category == "open"


async def test_all_that_wake_at_one_moment_share_a_timer_and_each_goes_where_it_belongs(house: House) -> None:
    ana, ben = await house.agent(lease=timedelta(days=7)), await house.agent("Ben", lease=timedelta(minutes=5))
    until = house.clock() + timedelta(hours=1)
    hers, answered, waiting = [(await house.chat(agent))[0] for agent in (ana, ben, ben)]
    await house.answer(ben, answered)
    nobodys, _ = await house.chat()
    for id in (hers, answered, waiting, nobodys):
        await snooze(house, ana, id, until)
    later, _ = await house.chat(ana)
    await snooze(house, ana, later, until + timedelta(seconds=1))
    assert len(await house.all(select(Job).where(Job.kind == WAKE_JOB.name))) == 2
    began = house.clock()
    house.clock.on(hours=1)
    house.told.forget()
    await run_jobs(house)
    stand = {id: await house.conversation(id) for id in (hers, answered, waiting, nobodys, later)}
    assert [stand[id].agent_id for id in (hers, answered, waiting, nobodys)] == [ana.id, ben.id, None, None]
    assert [one.category for one in stand.values()] == ["open"] * 4 + ["waiting"]
    assert stand[waiting].queued_at == began, "the contact has waited since then"
    assert await open_assignments(house, waiting) == [None]
    told = house.told.all(ConversationChanged, ToInboxAgents)
    assert {one.conversation.id for one in told} == {hers, answered, waiting, nobodys}
    assert len(told) == 4


async def test_a_message_wakes_it_early_and_the_timer_then_changes_nothing(house: House) -> None:
    ana = await house.agent(lease=timedelta(days=7))
    id, visitor = await house.chat(ana)
    await snooze(house, ana, id, house.clock() + timedelta(hours=1))
    await house.write(visitor, id, "I found the receipt.")
    assert ((await house.conversation(id)).category, (await house.conversation(id)).snoozed_until) == ("open", None)
    before = (await house.conversation(id)).rev
    house.clock.on(hours=2)
    await run_jobs(house)
    assert (await house.conversation(id)).rev == before


async def test_waking_with_the_contact_waiting_and_the_owner_gone_it_joins_the_queue(house: House) -> None:
    ana = await house.agent(lease=timedelta(minutes=5))
    id, _ = await house.chat(ana)  # she has not answered
    await snooze(house, ana, id, house.clock() + timedelta(hours=1))
    house.clock.on(hours=1)
    await run_jobs(house)
    assert (await house.conversation(id)).agent_id is None
    assert await open_assignments(house, id) == [None]


async def test_waking_with_nobody_waiting_it_comes_back_to_its_owner(house: House) -> None:
    ana = await house.agent(lease=timedelta(minutes=5))
    id, _ = await house.chat(ana)
    await house.answer(ana, id)
    await snooze(house, ana, id, house.clock() + timedelta(hours=1))
    house.clock.on(hours=1)
    await run_jobs(house)
    assert (await house.conversation(id)).agent_id == ana.id


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=-1), timedelta(days=367)])
async def test_a_snooze_needs_a_time_to_come(house: House, ahead: timedelta) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    with pytest.raises(Invalid):
        await snooze(house, ana, id, house.clock() + ahead)


async def test_a_snooze_needs_a_zone(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    with pytest.raises(Invalid):
        await snooze(house, ana, id, (house.clock() + timedelta(hours=1)).replace(tzinfo=None))


async def test_what_has_ended_is_not_snoozed(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.resolve(ana, id)
    await house.start(visitor, "Something else")
    with pytest.raises(Invalid):
        await snooze(house, ana, id, house.clock() + timedelta(hours=1))


async def test_a_reason_of_blanks_is_no_reason(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    with pytest.raises(Invalid):
        await house.run(escalate_conversation, ana, EscalateConversation(conversation_id=id, level=1, reason=" \n "))


async def test_the_queue_is_served_by_priority_and_then_by_waiting(house: House) -> None:
    ana = await house.agent()
    priorities: list[Priority] = ["medium", "low", "urgent", "medium", "high", "urgent"]
    ids: list[str] = []
    for priority in priorities:
        house.clock.on(seconds=1)
        ids.append((await house.chat())[0])
        await house.run(set_priority, ana, SetPriority(conversation_id=ids[-1], priority=priority))
    served = await house.all(queue_of(house.team_id))
    assert [conversation.id for conversation in served] == [ids[index] for index in (2, 5, 4, 0, 3, 1)]


async def test_the_same_priority_again_changes_nothing(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    before = (await house.conversation(id)).rev
    await house.run(set_priority, ana, SetPriority(conversation_id=id, priority="medium"))
    assert (await house.conversation(id)).rev == before


async def test_every_change_an_agent_can_see_moves_the_revision(house: House) -> None:
    ana = await house.agent(lease=timedelta(days=7))
    id, visitor = await house.chat()
    revs = [(await house.conversation(id)).rev]

    async def moved() -> None:
        stands: Conversation = await house.conversation(id)
        assert stands.rev > revs[-1]
        assert house.told.all(ConversationChanged)[-1].conversation.rev == stands.rev
        revs.append(stands.rev)

    await house.claim(ana, id)
    await moved()
    await house.run(set_priority, ana, SetPriority(conversation_id=id, priority="high"))
    await moved()
    await house.run(escalate_conversation, ana, EscalateConversation(conversation_id=id, level=1, reason="Angry"))
    await moved()
    await snooze(house, ana, id, house.clock() + timedelta(hours=1))
    await moved()
    house.clock.on(hours=1)
    await run_jobs(house)
    await moved()
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    await moved()
    await house.run(end_conversation, visitor, EndConversation(conversation_id=id))
    await moved()
    await house.write(visitor, id)
    await moved()
