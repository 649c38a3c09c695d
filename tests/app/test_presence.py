"""Presence is a lease: who stops renewing it is gone, and their chats go on without them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.contract.assignments import AssignConversation, TransferConversation
from app.contract.audiences import ToAllAgents
from app.contract.conversations import ConversationChanged
from app.contract.messages import MessageCreated
from app.contract.presence import PresenceChanged
from app.conversations.assignments.change import assign_conversation, transfer_conversation
from app.conversations.assignments.offers import accept_by_looking
from app.people.actors import SignedInAgent
from app.people.agents import get_agent
from app.people.presence import arrive, end_graces, lapse_leases, renew_leases, set_presence
from app.routing.departures import suspend_agent
from app.routing.dispatch import dispatch, hand_on
from app.routing.queue import queue_of
from app.settings import Settings
from app.timetable import domain_sweeps
from app.work import Work
from models import Agent
from realtime.connected_clients import ConnectedClients
from realtime.hub import LocalHub
from tests.factories import House
from tests.recording import Stream

TEN_SECONDS = timedelta(seconds=10)


async def presence_of(house: House, agent: SignedInAgent) -> str:
    async with house.works.read() as rows:
        return (await get_agent(rows, agent.id, house.clock())).presence


async def lapse(house: House) -> list[str]:
    async def sweep(work: Work) -> list[str]:
        gone = await lapse_leases(work)
        await hand_on(work, await end_graces(work, timedelta(0)))
        return gone

    return await house.run(sweep)


async def test_whoever_connects_is_online_and_everyone_is_told(house: House) -> None:
    ana = await house.agent(presence=None)
    assert await presence_of(house, ana) == "offline"
    house.told.forget()
    await house.run(arrive, ana.id, TEN_SECONDS)
    assert await presence_of(house, ana) == "online"
    assert house.told.one(PresenceChanged, ToAllAgents).agent.presence == "online"


async def test_a_reload_inside_the_lease_changes_nothing(house: House) -> None:
    ana = await house.agent(lease=TEN_SECONDS, presence="away")
    id, _ = await house.chat(ana)
    before = await house.agent_row(ana)
    house.clock.on(seconds=6)
    house.told.forget()
    await house.run(arrive, ana.id, TEN_SECONDS)
    after = await house.agent_row(ana)
    assert (after.presence, after.presence_since) == ("away", before.presence_since)
    assert after.lease_until == house.clock() + TEN_SECONDS
    assert house.told.announcements == []
    assert await lapse(house) == []
    assert (await house.conversation(id)).agent_id == ana.id


async def test_by_default_nobody_is_present_ten_seconds_after_they_were_last_heard(house: House) -> None:
    """Their line stays open and says nothing, and the node goes on renewing whom it has heard within a lease."""
    connected_clients = ConnectedClients(house.works, LocalHub(), timedelta(seconds=Settings().presence_lease_seconds), "1")
    ana, line = await house.agent(presence=None), Stream()
    await connected_clients.connected(line, ana)
    for _ in range(99):
        house.clock.on(seconds=0.1)
        line.silent_seconds += 0.1
        await connected_clients.renew()
    house.clock.on(seconds=0.1)
    assert await presence_of(house, ana) == "offline"


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_lease_on_an_open_line_is_extended_when_the_node_itself_was_late(house: House, is_open: bool) -> None:
    """The node stood still for half a minute and heard nobody; a line that had been silent before is not kept by that."""
    passed = [0.0]
    connected_clients = ConnectedClients(house.works, LocalHub(), TEN_SECONDS, "1", clock=lambda: passed[0])
    ana, line = await house.agent(presence=None), Stream()
    await connected_clients.connected(line, ana)
    await connected_clients.renew()
    id, _ = await house.chat(ana)
    line.silent_seconds = 0.5 if is_open else 9.5
    for _ in range(2):
        house.clock.on(seconds=30)
        passed[0] += 30
        line.silent_seconds += 30
        for sweep in domain_sweeps(house.works, house.react(), TEN_SECONDS, connected_clients.renew_when_late):
            if sweep.name in ("lapse leases", "take back"):
                await sweep.run()
        line.silent_seconds = 0.5 if is_open else line.silent_seconds
    assert await presence_of(house, ana) == ("online" if is_open else "offline")
    assert (await house.conversation(id)).agent_id == (ana.id if is_open else None)


async def test_a_renewed_lease_does_not_lapse(house: House) -> None:
    ana = await house.agent(lease=TEN_SECONDS)
    for _ in range(5):
        house.clock.on(seconds=6)
        await house.run(renew_leases, [ana.id], TEN_SECONDS)
        assert await lapse(house) == []
    assert await presence_of(house, ana) == "online"


async def test_without_a_sign_of_life_one_is_offline_to_the_second(house: House) -> None:
    ana = await house.agent(lease=TEN_SECONDS)
    house.clock.on(seconds=9.999)
    assert await presence_of(house, ana) == "online"
    house.clock.on(seconds=0.001)
    assert await presence_of(house, ana) == "offline", "no sweep is needed for this to be true"


async def test_a_lease_lapses_once_and_everyone_is_told_once(house: House) -> None:
    ana = await house.agent(lease=TEN_SECONDS)
    house.clock.on(seconds=10)
    house.told.forget()
    assert await lapse(house) == [ana.id]
    assert await lapse(house) == []
    assert house.told.one(PresenceChanged).agent.presence == "offline"


async def test_chats_of_whoever_left_go_to_the_head_of_the_queue_and_on_to_a_colleague(house: House) -> None:
    ana = await house.agent("Ana", lease=TEN_SECONDS)
    waiting, _ = await house.chat(ana)
    house.clock.on(seconds=1)
    later, _ = await house.chat()
    house.clock.on(seconds=9)
    house.told.forget()
    await lapse(house)
    assert [one.id for one in await house.all(queue_of(house.team_id))] == [waiting, later]
    assert house.told.one(ConversationChanged).conversation.agent_id is None
    ben = await house.agent("Ben")
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(waiting)).agent_id == ben.id


async def test_the_contact_reads_once_that_an_agent_joined_however_often_they_lapse_and_return(house: House) -> None:
    """Agents read of every move between them; the contact that somebody is there, once an agent."""
    ana = await house.agent("Ana", lease=TEN_SECONDS)
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    for _ in range(3):
        await house.run(accept_by_looking, ana, id)
        house.clock.on(seconds=10)
        await lapse(house)
        await house.run(arrive, ana.id, TEN_SECONDS)
        await dispatch(house.works, house.team_id)
    await house.run(accept_by_looking, ana, id)
    await house.answer(ana, id)
    lines = [(line.system, line.author_name, line.visibility) for line in await house.messages(id) if line.system]
    moves = [("left", "Ana", "internal"), ("assigned", "Ana", "internal")]
    assert lines == [moves[1], ("joined", "Ana", "public"), *moves * 3]
    seen = [event.message.system for event in house.told.to_contact() if isinstance(event, MessageCreated)]
    assert [code for code in seen if code] == ["joined"]
    assert (await house.conversation(id)).seq == 3, "the question, who joined, the answer"


async def test_each_agent_joins_when_they_open_or_write_and_not_when_they_are_given_it(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    await house.run(transfer_conversation, ana, TransferConversation(conversation_id=id, agent_id=ben.id))
    await house.run(accept_by_looking, ana, id)
    assert await public_lines(house, id) == ["Ana joined.", "Connecting you to a colleague."]
    await house.run(accept_by_looking, ben, id)
    await house.answer(ben, id)
    await house.run(assign_conversation, ben, AssignConversation(conversation_id=id, agent_id=ana.id))
    await house.answer(ana, id)
    assert await public_lines(house, id) == ["Ana joined.", "Connecting you to a colleague.", "Ben joined."]


async def public_lines(house: House, id: str) -> list[str]:
    return [line.body for line in await house.messages(id) if line.system and line.visibility == "public"]


async def test_a_chat_that_waits_for_the_contact_stays_with_its_agent_until_the_contact_writes(house: House) -> None:
    ana, ben = await house.agent("Ana", lease=TEN_SECONDS), await house.agent("Ben")
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    house.clock.on(seconds=10)
    await lapse(house)
    assert (await house.conversation(id)).agent_id == ana.id
    await house.write(visitor, id, "One more thing")
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ben.id


async def test_the_timetable_lapses_and_hands_on_by_itself(house: House) -> None:
    ana = await house.agent("Ana", lease=TEN_SECONDS)
    reactions = house.react()
    id, _ = await house.chat(ana)
    ben = await house.agent("Ben")
    house.clock.on(seconds=10)
    for sweep in domain_sweeps(house.works, reactions, timedelta(0)):
        await sweep.run()
    await reactions.settle()
    assert (await presence_of(house, ana), (await house.conversation(id)).agent_id) == ("offline", ben.id)


async def test_one_who_chose_to_be_away_is_still_away_after_coming_back(house: House) -> None:
    ana = await house.agent(presence="busy", lease=TEN_SECONDS)
    house.clock.on(minutes=5)
    await lapse(house)
    await house.run(arrive, ana.id, TEN_SECONDS)
    assert await presence_of(house, ana) == "busy"


async def test_one_who_signed_off_is_online_when_they_come_back(house: House) -> None:
    ana = await house.agent(presence="offline", lease=TEN_SECONDS)
    assert await presence_of(house, ana) == "offline"
    house.clock.on(minutes=5)
    await house.run(arrive, ana.id, TEN_SECONDS)
    assert await presence_of(house, ana) == "online"


async def test_presence_is_told_with_the_load(house: House) -> None:
    ana = await house.agent()
    await house.chat(ana)
    house.told.forget()
    await house.run(set_presence, ana.id, "away", TEN_SECONDS)
    told = house.told.one(PresenceChanged).agent
    assert (told.presence, told.load, told.capacity, told.team_ids) == ("away", 1, 4, [house.team_id])


async def test_an_agent_removed_while_online_keeps_nobody_elses_lease_from_being_renewed(house: House) -> None:
    ana, ben, ada = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Ada", role="admin", presence=None)
    await house.run(arrive, ana.id, TEN_SECONDS)
    await house.run(arrive, ben.id, TEN_SECONDS)
    await house.run(suspend_agent, ada, ana.id)
    house.clock.on(seconds=11)
    await house.run(renew_leases, [ana.id, ben.id], TEN_SECONDS, [ana.id])
    async with house.works.read() as rows:
        there = await rows.all(select(Agent.id).where(Agent.lease_until > house.clock(), Agent.is_active))
    assert ben.id in there
    assert ana.id not in there
