"""Who gets which conversation: the choice as a table and as properties, and the queue served by many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from structlog.testing import capture_logs

from app.contract.assignments import AssignmentOffered
from app.contract.audiences import ToAgent, ToContact
from app.contract.queue import ConversationQueued
from app.conversations.queue.positions import queue_view
from app.conversations.views import visitor_view_of
from app.database import open_database
from app.people.actors import SignedInAgent
from app.people.presence import arrive, set_presence
from app.reactions import Reactions
from app.routing import queue as queue_module
from app.routing.decisions import RULE, decide_again
from app.routing.dispatch import dispatch, hand_on, settle_queue
from app.routing.next_agent import ANY, Candidate, next_agent, refusal
from app.routing.queue import LastAnnounced
from app.work import Work, Works
from models import Assignment, Conversation
from tests.factories import MONDAY, House, open_house


def candidate(id: str = "a", **given: Any) -> Candidate:
    fields: dict[str, Any] = {"presence": "online", "has_lease": True, "load": 0, "capacity": 4, "last_assigned_at": None}
    return Candidate(agent_id=id, name=id.upper(), **(fields | given))


AN_HOUR_AGO, NOW = MONDAY - timedelta(hours=1), MONDAY

CHOICES = [
    ("nobody at all", [], None),
    ("the only one", [candidate("a")], "a"),
    ("not without a lease", [candidate("a", has_lease=False)], None),
    ("not away", [candidate("a", presence="away")], None),
    ("not busy", [candidate("a", presence="busy")], None),
    ("not offline", [candidate("a", presence="offline")], None),
    ("not at capacity", [candidate("a", load=4)], None),
    ("not over capacity", [candidate("a", load=5)], None),
    ("never with capacity 0", [candidate("a", capacity=0)], None),
    ("least load first", [candidate("a", load=2), candidate("b", load=1)], "b"),
    ("least load, not most room", [candidate("a", load=2, capacity=9), candidate("b", load=1, capacity=2)], "b"),
    (
        "of equals who went longest without",
        [candidate("a", last_assigned_at=NOW), candidate("b", last_assigned_at=AN_HOUR_AGO)],
        "b",
    ),
    ("whoever never had one before whoever had", [candidate("a", last_assigned_at=AN_HOUR_AGO), candidate("b")], "b"),
    ("load before waiting", [candidate("a", load=1), candidate("b", last_assigned_at=NOW)], "b"),
    ("then by id", [candidate("b"), candidate("a")], "a"),
    ("the ineligible do not count", [candidate("a", presence="away"), candidate("b", load=3)], "b"),
]


@pytest.mark.parametrize(("candidates", "chosen"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_the_choice(candidates: list[Candidate], chosen: str | None) -> None:
    winner = next_agent(candidates)
    assert (winner.agent_id if winner else None) == chosen


times = st.integers(0, 10**6).map(lambda seconds: MONDAY - timedelta(seconds=seconds))
crowds = st.lists(
    st.builds(
        Candidate,
        agent_id=st.uuids().map(str),
        name=st.just("x"),
        presence=st.sampled_from(["online", "away", "busy", "offline"]),
        has_lease=st.booleans(),
        load=st.integers(0, 6),
        capacity=st.integers(0, 6),
        last_assigned_at=st.none() | times,
    ),
    max_size=8,
    unique_by=lambda one: one.agent_id,
)


@given(crowds, st.randoms())
def test_the_choice_does_not_depend_on_the_order_it_was_asked_in(crowd: list[Candidate], dice: Any) -> None:
    shuffled = list(crowd)
    dice.shuffle(shuffled)
    assert next_agent(crowd) == next_agent(shuffled)


@given(crowds)
def test_whoever_is_chosen_may_be_and_nobody_eligible_has_less_to_do(crowd: list[Candidate]) -> None:
    chosen = next_agent(crowd)
    eligible = [one for one in crowd if refusal(one, ANY) is None]
    assert (chosen is None) == (not eligible)
    if chosen:
        assert chosen in eligible
        assert chosen.load == min(one.load for one in eligible)


@given(crowds)
def test_who_could_not_be_chosen_changes_nothing(crowd: list[Candidate]) -> None:
    assert next_agent([one for one in crowd if refusal(one, ANY) is None]) == next_agent(crowd)


async def holders(house: House) -> dict[str, str | None]:
    return {one.id: one.agent_id for one in await house.all(select(Conversation))}


async def test_an_arrival_goes_to_whoever_has_least_to_do_and_is_told_why(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    await house.chat(ana)
    id, _ = await house.chat()
    house.told.forget()
    assert await dispatch(house.works, house.team_id) == 1
    assert (await house.conversation(id)).agent_id == ben.id
    assert house.told.one(AssignmentOffered, ToAgent(agent_id=ben.id)).conversation_id == id
    (row,) = await house.all(select(Assignment).where(Assignment.conversation_id == id))
    assert (row.made_by, row.reason, row.decision["rule"], row.decision["winner"]) == ("routing", "routed", RULE, ben.id)
    loads = {one["agent_id"]: one["load"] for one in row.decision["candidates"]}
    assert loads == {ana.id: 1, ben.id: 0}


async def test_a_decision_replayed_from_its_record_is_the_same(house: House) -> None:
    for name in ("Ana", "Ben", "Chi"):
        await house.agent(name, capacity=3)
    for _ in range(7):
        await house.chat()
        house.clock.on(seconds=1)
        await dispatch(house.works, house.team_id)
    rows = await house.all(select(Assignment))
    assert len(rows) == 7
    for row in rows:
        assert decide_again(row.decision) == row.decision["winner"] == row.agent_id


async def test_only_the_team_is_asked(house: House) -> None:
    orders = await house.team("Orders")
    await house.agent("Olga", teams=[orders])
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id is None


async def test_a_conversation_without_a_team_goes_to_anyone(house: House) -> None:
    olga = await house.agent("Olga", teams=[])
    inbox = await house.inbox("open door")
    id = (await house.start(house.visitor(inbox))).conversation.id
    await dispatch(house.works, None)
    assert (await house.conversation(id)).agent_id == olga.id


async def test_whoever_is_not_here_gets_nothing(house: House) -> None:
    await house.agent("Away", presence="away")
    await house.agent("Never came", presence=None)
    await house.agent("Gone", lease=timedelta(seconds=10))
    house.clock.on(seconds=10)
    id, _ = await house.chat()
    assert await dispatch(house.works, house.team_id) == 0
    assert (await house.conversation(id)).agent_id is None


async def test_serving_an_empty_queue_is_nothing(house: House) -> None:
    await house.agent()
    assert await dispatch(house.works, house.team_id) == 0
    assert house.told.announcements[-1:] == [] or not house.told.all(ConversationQueued)


async def test_those_who_wait_are_told_their_place(house: House) -> None:
    await house.agent(capacity=1)
    visitors = [house.visitor() for _ in range(4)]
    for visitor in visitors:
        house.clock.on(seconds=1)
        await house.start(visitor)
    house.told.forget()
    await dispatch(house.works, house.team_id)
    places = [
        event.queue.position if event.queue else None
        for visitor in visitors[1:]
        for event in house.told.all(ConversationQueued, ToContact(contact_id=visitor.contact_id))
    ]
    assert places == [1, 2, 3]
    assert house.told.all(ConversationQueued, ToContact(contact_id=visitors[0].contact_id)) == []


async def test_all_of_a_long_queue_are_told_their_place_in_turns(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "MAX_TOLD", 3)
    visitors = [(await house.chat())[1] for _ in range(8)]
    places = LastAnnounced()
    told = dict[str, int]()
    rounds = 0
    house.told.forget()
    is_more = True
    while is_more:
        is_more = await settle_queue(house.works, house.team_id, places)
        rounds += 1
        for one in house.told.announcements:
            if isinstance(one.event, ConversationQueued) and one.event.queue is not None and isinstance(one.to, ToContact):
                assert one.to.contact_id not in told, "told once what has not changed"
                told[one.to.contact_id] = one.event.queue.position
        house.told.forget()
    assert told == {visitor.contact_id: place for place, visitor in enumerate(visitors, 1)}
    assert rounds == 2
    assert not await settle_queue(house.works, house.team_id, places) or not house.told.all(ConversationQueued)


async def test_who_comes_back_to_the_same_place_is_told_anew(house: House) -> None:
    ana, places = await house.agent("Ana"), LastAnnounced()
    id, visitor = await house.chat()

    async def told() -> int:
        await settle_queue(house.works, house.team_id, places)
        return len(house.told.all(ConversationQueued, ToContact(contact_id=visitor.contact_id)))

    first = await told()
    assert first
    assert await told() == first, "nothing has changed"
    await house.claim(ana, id)
    assert await told() == first
    await house.run(hand_on, [ana.id])
    assert await told() == first + 1


async def test_the_place_told_is_the_place_shown(house: House) -> None:
    """After three conversations of 30 s there is an estimate; hint and snapshot must agree on it."""
    ana = await house.agent(capacity=3)
    for _ in range(3):
        id, _ = await house.chat(ana)
        house.clock.on(seconds=30)
        await house.resolve(ana, id)
    for _ in range(3):
        await house.chat(ana)
    for _ in range(3):
        house.clock.on(seconds=1)
        await house.chat()
    house.told.forget()
    await dispatch(house.works, house.team_id)
    told = {event.conversation_id: event.queue for event in house.told.all(ConversationQueued)}
    assert len(told) == 3
    async with house.works.read() as rows:
        for id, queue in told.items():
            conversation = await house.conversation(id)
            assert queue == await queue_view(rows, conversation)
            assert queue == (await visitor_view_of(rows, conversation)).queue
    assert sorted(queue.position for queue in told.values() if queue) == [1, 2, 3]
    assert [queue.wait_seconds for queue in told.values() if queue] == [10, 20, 30], "three at once, 30 s each"


async def test_arrivals_are_served_the_moment_somebody_comes(house: House) -> None:
    ana = await house.agent(presence=None)
    reactions = house.react()
    id, _ = await house.chat()
    await reactions.settle()
    assert (await house.conversation(id)).agent_id is None
    await house.run(arrive, ana.id, timedelta(minutes=1))
    await reactions.settle()
    assert (await house.conversation(id)).agent_id == ana.id


async def test_whoever_waits_is_served_the_moment_an_agent_becomes_free(house: House) -> None:
    ana = await house.agent(capacity=1)
    reactions = house.react()
    first, _ = await house.chat()
    await reactions.settle()
    second, _ = await house.chat()
    await reactions.settle()
    assert await holders(house) == {first: ana.id, second: None}
    await house.resolve(ana, first)
    await reactions.settle()
    assert await holders(house) == {first: ana.id, second: ana.id}


async def test_once_reactions_have_ended_nothing_that_rests_asks_a_closed_database(database_url: str) -> None:
    with capture_logs() as logged:
        async with open_house(database_url) as house:
            reactions = house.react(tell_places_every_seconds=0.05)
            for _ in range(3):
                await house.chat()
                await reactions.settle()
            await reactions.end()
        await asyncio.sleep(0.2)
    assert not logged


async def test_many_who_become_free_at_once_are_one_look_at_the_queues(house: House) -> None:
    looks: list[object] = []

    class Counted(Reactions):
        async def serve_all(self) -> None:
            looks.append(self)
            await super().serve_all()

    ids = [(await house.agent(f"Agent {n}", capacity=1, presence="away")).id for n in range(4)]
    reactions = house.react(Counted)
    waiting = [(await house.chat())[0] for _ in range(4)]
    await reactions.settle()
    looks.clear()

    async def all_come_back(work: Work) -> None:
        for id in ids:
            await set_presence(work, id, "online", timedelta(minutes=1))

    await house.run(all_come_back)
    await reactions.settle()
    assert len(looks) == 1
    held = await holders(house)
    assert set(held) == set(waiting)
    assert set(held.values()) == set(ids)


async def test_a_queue_is_served_in_order_of_waiting(house: House) -> None:
    ids: list[str] = []
    for _ in range(5):
        house.clock.on(seconds=1)
        ids.append((await house.chat())[0])
    await house.agent(capacity=3)
    await dispatch(house.works, house.team_id)
    held = await holders(house)
    assert [held[id] is not None for id in ids] == [True, True, True, False, False]


async def race(house: House, nodes: list[Works]) -> None:
    """Twenty wait and ten more arrive while eight dispatchers, on all nodes, serve the same queue."""
    for _ in range(20):
        await house.start()

    async def arrive_all() -> None:
        for _ in range(10):
            await house.start()

    async def serve(works: Works) -> None:
        for _ in range(3):
            await dispatch(works, house.team_id)

    await asyncio.gather(arrive_all(), *(serve(nodes[n % len(nodes)]) for n in range(8)))
    await dispatch(house.works, house.team_id)


async def check_invariants(house: House, agents: list[SignedInAgent], capacity: int) -> None:
    held = Counter(id for id in (await holders(house)).values() if id)
    assert set(held) <= {agent.id for agent in agents}
    assert max(held.values()) <= capacity, "somebody was given more than they can hold"
    open_ones = await house.all(select(Assignment.conversation_id).where(Assignment.ended_at.is_(None)))
    assert max(Counter(open_ones).values()) == 1, "a conversation has two owners"


async def test_eight_dispatchers_on_two_databases_never_overload_or_double(postgres_database_url: str) -> None:
    async with open_house(postgres_database_url) as house:
        agents = [await house.agent(f"Agent {n}", capacity=3) for n in range(4)]
        other = open_database(postgres_database_url)
        try:
            await race(house, [house.works, Works(other, house.told, house.clock)])
        finally:
            await other.close()
        await check_invariants(house, agents, capacity=3)
        assert sum(1 for holder in (await holders(house)).values() if holder) == 12, "a free slot was left empty"


async def test_eight_dispatchers_in_one_process_never_overload_or_double(sqlite_database_url: str) -> None:
    async with open_house(sqlite_database_url) as house:
        agents = [await house.agent(f"Agent {n}", capacity=3) for n in range(4)]
        await race(house, [house.works])
        await check_invariants(house, agents, capacity=3)
        assert sum(1 for holder in (await holders(house)).values() if holder) == 12


async def test_claims_that_race_dispatchers_leave_one_owner_each(house: House) -> None:
    """A claim may go beyond capacity, because the agent asked for it; two owners it may never make."""
    from app.contract.assignments import ClaimConversation
    from app.conversations.assignments.change import claim_conversation

    agents = [await house.agent(f"Agent {n}", capacity=2) for n in range(3)]
    ids = [(await house.chat())[0] for _ in range(8)]
    async with house.another_node() as other:
        await asyncio.gather(
            *(dispatch(works, house.team_id) for works in (house.works, other)),
            *(
                (house.works, other)[n % 2].run(claim_conversation, agents[n % 3], ClaimConversation(conversation_id=id))
                for n, id in enumerate(ids)
            ),
            return_exceptions=True,
        )
    for id in ids:
        rows = await house.all(select(Assignment.agent_id).where(Assignment.conversation_id == id, Assignment.ended_at.is_(None)))
        holder = (await house.conversation(id)).agent_id
        assert list(rows) == ([holder] if holder else [])
        taken = [message.system for message in await house.messages(id) if message.system in ("joined", "assigned")]
        assert len(taken) == (1 if holder else 0), "claimed (the contact reads it) or given by routing (agents do)"
