"""A build without one of its protections is caught by the checker, for that and for nothing else; the whole one passes.

Small schedules that aim at one protection each, on two nodes whose races are made wide (`mutants.py`), so that what
can go wrong does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from tests.faults.checker import kinds
from tests.faults.clients import AgentClient, Client, HeardWire, Lost, VisitorClient, now
from tests.faults.history import Acked, History, Line, Sent, Stored
from tests.faults.play import converge
from tests.faults.stage import Node, Stage
from tests.servers.databases import PostgresDatabases

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROGRAM = ("-m", "tests.faults.mutants", "demo")
SAME = "the-same"
PATIENT = 15.0
"""No ack gets lost here, and what is promised comes: whoever waits less on a slow machine only makes it slower."""


class Theatre:
    """Two nodes on PostgreSQL and Redis, any protection of which can be taken away."""

    def __init__(self, stage: Stage, switch: Path) -> None:
        self.stage = stage
        self._switch = switch

    @property
    def first(self) -> Node:
        return self.stage.nodes[0]

    @property
    def second(self) -> Node:
        return self.stage.nodes[-1]

    @contextlib.contextmanager
    def without(self, protection: str):
        self._switch.write_text(protection)
        yield
        self._switch.write_text("")


class Scene:
    """People of one small schedule, and what they noticed."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.history = History()
        self.people: list[Client] = []

    async def visitor(self, node: Node, *, tab_of: VisitorClient | None = None, resumes: bool = True) -> VisitorClient:
        visitor = VisitorClient(
            f"visitor-{len(self.people)}", node.door.url, self.history, 1, resumes=resumes, reply_seconds=PATIENT
        )
        visitor.token = tab_of.token if tab_of else None
        return await self._come(visitor)

    async def agent(self, node: Node, name: str) -> AgentClient:
        """Somebody who takes nothing unasked."""
        agent = await self._come(AgentClient(f"{name}@example.com", name, node.door.url, self.history, 1, reply_seconds=PATIENT))
        await agent.insist(type="presence.set", presence="away")
        return agent

    async def _come(self, person):
        self.people.append(person)
        await person.come()
        return person

    async def send(self, person: Client, key: str, **command: str) -> Line:
        """One message under a key that another tab may use too."""
        by = person.token if isinstance(person, VisitorClient) and key == SAME else person.name
        self.history.sent.append(Sent(by=by or "", key=key, at=now()))
        reply = await person.insist(client_id=key, body=f"words of {key}", **command)
        line = Line.of_view(reply["message"])
        self.history.acked.append(Acked(by=by or "", key=key, at=now(), line=line))
        return line

    async def close(self, conversation_id: str, seconds: float = PATIENT) -> set[str]:
        """Everybody leaves once all agree, or nobody expects it any more: which promises were broken."""
        for person in self.people:
            person.screens = {id: screen for id, screen in person.screens.items() if id == conversation_id}
        agreed = await converge(self.theatre.stage.database_url, self.people, seconds)
        await self.leave()
        self.history.stored = only(agreed.stored, conversation_id)
        self.history.shown = [shown for shown in agreed.shown if shown.conversation_id == conversation_id]
        return kinds(self.history)

    async def leave(self) -> None:
        while self.people:
            await self.people.pop().leave()


