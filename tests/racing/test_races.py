"""Two processes over one PostgreSQL, several tasks in each: every assignment judged when it commits. `bench.races` runs it at length."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import select

from app.clock import new_id
from app.contract.assignments import AssignConversation
from app.contract.messages import VisitorSendMessage
from app.conversations.assignments.change import assign_conversation
from app.conversations.messages.send import post_visitor_message
from app.people.presence import end_graces, lapse_leases
from app.routing.dispatch import hand_on, take_back_forsaken
from app.work import Work
from models import Conversation
from tests.factories import open_house
from tests.racing.floor import SMALL
from tests.racing.race import run_race
from tests.racing.referee import Referee, seat_referee
from tests.servers.databases import PostgresDatabases


@pytest.fixture
def url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A database of the race's own: the referee leaves a trigger in it."""
    url = postgres_databases.create()
    yield url
    postgres_databases.drop(url)


async def test_never_two_owners_nor_too_much_nor_nobody(url: str) -> None:
    raced = await run_race(url, 150, SMALL, tasks=4)
    assert raced.assignments >= 150
    assert not any(raced.violations.values()), (raced.violations, raced.examples)
    assert raced.unserved == 0, "with room for all, somebody still waits"


async def test_a_server_that_looks_before_it_writes_is_caught(url: str) -> None:
    """The same race without a lock or a condition: what the referee is for."""
    raced = await run_race(url, 6, SMALL, tasks=4, is_careless=True)
    assert raced.violations["two_owners"] > 0


async def test_the_referee_sees_each_kind(url: str) -> None:
    async with open_house(url) as house:
        ana, ben = await house.agent("Ana", capacity=1), await house.agent("Ben", presence=None)
        ids = [(await house.chat())[0] for _ in range(5)]
    await seat_referee(url)
    connection = await asyncpg.connect(url)
    try:
        for id, agent in ((ids[0], ana), (ids[1], ana), (ids[2], ben)):
            await _give(connection, id, agent.id)
        await _give(connection, ids[0], ben.id)
        await connection.execute("UPDATE conversations SET queued_at = NULL WHERE id = $1", ids[3])
        await connection.execute("UPDATE conversations SET agent_id = $2 WHERE id = $1", ids[4], ana.id)
        referee = Referee(connection)
        await referee.look()
        found = await referee.found()
    finally:
        await connection.close()
    assert found == {"two_owners": 1, "over_capacity": 1, "without_lease": 2, "orphaned": 2}


async def _give(connection: asyncpg.Connection, conversation_id: str, agent_id: str) -> None:
    """As a server without any care would: in two statements that look at nothing."""
    async with connection.transaction():
        await connection.execute("UPDATE conversations SET agent_id = $2 WHERE id = $1", conversation_id, agent_id)
        await connection.execute(
            "INSERT INTO assignments (id, conversation_id, agent_id, made_by, reason, decision, started_at)"
            " VALUES ($1, $2, $3, 'routing', 'routed', '{}', '2026-03-02T09:00:00Z')",
            new_id(),
            conversation_id,
            agent_id,
        )


async def test_two_that_come_back_at_once_cannot_both_take_the_last_slot(url: str) -> None:
    async with open_house(url) as house, house.another_node() as other:
        ana = await house.agent(capacity=1)
        chats = [await house.chat(ana) for _ in range(2)]
        for _ in range(5):
            for id, _ in chats:
                await house.resolve(ana, id)
            await asyncio.gather(
                *(
                    works.run(
                        post_visitor_message, visitor, VisitorSendMessage(conversation_id=id, body="Hm?", client_id=new_id())
                    )
                    for works, (id, visitor) in zip((house.works, other), chats, strict=True)
                )
            )
            holders = [(await house.conversation(id)).agent_id for id, _ in chats]
            assert holders.count(ana.id) == 1, holders
            for id, _ in chats:
                await house.claim(ana, id)


async def test_a_message_that_comes_the_moment_a_grace_ends_is_not_left_with_who_has_gone(url: str) -> None:
    async with open_house(url) as house, house.another_node() as other:
        ana = await house.agent(lease=timedelta(seconds=10))
        id, visitor = await house.chat(ana)
        await house.answer(ana, id)
        house.clock.on(seconds=11)
        await house.run(lapse_leases)
        house.clock.on(seconds=10)

        async def end(work: Work) -> None:
            await hand_on(work, await end_graces(work, timedelta(seconds=10)))

        async with other.begin() as writing:
            words = VisitorSendMessage(conversation_id=id, body="And now?", client_id=new_id())
            await post_visitor_message(writing, visitor, words)
            await house.run(end)
        stands = await house.conversation(id)
        assert (stands.agent_id, stands.waiting_since) == (ana.id, house.clock()), "the hand-over has missed it"
        await house.run(take_back_forsaken)
        stands = await house.conversation(id)
        assert (stands.agent_id, stands.queued_at) == (None, house.clock())


async def test_what_was_given_to_somebody_who_had_left_stays_theirs(url: str) -> None:
    async with open_house(url) as house:
        ana, ben = await house.agent("Ana"), await house.agent("Ben", lease=timedelta(seconds=10))
        house.clock.on(seconds=11)
        await house.run(lapse_leases)
        await house.run(end_graces, timedelta())
        id, _ = await house.chat()
        house.clock.on(seconds=1)
        await house.run(assign_conversation, ana, AssignConversation(conversation_id=id, agent_id=ben.id))
        await house.run(take_back_forsaken)
        holder = await house.all(select(Conversation.agent_id).where(Conversation.id == id))
        assert list(holder) == [ben.id]
