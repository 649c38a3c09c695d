"""Fill an empty database for the demo."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from app.clock import new_id
from app.contract.values import Role
from app.database import open_database
from app.knowledge.articles import publish_article
from app.knowledge.front_matter import read_article
from app.people.actors import Operator, SignedInAgent
from app.people.agents import add_agent, add_team
from app.people.tokens import hash_password, new_secret
from app.people.workspace import write_workspace
from app.settings import Settings
from app.work import Silence, Work, Works
from models import Agent, Inbox

PASSWORD = "parley-demo"  # noqa: S105 (printed for everyone on purpose)
ARTICLES = Path(__file__).parent / "articles"


class Person(NamedTuple):
    """Somebody to sign in as."""

    name: str
    email: str
    role: Role
    teams: tuple[str, ...]


PEOPLE = (
    Person("Ada Admin", "admin@example.com", "admin", ()),
    Person("Sam Supervisor", "sam@example.com", "supervisor", ("Support", "Orders")),
    Person("Ana Duarte", "ana@example.com", "agent", ("Support",)),
    Person("Ben Okafor", "ben@example.com", "agent", ("Support", "Orders")),
    Person("Chi Tanaka", "chi@example.com", "agent", ("Orders",)),
)


async def seed_demo(settings: Settings) -> None:
    """People, teams, an inbox and a help centre. A database that has agents already is left as it is."""
    database = open_database(settings.database_url)
    try:
        works = Works(database, Silence())
        async with works.read() as rows:
            if await rows.one(select(Agent.id).limit(1)):
                return
        password_hash = await asyncio.to_thread(hash_password, PASSWORD)
        await works.run(_add_people_and_inbox, password_hash, settings.agent_capacity)
        for path in sorted(ARTICLES.glob("*.md")):
            await works.run(publish_article, read_article(path.read_text("utf-8")))
    finally:
        await database.close()


async def _add_people_and_inbox(work: Work, password_hash: str, capacity: int) -> None:
    teams = {name: (await add_team(work, Operator(), name)).id for name in ("Support", "Orders")}
    added = [
        await add_agent(
            work,
            Operator(),
            name=person.name,
            email=person.email,
            password_hash=password_hash,
            role=person.role,
            capacity=capacity,
            team_ids=[teams[name] for name in person.teams],
        )
        for person in PEOPLE
    ]
    admin = added[0]
    asking = SignedInAgent(id=admin.id, name=admin.name, role=admin.role, session="")
    await write_workspace(work, asking, is_checklist_hidden=True)  # the demo is set up already
    await work.add(
        Inbox(
            id=new_id(),
            key="demo",
            name="Juniper & Pine",
            channel="chat",
            team_id=teams["Support"],
            greeting="Hello! Ask us anything about your order, our gear or your account.",
            color="#0f766e",
            locale="en",
            allowed_origins=[],
            identity_secret=new_secret(),
            asks_email=True,
            created_at=work.now,
        )
    )
