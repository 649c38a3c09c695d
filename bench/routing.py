"""How long from a conversation's arrival until an agent has it, at a given rate of arrivals and number of agents.

python -m bench.routing [--short] [--postgres]

One process, the real reactions and the real dispatch. The clock starts when the rows of an arrival (contact, conversation)
are asked for, a transaction each, and stops when the agent is told. The control, in the same run, writes the same rows and
then assigns by one plain UPDATE in a transaction of its own, to the next agent in a ring: no rules, no record, nobody told.
Nobody runs out of room: capacity is not what is measured.
Arrivals come by a Poisson process; each rate and number of agents has a fresh database. What a first message costs besides
(the message, its events) is the business of bench.chat.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import uvloop
from sqlalchemy import update

from app.clock import new_id
from app.contract.assignments import AssignmentOffered
from app.database import open_database
from app.database.migrate import migrate
from app.knowledge.embedder import NoEmbedder
from app.knowledge.library import Library
from app.knowledge.suggest import Suggester
from app.people.actors import Operator
from app.people.agents import add_agent
from app.people.presence import arrive
from app.reactions import Reactions
from app.work import Announcement, Work, Works
from bench.figures import percentile, say
from models import Contact, Conversation
from tests.factories import LEASE, House
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer

RATES = (10, 50, 200)
AGENTS = (20, 500)
SEED = 7
COUNTERS = (
    "seq",
    "rev",
    "contact_delivered_seq",
    "contact_read_seq",
    "agent_delivered_seq",
    "agent_read_seq",
    "mailed_seq",
    "unread_count",
    "escalation_level",
    "reopened_count",
)
MAX_SECONDS = 30.0


class Watch:
    """A publisher that notes when each conversation was given to somebody, and lets reactions follow."""

    def __init__(self) -> None:
        self.assigned: dict[str, float] = {}
        self.reactions: Reactions | None = None

    def publish(self, announcements: Sequence[Announcement]) -> None:
        for one in announcements:
            if isinstance(one.event, AssignmentOffered):
                self.assigned[one.event.conversation_id] = time.perf_counter()
        if self.reactions is not None:
            self.reactions.hear(announcements)

    def wake_jobs(self) -> None:
        return


class Floor(NamedTuple):
    """A team at work."""

    works: Works
    inbox_id: str
    team_id: str
    agent_ids: list[str]


async def open_floor(url: str, agents: int, watch: Watch, *, routes: bool) -> Floor:
    """A team of online agents with room for everything, and an inbox."""
    works = Works(open_database(url), watch)
    house = House(works.database, url)
    house.works = works
    house.clock.now = works.clock()
    await house.furnish()

    async def add(work: Work, number: int) -> str:
        view = await add_agent(
            work,
            Operator(),
            name=f"Agent {number}",
            email=f"a{number}@example.com",
            password_hash="",
            role="agent",
            capacity=100_000,
            team_ids=[house.team_id],
        )
        await arrive(work, view.id, LEASE)
        return view.id

    ids = [await works.run(add, number) for number in range(agents)]
    if routes:
        suggester = Suggester(works, watch, Library(works, NoEmbedder()), "https://help.example.com")
        watch.reactions = Reactions(works, suggester)
    return Floor(works, house.inbox_id, house.team_id, ids)


async def arrivals(rate: float, seconds: float, one: Callable[[int], Awaitable[None]]) -> int:
    """Call `one` at the times of a Poisson process; how many."""
    dice = random.Random(SEED)  # noqa: S311 - arrivals need no cryptographic dice
    tasks: list[asyncio.Task[None]] = []
    began, due = time.perf_counter(), 0.0
    while (due := due + dice.expovariate(rate)) < seconds:
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        tasks.append(asyncio.ensure_future(one(len(tasks))))
    await asyncio.gather(*tasks)
    return len(tasks)


async def add_arrival(work: Work, inbox_id: str, team_id: str) -> str:
    """Somebody's conversation waits in the queue."""
    contact_id, conversation_id = new_id(), new_id()
    await work.add(Contact(id=contact_id, inbox_id=inbox_id, name="", is_verified=False, locale="en", created_at=work.now))
    counters = dict.fromkeys(COUNTERS, 0)
    await work.add(
        Conversation(
            id=conversation_id,
            inbox_id=inbox_id,
            contact_id=contact_id,
            channel="chat",
            is_extra=False,
            status="new",
            category="new",
            priority="medium",
            priority_rank=2,
            team_id=team_id,
            preview="My stove is cold",
            last_message_at=work.now,
            waiting_since=work.now,
            queued_at=work.now,
            escalation_reason="",
            changed_at=work.now,
            created_at=work.now,
            **counters,
        )
    )
    return conversation_id


