"""Offers that must be taken: accepted, declined, or left until they climb the ladder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.contract.assignments import AcceptConversation, AssignConversation, AssignmentOffered, DeclineConversation
from app.contract.audiences import ToAgent
from app.contract.routing import SetTeamRouting
from app.conversations.access import access_conversation
from app.conversations.assignments.change import assign_conversation
from app.conversations.assignments.claim import OFFER_JOB, UNTAKEN_JOB
from app.conversations.assignments.offers import (
    accept_by_looking,
    accept_conversation,
    decline_conversation,
    lapse_all_offers,
    lapse_offers,
)
from app.conversations.due import do_all_due
from app.conversations.views import visitor_view_of
from app.errors import Conflict
from app.job_kinds import JobKind
from app.jobs import JobHandler
from app.mail.unclaimed_mail import Untaken
from app.people.actors import SignedInAgent
from app.people.presence import set_presence
from app.people.team_routing import set_team_routing
from app.routing.dispatch import dispatch
from app.work import Works
from models import Assignment, Job, OutgoingMail, Routing, Ticket
from tests.factories import LEASE, OPERATOR, House, mail_settings

N = 20


JOBS: dict[JobKind, JobHandler] = {
    OFFER_JOB: lapse_all_offers,
    UNTAKEN_JOB: Untaken(mail_settings(), "https://help.example.com").run,
}


@pytest.fixture
async def team(house: House) -> House:
    """A team whose agents have 20 seconds to take what they are offered."""
    await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=N))
    return house


async def offered(house: House) -> str:
    """A conversation routing has offered to somebody."""
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    return id


async def history(house: House, id: str) -> list[tuple[str | None, str, str | None]]:
    rows = await house.all(select(Assignment).where(Assignment.conversation_id == id).order_by(Assignment.id))
    return [(row.agent_id, row.reason, row.outcome) for row in rows]


async def time_is_up(house: House, jobs: dict[JobKind, JobHandler] = JOBS) -> None:
    """The timer falls due, as its job, and routing serves again."""
    house.clock.on(seconds=N)
    assert await house.jobs(jobs).run_due() >= 1
    await dispatch(house.works, house.team_id)


async def test_an_offer_says_until_when_and_the_contact_still_waits(team: House) -> None:
    ana = await team.agent()
    id = await offered(team)
    stands = await team.conversation(id)
    until = team.clock() + timedelta(seconds=N)
    assert (stands.agent_id, stands.offer_until) == (ana.id, until)
    told = team.told.one(AssignmentOffered, ToAgent(agent_id=ana.id))
    assert (told.reason, told.until) == ("offered", until)
    async with team.works.read() as rows:
        seen = await visitor_view_of(rows, stands)
    assert (seen.agent_name, seen.queue.position if seen.queue else None) == (None, 1)
    assert [one.system for one in await team.messages(id)] == [None]


async def accept(house: House, agent: SignedInAgent, id: str) -> None:
    await house.run(accept_conversation, agent, AcceptConversation(conversation_id=id))


async def answer(house: House, agent: SignedInAgent, id: str) -> None:
    await house.answer(agent, id)


async def look(house: House, agent: SignedInAgent, id: str) -> None:
    await house.run(accept_by_looking, agent, id)


async def claim(house: House, agent: SignedInAgent, id: str) -> None:
    await house.claim(agent, id)


@pytest.mark.parametrize("take", [accept, answer, look, claim])
async def test_accepting_answering_opening_and_claiming_take_it(
    team: House, take: Callable[[House, SignedInAgent, str], Awaitable[None]]
) -> None:
    ana = await team.agent()
    id = await offered(team)
    team.clock.on(seconds=7)
    await take(team, ana, id)
    stands = await team.conversation(id)
    assert (stands.agent_id, stands.offer_until) == (ana.id, None)
    assert [one.system for one in await team.messages(id) if one.system] == ["joined"]
    assert await history(team, id) == [(ana.id, "offered", "accepted")]
    (row,) = await team.all(select(Assignment))
    assert row.waited_seconds == 7, "the wait ends when somebody is there, not when somebody is asked"
    team.clock.on(seconds=N)
    await team.run(lapse_offers)
    assert (await team.conversation(id)).agent_id == ana.id, "its timer finds it taken"


async def test_a_note_does_not_take_it(team: House) -> None:
    ana = await team.agent()
    id = await offered(team)
    await team.note(ana, id)
    assert (await team.conversation(id)).offer_until is not None


async def test_nobody_else_can_accept_or_decline(team: House) -> None:
    ana = await team.agent("Ana")
    id = await offered(team)
    ben = await team.agent("Ben")
    with pytest.raises(Conflict):
        await accept(team, ben, id)
    with pytest.raises(Conflict):
        await team.run(decline_conversation, ben, DeclineConversation(conversation_id=id))
    await look(team, ben, id)
    await accept(team, ana, id)
    with pytest.raises(Conflict):
        await team.run(decline_conversation, ana, DeclineConversation(conversation_id=id))
    assert (await team.conversation(id)).agent_id == ana.id


async def test_the_timer_is_neither_early_nor_does_it_fire_twice(team: House) -> None:
    ana, ben = await team.agent("Ana"), await team.agent("Ben")
    id = await offered(team)
    first = (await team.conversation(id)).agent_id
    team.clock.on(seconds=N - 0.001)
    await team.run(lapse_offers)
    assert (await team.conversation(id)).agent_id == first
    team.clock.on(seconds=0.001)
    assert await team.run(lapse_offers) == 1
    await dispatch(team.works, team.team_id)
    second = (await team.conversation(id)).agent_id
    assert {first, second} == {ana.id, ben.id}
    await team.run(lapse_offers)
    assert (await team.conversation(id)).agent_id == second, "the first timer says nothing about the second offer"


async def test_one_that_somebody_is_writing_to_is_waited_for(team: House) -> None:
    ana = await team.agent()
    id = await offered(team)
    team.clock.on(seconds=N)
    async with team.another_node() as other:
        async with other.begin() as writing:
            await access_conversation(writing, ana, id)
            lapsing = asyncio.create_task(do_all_due(team.works, lapse_offers))
            await asyncio.sleep(0.2)
        await lapsing
    assert await history(team, id) == [(ana.id, "offered", "missed"), (None, "missed", None)]


async def test_many_whose_time_is_over_go_on_together_each_with_its_own_history(team: House) -> None:
    async def four_at_once(works: Works) -> None:
        await do_all_due(works, partial(lapse_offers, most=4))

    agents = {(await team.agent(f"Agent {n}", capacity=3)).id for n in range(3)}
    ids = [(await team.chat())[0] for _ in range(9)]
    assert await dispatch(team.works, team.team_id) == 9
    assert len(await team.all(select(Job).where(Job.kind == OFFER_JOB.name))) == 1, "one timer for all that were offered at once"
    asked = {id: [(await team.conversation(id)).agent_id] for id in ids}
    for _ in range(2):
        await time_is_up(team, JOBS | {OFFER_JOB: four_at_once})
        for id in ids:
            asked[id].append((await team.conversation(id)).agent_id)
    for id, them in asked.items():
        given = [agent_id for agent_id in them if agent_id]
        assert len(set(given)) == len(given), "nobody is asked twice"
        assert set(given) <= agents
        missed = [agent_id for agent_id, _, outcome in await history(team, id) if outcome == "missed"]
        assert missed == given[: len(missed)]
        (routing,) = await team.all(select(Routing).where(Routing.conversation_id == id))
        assert routing.passed == missed


async def test_the_ladder_next_agent_lead_ticket_and_mail(team: House) -> None:
    lead = await team.agent("Lea", teams=[])
    for name in ("Ana", "Ben", "Chi"):
        await team.agent(name)
    await team.run(set_team_routing, OPERATOR, team.team_id, SetTeamRouting(accept_seconds=N, lead_id=lead.id))
    id = await offered(team)
    head = (await team.conversation(id)).queued_at
    for _ in range(3):
        await time_is_up(team)
    steps = await history(team, id)
    assert [reason for _, reason, _ in steps] == ["offered", "missed", "offered", "missed", "to_lead", "missed", "untaken"]
    asked = [agent for agent, _, outcome in steps if outcome == "missed"]
    assert len(set(asked)) == 3
    assert asked[-1] == lead.id
    stands = await team.conversation(id)
    assert (stands.agent_id, stands.category, stands.queued_at) == (None, "new", head)
    assert [one.conversation_id for one in await team.all(select(Ticket))] == [id]
    await dispatch(team.works, team.team_id)
    assert (await team.conversation(id)).agent_id not in {None, *asked}, "whoever has not been asked still is"
    for _ in range(2):
        await time_is_up(team) if (await team.conversation(id)).agent_id else await dispatch(team.works, team.team_id)
    assert [reason for _, reason, _ in (await history(team, id))[len(steps) :]] == ["offered", "missed"], "and that is the end"
    (mail,) = await team.all(select(OutgoingMail))
    row = await team.agent_row(lead)
    assert (mail.recipient, mail.kind) == (row.email, "untaken")


async def test_declined_it_goes_on_at_once_and_with_nobody_left_to_the_lead_or_a_ticket(team: House) -> None:
    ana = await team.agent()
    id = await offered(team)
    await team.run(decline_conversation, ana, DeclineConversation(conversation_id=id))
    await dispatch(team.works, team.team_id)
    assert await history(team, id) == [(ana.id, "offered", "declined"), (None, "declined", None), (None, "untaken", None)]
    assert len(await team.all(select(Ticket))) == 1
    assert len(await team.all(select(Job).where(Job.kind == UNTAKEN_JOB.name))) == 1
    ben = await team.agent("Ben")
    await dispatch(team.works, team.team_id)
    assert (await team.conversation(id)).agent_id == ben.id, "somebody new is asked all the same"


async def test_whoever_passed_is_not_asked_again(team: House) -> None:
    ana = await team.agent("Ana")
    id = await offered(team)
    await team.run(decline_conversation, ana, DeclineConversation(conversation_id=id))
    ben = await team.agent("Ben")
    await team.run(set_presence, ben.id, "online", LEASE)
    for _ in range(3):
        await dispatch(team.works, team.team_id)
    assert (await team.conversation(id)).agent_id == ben.id


async def test_whoever_passed_is_asked_again_once_somebody_puts_it_back_by_hand(team: House) -> None:
    """A supervisor who pulls it back means somebody else (`test_supervising`); whoever puts it into a queue means all of it."""
    ana = await team.agent("Ana")
    id = await offered(team)
    await team.run(decline_conversation, ana, DeclineConversation(conversation_id=id))
    ben = await team.agent("Ben")
    await team.claim(ben, id)
    await team.run(set_presence, ben.id, "away", LEASE)
    await team.run(assign_conversation, ben, AssignConversation(conversation_id=id))
    await dispatch(team.works, team.team_id)
    assert (await team.conversation(id)).agent_id == ana.id


async def test_resolved_while_offered_nothing_is_left_of_the_offer(team: House) -> None:
    ana = await team.agent()
    id = await offered(team)
    await team.resolve(ana, id)
    assert (await team.conversation(id)).offer_until is None
    team.clock.on(seconds=N)
    await team.run(lapse_offers)
    assert (await team.conversation(id)).category == "resolved"


async def test_without_a_time_nobody_needs_to_accept(house: House) -> None:
    ana = await house.agent()
    id = await offered(house)
    assert ((await house.conversation(id)).offer_until, (await house.conversation(id)).agent_id) == (None, ana.id)
    assert await house.all(select(Job).where(Job.kind == OFFER_JOB.name)) == []
