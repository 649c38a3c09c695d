"""Who is not given a chat although they are here: the agent who handed it over, who takes none, and who let it pass once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.contract.assignments import AssignConversation, AssignmentOffered, DeclineConversation, TransferConversation
from app.contract.audiences import ToAgent
from app.contract.presence import SetTakesChats
from app.contract.routing import SetTeamRouting
from app.contract.values import Role
from app.conversations.assignments.change import assign_conversation, transfer_conversation
from app.conversations.assignments.offers import decline_conversation, ensure_routing, lapse_offers
from app.people.agents import get_agent
from app.people.presence import set_presence
from app.people.team_routing import set_takes_chats
from app.reports.wall import wall_view
from app.routing.decisions import list_decisions, replay_decisions
from app.routing.dispatch import dispatch, serve_team_anew
from app.visiting.proactive import is_staffed
from app.work import Work
from models import Inbox, Routing
from tests.factories import LEASE, OPERATOR, House


async def _replays_the_same(house: House) -> None:
    found = [one async for one in replay_decisions(house.works)]
    assert found
    assert all(one.winner == one.again for one in found)


async def test_handing_over_to_ones_own_team_gives_it_to_a_colleague(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    for _ in range(2):
        await house.chat(ben)  # Ana has less to do and had this contact last
    id, _ = await house.chat(ana)
    await house.run(transfer_conversation, ana, TransferConversation(conversation_id=id, team_id=house.team_id))
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ben.id
    async with house.works.read() as rows:
        decision = (await list_decisions(rows, ana, id)).decisions[0]
    assert {one.agent_id: one.verdict for one in decision.candidates} == {ben.id: "chosen", ana.id: "handed_over"}
    await _replays_the_same(house)


async def test_while_the_colleague_is_full_it_waits_for_them(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben", capacity=1)
    theirs, _ = await house.chat(ben)
    id, _ = await house.chat(ana)
    await house.run(transfer_conversation, ana, TransferConversation(conversation_id=id, team_id=house.team_id))
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id is None
    await house.resolve(ben, theirs)
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ben.id


async def test_the_giver_gets_it_back_once_nobody_else_is_left_and_is_told_so(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    await house.run(assign_conversation, ana, AssignConversation(conversation_id=id))
    await house.run(set_presence, ben.id, "away", LEASE)
    house.told.forget()
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ana.id
    assert house.told.one(AssignmentOffered, ToAgent(agent_id=ana.id)).reason == "nobody_else"
    await _replays_the_same(house)


async def test_once_another_has_had_it_the_giver_is_a_candidate_again(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    await house.run(assign_conversation, ana, AssignConversation(conversation_id=id))
    await dispatch(house.works, house.team_id)
    await house.run(assign_conversation, ben, AssignConversation(conversation_id=id))
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ana.id


@pytest.mark.parametrize("passes", ["declined", "missed"])
async def test_a_change_of_the_time_to_accept_forgets_who_let_it_pass(house: House, passes: str) -> None:
    ana = await house.agent("Ana")
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=20))
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    if passes == "declined":
        await house.run(decline_conversation, ana, DeclineConversation(conversation_id=id))
    else:
        house.clock.on(seconds=21)
        await house.run(lapse_offers)
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id is None
    reactions = house.react()
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=0))
    await reactions.settle()
    now = await house.conversation(id)
    assert (now.agent_id, now.offer_until) == (ana.id, None)


async def test_what_is_left_as_it_is_forgets_nobody(house: House) -> None:
    ana = await house.agent("Ana")
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=20))
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    await house.run(decline_conversation, ana, DeclineConversation(conversation_id=id))
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=20, lead_id=ana.id))
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id is None


@pytest.mark.parametrize(("role", "takes"), [("agent", True), ("supervisor", False), ("admin", False)])
async def test_supervisors_and_admins_begin_as_not_taking_chats(house: House, role: Role, takes: bool) -> None:
    """Opening the wall connects them, which alone brings them no customer."""
    someone = await house.agent("Sam", role=role, takes_chats=None)
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == (someone.id if takes else None)
    async with house.works.read() as rows:
        assert (await get_agent(rows, someone.id, house.clock())).takes_chats is takes
        (inbox,) = await rows.all(select(Inbox))
        assert await is_staffed(rows, inbox, house.clock()) is takes
        (queue, *_) = (await wall_view(rows, house.clock())).queues
    assert (queue.online_count, queue.unserved) == ((1, None) if takes else (0, "no_capacity"))


async def test_switched_on_a_supervisor_is_given_what_waits_and_claims_either_way(house: House) -> None:
    sam = await house.agent("Sam", role="supervisor", takes_chats=None)
    first, _ = await house.chat()
    second, _ = await house.chat()
    await house.claim(sam, first)
    assert (await house.conversation(first)).agent_id == sam.id
    reactions = house.react()
    await house.run(set_takes_chats, sam, SetTakesChats(takes_chats=True))
    await reactions.settle()
    assert (await house.conversation(second)).agent_id == sam.id


async def test_what_a_supervisor_resolved_comes_back_to_the_queue_not_to_them(house: House) -> None:
    sam = await house.agent("Sam", role="supervisor", takes_chats=None)
    id, visitor = await house.chat(sam)
    await house.resolve(sam, id)
    house.clock.now += timedelta(minutes=1)
    await house.write(visitor, id)
    assert (await house.conversation(id)).agent_id is None


async def test_the_wall_says_why_a_conversation_stands_still(house: House) -> None:
    ana = await house.agent("Ana")
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=20))
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    await house.run(decline_conversation, ana, DeclineConversation(conversation_id=id))
    spoken, _ = await house.chat()
    await house.run(ensure_routing, spoken)
    await house.run(_need, spoken, "ar")
    async with house.works.read() as rows:
        stuck = (await wall_view(rows, house.clock())).stuck
    assert [(one.conversation_id, one.reason, one.detail) for one in stuck] == [
        (id, "everyone_declined", ""),
        (spoken, "nobody_speaks", "ar"),
    ]
    await house.agent("Ben")
    async with house.works.read() as rows:
        assert [one.conversation_id for one in (await wall_view(rows, house.clock())).stuck] == [spoken]


async def _need(work: Work, conversation_id: str, language: str) -> None:
    await work.change(update(Routing).where(Routing.conversation_id == conversation_id).values(language=language))