async def routed(url: str, rate: float, agents: int, seconds: float) -> list[float]:
    """Seconds from arrival to assigned, by routing."""
    watch = Watch()
    floor = await open_floor(url, agents, watch, routes=True)
    began: dict[str, float] = {}
    assert watch.reactions is not None
    reactions = watch.reactions

    async def one(number: int) -> None:
        at = time.perf_counter()
        began[await floor.works.run(add_arrival, floor.inbox_id, floor.team_id)] = at
        reactions.serve(floor.team_id)

    count = await arrivals(rate, seconds, one)
    until = time.perf_counter() + MAX_SECONDS
    while len(watch.assigned) < count and time.perf_counter() < until:
        await asyncio.sleep(0.01)
    assert len(watch.assigned) == count, f"{count - len(watch.assigned)} of {count} were not assigned"
    await reactions.end()
    await floor.works.database.close()
    return [watch.assigned[id] - at for id, at in began.items()]


async def plainly(url: str, rate: float, agents: int, seconds: float) -> list[float]:
    """The control: seconds from arrival to assigned, by one UPDATE to the next agent in a ring."""
    floor = await open_floor(url, agents, Watch(), routes=False)
    waits: list[float] = []

    async def take(work: Work, conversation_id: str, agent_id: str) -> None:
        free = update(Conversation).where(Conversation.id == conversation_id, Conversation.agent_id.is_(None))
        await work.change(free.values(agent_id=agent_id, assigned_at=work.now))

    async def one(number: int) -> None:
        at = time.perf_counter()
        id = await floor.works.run(add_arrival, floor.inbox_id, floor.team_id)
        await floor.works.run(take, id, floor.agent_ids[number % agents])
        waits.append(time.perf_counter() - at)

    await arrivals(rate, seconds, one)
    await floor.works.database.close()
    return waits


async def compare(fresh: Callable[[], str], rate: float, agents: int, seconds: float) -> None:
    """Routing and its control, one line a figure."""
    control = await plainly(fresh(), rate, agents, seconds)
    url = fresh()
    waits = await routed(url, rate, agents, seconds)
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        say(
            "routing",
            f"arrival_to_assigned_{name}_{rate:g}_per_second_{agents}_agents",
            percentile(waits, share) * 1000,
            "ms",
            percentile(control, share) * 1000,
            len(waits),
            database="postgresql" if url.startswith("postgres") else "sqlite",
            load=round(os.getloadavg()[0], 1),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    parser.add_argument("--rate", type=float, action="append")
    parser.add_argument("--agents", type=int, action="append")
    asked = parser.parse_args()
    seconds = 3.0 if asked.short else 10.0
    server = PostgresServer() if asked.postgres else None
    with tempfile.TemporaryDirectory() as folder:
        made = iter(range(1000))

        def fresh_file() -> str:
            url = f"sqlite:///{Path(folder) / f'{next(made)}.db'}"
            migrate(url)
            return url

        fresh = fresh_file
        if server is not None:
            server.start()
            databases = PostgresDatabases(server.url())
            databases.make_template()
            fresh = databases.create
        try:
            for agents in asked.agents or AGENTS:
                for rate in asked.rate or RATES:
                    urls = [fresh(), fresh()]
                    uvloop.run(compare(iter(urls).__next__, rate, agents, seconds))
        finally:
            if server is not None:
                server.stop()


if __name__ == "__main__":
    main()