def only(stored: Stored, conversation_id: str) -> Stored:
    """What concerns one conversation."""
    return Stored(
        lines=[line for line in stored.lines if line.conversation_id == conversation_id],
        conversations=[one for one in stored.conversations if one.id == conversation_id],
        holdings=[one for one in stored.holdings if one.conversation_id == conversation_id],
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theatre(
    tmp_path_factory: pytest.TempPathFactory, postgres_databases: PostgresDatabases, redis_server_url: str
) -> AsyncIterator[Theatre]:
    folder = tmp_path_factory.mktemp("mutants")
    switch = folder / "mutant"
    switch.write_text("")
    url = postgres_databases.create()
    stage = Stage(folder, postgres_url=url, redis_url=redis_server_url, program=PROGRAM, test_mutant=switch)
    await stage.open()
    yield Theatre(stage, switch)
    await stage.close()
    postgres_databases.drop(url)


@pytest_asyncio.fixture(loop_scope="module")
async def scene(theatre: Theatre) -> AsyncIterator[Scene]:
    scene = Scene(theatre)
    yield scene
    await scene.leave()


@contextlib.asynccontextmanager
async def without_constraints(url: str, *columns: str) -> AsyncIterator[Callable[[str], None]]:
    """The unique constraints on messages over these columns are gone; the call names whose rows go before they return."""
    spoilt: list[str] = []
    connection = await asyncpg.connect(url)
    try:
        for column in columns:
            name = await connection.fetchval(
                "SELECT conname FROM pg_constraint WHERE conrelid = 'messages'::regclass AND pg_get_constraintdef(oid) = $1",
                f"UNIQUE ({column})",
            )
            assert name, f"there is no UNIQUE ({column}) to take away"
            await connection.execute(f"ALTER TABLE messages DROP CONSTRAINT {name}")
        yield spoilt.append
        await connection.execute("DELETE FROM messages WHERE conversation_id = ANY($1)", spoilt)
        for column in columns:
            await connection.execute(f"ALTER TABLE messages ADD UNIQUE ({column})")
    finally:
        await connection.close()


Schedule = Callable[[Scene], Awaitable[tuple[str, set[str]]]]


async def one_key_from_two_nodes(scene: Scene) -> tuple[str, set[str]]:
    """A first message whose ack was lost is sent again through another node while the first try is under way."""
    here = await scene.visitor(scene.theatre.first)
    id = (await here.say()).conversation_id
    there = await scene.visitor(scene.theatre.second, tab_of=here)
    await asyncio.gather(*(scene.send(tab, SAME, type="conversation.start") for tab in (here, there)))
    return id, await scene.close(id)


async def two_tabs_at_once(scene: Scene) -> tuple[str, set[str]]:
    """Two messages of one conversation reach two nodes at the same time."""
    here = await scene.visitor(scene.theatre.first)
    id = (await here.say()).conversation_id
    there = await scene.visitor(scene.theatre.second, tab_of=here)
    messages = ((here, "from-here"), (there, "from-there"))
    await asyncio.gather(*(scene.send(tab, key, type="message.send", conversation_id=id) for tab, key in messages))
    return id, await scene.close(id)


async def two_claims_at_once(scene: Scene) -> tuple[str, set[str]]:
    """Two agents on two nodes ask for the same conversation."""
    ana, ben = await scene.agent(scene.theatre.first, "ana"), await scene.agent(scene.theatre.second, "ben")
    visitor = await scene.visitor(scene.theatre.first)
    id = (await visitor.say()).conversation_id
    got = await asyncio.gather(ana.claim(id), ben.claim(id))
    assert any(got)
    return id, await scene.close(id)


async def said_while_redis_is_gone(scene: Scene, seconds: float = PATIENT) -> tuple[str, set[str]]:
    """A node loses Redis; what others write meanwhile it must find in the rows, for nobody will tell it again."""
    agent = await scene.agent(scene.theatre.second, "ana")
    visitor = await scene.visitor(scene.theatre.first)
    id = (await visitor.say()).conversation_id
    await agent.claim(id)  # whatever else happens to it, a ticket when the last agent of another scene lapses, would be heard
    await converge(scene.theatre.stage.database_url, [agent])
    wire = scene.theatre.second.to_redis
    assert wire
    wire.is_refusing = True
    wire.cut()
    for _ in range(3):
        await visitor.say()
    await asyncio.sleep(1.0)
    wire.is_refusing = False
    return id, await scene.close(id, seconds)


async def said_while_the_visitor_was_away(scene: Scene, *, resumes: bool = True) -> tuple[str, set[str]]:
    """A line breaks, an answer is written, the line is back. A tab beside it says when its node has told the answer."""
    visitor = await scene.visitor(scene.theatre.first, resumes=resumes)
    beside = await HeardWire.connect(scene.theatre.first.running.url, "/visitor", {"token": visitor.token, "contract": 1})
    assert isinstance(beside, HeardWire)
    is_told = asyncio.Event()
    beside.on_event = lambda event: is_told.set() if event["type"] == "message.created" else None
    agent = await scene.agent(scene.theatre.second, "ana")
    id = (await visitor.say()).conversation_id
    scene.theatre.first.door.is_refusing = True
    scene.theatre.first.door.cut()
    is_told.clear()
    await scene.send(agent, f"answer-{id}", type="message.send", conversation_id=id)
    await asyncio.wait_for(is_told.wait(), PATIENT)
    await beside.close()
    scene.theatre.first.door.is_refusing = False
    await asyncio.wait_for(visitor.is_online.wait(), PATIENT)
    return id, await scene.close(id, PATIENT if resumes else 3.0)


SCHEDULES: tuple[Schedule, ...] = (
    one_key_from_two_nodes,
    two_tabs_at_once,
    two_claims_at_once,
    said_while_redis_is_gone,
    said_while_the_visitor_was_away,
)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda it: it.__name__)
async def test_with_every_protection_nothing_is_wrong(scene: Scene, schedule: Schedule) -> None:
    _, broken = await schedule(scene)
    assert broken == set(), scene.history.refused


