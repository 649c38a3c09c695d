"""Cost of a ticket beside many others: opening one, a page of the work list in every order, its timeline, a merge.

python -m bench.tickets [--short] [--databases sqlite postgresql] [--rounds 100]

A million tickets, one in ten open, or 10,000 with --short. The control of every figure is a plain SQL query by primary key in
the same run. `list` is the order and filter whose p99 is the worst; each of them is printed on its own as well.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import Table, insert, select, text, update

from app.clock import new_id, utc_now
from app.contract.links import MergeTicket
from app.contract.lists import ListFilter
from app.contract.tickets import OpenTicket, TicketView
from app.contract.work_list import TicketListing
from app.conversations.lists.work_list import list_work
from app.conversations.tickets import open_ticket
from app.conversations.timeline import read_timeline
from app.database.migrate import migrate
from app.links.merging import merge_ticket
from app.people.actors import SignedInAgent
from app.work import Work
from bench.figures import percentile, say
from models import Contact, Conversation, Message, Sequence, Ticket
from tests.factories import House, open_house
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer

DATABASES = ("sqlite", "postgresql")
BATCH = 2_000
OPEN_EACH = 10
PRIORITIES = ("urgent", "high", "medium", "low")
TOPICS = ("Shipping", "Payment", "Orders", "Returns")
ORDERS = {
    "open": ("-number", "-active", "due", "priority", "priority,due", "status", "owner", "team", "topic"),
    "resolved": ("-number", "-active", "-closed", "priority", "status", "owner", "team", "topic"),
}
FILTERS: dict[str, dict[str, Any]] = {"all": {}, "mine": {"view": "mine"}, "urgent": {"priority": "urgent"}}

Act = Callable[[], Awaitable[object]]


async def seed(house: House, count: int, agents: list[str]) -> None:
    """Write so many tickets with their conversations, ten to a contact, a minute apart."""

    async def write(work: Work, tables: list[tuple[Table, list[dict[str, Any]]]]) -> None:
        for table, rows in tables:
            await work.execute(insert(table), rows)

    for tables in _batches(count, house.inbox_id, house.team_id, agents):
        await house.run(write, tables)
    if house.database.dialect == "postgresql":
        await house.run(_analyze)


async def _analyze(work: Work) -> None:
    await work.execute(text("ANALYZE"))


def _batches(count: int, inbox_id: str, team_id: str, agents: list[str]) -> Iterator[list[tuple[Table, list[dict[str, Any]]]]]:
    chance, now = random.Random(7), utc_now()  # noqa: S311 - the same tickets each time
    contact_id = ""
    for first in range(0, count, BATCH):
        contacts: list[dict[str, Any]] = []
        conversations: list[dict[str, Any]] = []
        messages: list[dict[str, Any]] = []
        tickets: list[dict[str, Any]] = []
        for number in range(first + 1, min(count, first + BATCH) + 1):
            at = now - timedelta(minutes=count - number + 1)
            if number % 10 == 1:
                contact_id = new_id()
                contacts.append(
                    {"id": contact_id, "inbox_id": inbox_id, "name": f"Contact {number}", "email": f"c{number}@example.com"}
                    | {"is_verified": False, "locale": "en", "created_at": at}
                )
            id, is_open = new_id(), number % OPEN_EACH == 0
            rank, topic = chance.randrange(4), chance.choice(TOPICS)
            status = "open" if is_open else "resolved"
            conversations.append(
                {"id": id, "inbox_id": inbox_id, "contact_id": contact_id, "channel": "chat", "is_extra": True}
                | {"status": status, "category": status, "priority": PRIORITIES[rank], "priority_rank": rank}
                | {"agent_id": chance.choice(agents), "team_id": team_id, "seq": 1, "rev": 1, "mailed_seq": 0, "unread_count": 0}
                | {f"{side}_{what}_seq": 1 for side in ("contact", "agent") for what in ("delivered", "read")}
                | {"preview": "Hello", "last_message_at": at, "assigned_at": at, "escalation_level": 0, "escalation_reason": ""}
                | {"reopened_count": 0, "resolved_at": None if is_open else at, "changed_at": at, "created_at": at}
            )
            messages.append(
                {"id": new_id(), "conversation_id": id, "seq": 1, "rev": 1, "author_kind": "contact", "author_id": contact_id}
                | {"author_name": "Contact", "visibility": "public", "channel": "chat", "body": "Hello", "attachments": []}
                | {"created_at": at}
            )
            tickets.append(
                {"id": new_id(), "number": number, "conversation_id": id, "title": f"Ticket {number}", "topic": topic}
                | {"opened_at": at, "closed_at": None if is_open else at}
            )
        found = ((Contact, contacts), (Conversation, conversations), (Message, messages), (Ticket, tickets))
        yield [(table.__table__, rows) for table, rows in found if rows]  # pyright: ignore[reportReturnType] (each is a Table)


class Desk:
    """A house full of tickets, and what people wait for in it."""

    def __init__(self, house: House, ana: SignedInAgent, ids: list[str]) -> None:
        self.house = house
        self.ana = ana
        self.ids = ids
        self.turn = 0
        self.took_ms = 0.0
        self.target: TicketView | None = None

    def acts(self) -> dict[str, Act]:
        """Return what is measured, by name."""

        async def by_key() -> None:
            async with self.house.works.read() as rows:
                await rows.one(select(Conversation).where(Conversation.id == self._next()))

        async def timeline() -> None:
            async with self.house.works.read() as rows:
                await read_timeline(rows, self.ana, self._next())

        lists = {
            f"list_{shelf}_{order}_{name}": self._listed(ListFilter(shelf=shelf, **narrowing), order)  # pyright: ignore[reportArgumentType] (a shelf)
            for shelf, orders in ORDERS.items()
            for order, (name, narrowing) in product(orders, FILTERS.items())
        }
        return {"by_key": by_key, "timeline": timeline, **lists}

    def _listed(self, wanted: ListFilter, order: str) -> Act:
        async def act() -> None:
            async with self.house.works.read() as rows:
                await list_work(rows, self.ana, wanted, TicketListing(order=order), None, 50)

        return act

    def _next(self) -> str:
        self.turn += 1
        return self.ids[self.turn % len(self.ids)]

    async def create(self) -> TicketView:
        """Give a conversation of its own a ticket."""
        id, _ = await self.house.chat()
        began = time.perf_counter()
        made = await self.house.run(open_ticket, self.ana, OpenTicket(conversation_id=id, title="One more", topic="Orders"))
        self.took_ms = (time.perf_counter() - began) * 1000
        return made

    async def merge(self, made: TicketView) -> float:
        """Return how long it takes to merge a ticket into the first one made here, in ms."""
        self.target = self.target or await self.create()
        asked = MergeTicket(number=self.target.number, is_other_contact=True)
        began = time.perf_counter()
        await self.house.run(merge_ticket, self.ana, made.conversation_id, asked)
        return (time.perf_counter() - began) * 1000


async def measure(url: str, count: int, rounds: int) -> None:
    async with open_house(url) as house:
        house.clock.now = utc_now()
        agents = [await house.agent(name, capacity=100_000) for name in ("Ana", "Ben", "Cleo")]
        id, _ = await house.chat()
        await house.run(open_ticket, agents[0], OpenTicket(conversation_id=id, title="The first"))
        await house.run(_renumber, count + 1)
        began = time.perf_counter()
        await seed(house, count, [agent.id for agent in agents])
        dialect = house.database.dialect
        say("tickets", "seeding", time.perf_counter() - began, "s", None, count, database=dialect)
        await house.run(_renumber, count + 1)
        desk = Desk(house, agents[0], list(await house.all(select(Conversation.id).order_by(Conversation.id).limit(500))))
        took: dict[str, list[float]] = {"create": [], "merge": []}
        for turn in range(rounds + 1):
            for name, act in desk.acts().items():
                began = time.perf_counter()
                await act()
                if turn:  # the first is for statements and caches to become warm
                    took.setdefault(name, []).append((time.perf_counter() - began) * 1000)
            made = await desk.create()
            created, merged = desk.took_ms, await desk.merge(made)
            if turn:
                took["create"].append(created)
                took["merge"].append(merged)
        took["list"] = max(
            (times for name, times in took.items() if name.startswith("list_")), key=lambda it: percentile(it, 0.99)
        )
        control = took.pop("by_key")
        for name, times in took.items():
            for share, figure in ((0.5, "p50"), (0.99, "p99")):
                plain = percentile(control, share)
                value = percentile(times, share)
                say("tickets", f"{name}_{figure}", value, "ms", plain, len(times), database=dialect, tickets=count)


async def _renumber(work: Work, number: int) -> None:
    """Number the first ticket, and those to come, after the seeded ones."""
    await work.change(update(Ticket).where(Ticket.title == "The first").values(number=number))
    await work.change(update(Sequence).where(Sequence.name == "ticket").values(value=number))


async def run(count: int, rounds: int, databases: list[str]) -> None:
    if "sqlite" in databases:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'tickets.db'}"
            await asyncio.to_thread(migrate, url)
            await measure(url, count, rounds)
    if "postgresql" in databases:
        postgres = PostgresServer()
        postgres.start()
        try:
            served = PostgresDatabases(postgres.url())
            served.make_template()
            await measure(served.create(), count, rounds)
        finally:
            postgres.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=("sqlite",))
    parser.add_argument("--rounds", type=int, default=100)
    asked = parser.parse_args()
    count, rounds = (10_000, 10) if asked.short else (1_000_000, asked.rounds)
    uvloop.run(run(count, rounds, asked.databases))


if __name__ == "__main__":
    main()
