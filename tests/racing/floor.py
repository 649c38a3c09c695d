"""A busy floor: a few teams, a few agents with little room, and more conversations than they can hold."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct
from sqlalchemy import select

from app.contract.routing import SetTeamRouting
from app.database import open_database
from app.people.actors import SignedInAgent, Visitor
from app.people.team_routing import set_team_routing
from app.work import Works
from models import Agent, Conversation, Team
from tests.factories import OPERATOR, House

ACCEPT_SECONDS = 1
LEASE = timedelta(hours=8)


class Size(Struct, frozen=True):
    """How large a floor. With fewer chats the same are raced for more often."""

    teams: int = 4
    agents_each: int = 8
    capacity: int = 8
    chats: int = 320


SMALL = Size(teams=2, agents_each=3, capacity=3, chats=24)


class Floor(Struct, frozen=True):
    """Who is there, as the rows say."""

    teams: list[str]
    agents: list[SignedInAgent]
    supervisor: SignedInAgent
    capacity: int
    chats: list[tuple[str, Visitor]]


async def furnish_floor(url: str, works: Works, size: Size) -> None:
    """The first team's agents must accept what they are offered, and have a lead. Nobody has been given anything yet."""
    house = House(works.database, url)
    house.works = works
    house.clock.now = works.clock()
    await house.furnish()
    await house.agent("Sue", role="supervisor", teams=[])
    teams = [house.team_id, *[await house.team(f"Team {n}") for n in range(1, size.teams)]]
    for n, team_id in enumerate(teams):
        inbox_id = await house.inbox(f"door-{n}", team_id)
        agents = [await house.agent(f"Agent {n}-{m}", capacity=size.capacity, teams=[team_id]) for m in range(size.agents_each)]
        accept_seconds = ACCEPT_SECONDS if n == 0 else 0
        await house.run(set_team_routing, OPERATOR, team_id, SetTeamRouting(accept_seconds=accept_seconds, lead_id=agents[0].id))
        for _ in range(size.chats // size.teams):
            await house.start(house.visitor(inbox_id))


async def read_floor(works: Works) -> Floor:
    """The same for every process."""
    async with works.read() as rows:
        teams = list(await rows.all(select(Team.id).order_by(Team.id)))
        found = await rows.all(select(Agent).order_by(Agent.id))
        agents = [
            SignedInAgent(id=agent.id, name=agent.name, role=agent.role, session="")  # pyright: ignore[reportArgumentType] - the column holds nothing else
            for agent in found
        ]
        chats = [
            (id, Visitor(contact_id=contact_id, inbox_id=inbox_id))
            for id, contact_id, inbox_id in await rows.rows(
                select(Conversation.id, Conversation.contact_id, Conversation.inbox_id).order_by(Conversation.id)
            )
        ]
    answering = [agent for agent in agents if agent.role == "agent"]
    supervisor = next(agent for agent in agents if agent.role == "supervisor")
    return Floor(teams, answering, supervisor, max(agent.capacity for agent in found if agent.role == "agent"), chats)


def open_works(url: str, publisher: object) -> Works:
    """A process's own way to the rows."""
    return Works(open_database(url), publisher)  # pyright: ignore[reportArgumentType] - a publisher, whatever else it is