async def test_without_a_unique_key_a_retry_is_a_second_message(scene: Scene, theatre: Theatre) -> None:
    async with without_constraints(theatre.stage.database_url, "client_id, author_id") as spoilt:
        with theatre.without("unique_key"):
            id, broken = await one_key_from_two_nodes(scene)
        spoilt(id)
    assert broken == {"doubled"}


async def test_without_the_row_lock_a_seq_is_given_twice(scene: Scene, theatre: Theatre) -> None:
    columns = ("conversation_id, seq", "conversation_id, rev")
    async with without_constraints(theatre.stage.database_url, *columns) as spoilt:
        with theatre.without("row_lock"):
            id, broken = await two_tabs_at_once(scene)
        spoilt(id)
    assert broken == {"gap"}


async def test_without_the_condition_two_agents_own_it(scene: Scene, theatre: Theatre) -> None:
    with theatre.without("claim_condition"):
        _, broken = await two_claims_at_once(scene)
    assert broken == {"two_owners"}


async def test_without_catching_up_a_lost_hint_is_lost_for_good(scene: Scene, theatre: Theatre) -> None:
    with theatre.without("catch_up"):
        _, broken = await said_while_redis_is_gone(scene, 8.0)
    assert broken == {"unseen"}


async def test_without_resuming_what_was_missed_stays_missed(scene: Scene) -> None:
    _, broken = await said_while_the_visitor_was_away(scene, resumes=False)
    assert broken == {"unseen"}


async def killed_after_an_ack(folder: Path, mutant: str) -> set[str]:
    """One process on SQLite, killed the moment it has acked."""
    switch = folder / "mutant"
    switch.write_text("")
    stage = await Stage(folder, count=1, program=PROGRAM, test_mutant=switch).open()
    theatre = Theatre(stage, switch)
    scene = Scene(theatre)
    try:
        visitor = await scene.visitor(theatre.first)
        id = (await visitor.say()).conversation_id
        switch.write_text(mutant)
        await visitor.say()
        await theatre.first.kill()
        switch.write_text("")
        visitor.screens.clear()  # the page is closed too: what it drew is no proof
        scene.history.seen.clear()
        await theatre.first.start()
        with contextlib.suppress(Lost):
            await visitor.ask("conversation.sync", conversation_id=id, after_seq=0)
        return await scene.close(id)
    finally:
        await scene.leave()
        await stage.close()


@pytest.mark.parametrize(("mutant", "expected"), [("", set()), ("ack_before_commit", {"lost"})])
async def test_whoever_acks_before_the_commit_loses_what_was_acked(tmp_path: Path, mutant: str, expected: set[str]) -> None:
    assert await killed_after_an_ack(tmp_path, mutant) == expected
