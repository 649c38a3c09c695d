"""What the past costs: sending, opening, listing, counting and syncing with more and more messages in the database.

python -m bench.history [--short] [--databases sqlite postgresql] [--rounds 60]

Databases of all sizes are open at once and asked in turns, so that the machine's mood is the same for each. The control of
every figure is the smallest database.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import uvloop
from sqlalchemy import select

from app.clock import utc_now
from app.contract.lists import ListFilter
from app.contract.reading import AgentSync, VisitorSync
from app.contract.work_list import TicketListing
from app.conversations.lists.counts import read_open
from app.conversations.lists.pages import list_conversations
from app.conversations.lists.work_list import list_work
from app.conversations.reading.sync import sync_for_agent, sync_for_visitor
from app.conversations.views import visitor_views
from app.database.migrate import migrate
from app.people.actors import SignedInAgent, Visitor
from bench.figures import percentile, say
from models import Conversation
from tests.factories import House, open_house
from tests.seeding import seed_history
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer

DATABASES = ("sqlite", "postgresql")
OPEN_NOW = 50
QUIET = 0.1
"""The share of times compared: those the rest of the machine left alone."""
AT_ONCE = 5

Act = Callable[[], Awaitable[object]]


class Era(House):
    """A house with a past of so many messages, and fifty conversations that are open now."""

    async def settle(self, messages: int) -> None:
        self.clock.now = utc_now()
        self.ana: SignedInAgent = await self.agent("Ana", capacity=10_000)
        self.open: list[tuple[str, Visitor]] = []
        await asyncio.to_thread(seed_history, self.url, messages)
        for number in range(OPEN_NOW):
            self.open.append(await self.chat(self.ana if number % 2 else None))
        (self.past,) = await self.all(
            select(Conversation).where(Conversation.category == "resolved").order_by(Conversation.id).offset(7).limit(1)
        )
        self.turn = 0

    def acts(self) -> dict[str, Act]:
        """What people wait for, by name."""
        returning = Visitor(contact_id=self.past.contact_id, inbox_id=self.past.inbox_id)

        async def send() -> None:
            self.turn += 1
            self.clock.on(milliseconds=1)
            id, visitor = self.open[self.turn % OPEN_NOW]
            await self.write(visitor, id)

        async def open_past() -> None:
            async with self.works.read() as rows:
                await sync_for_agent(rows, self.ana, AgentSync(conversation_id=self.past.id, after_rev=0))

        async def open_widget() -> None:
            async with self.works.read() as rows:
                await visitor_views(rows, returning.contact_id)

        async def sync() -> None:
            async with self.works.read() as rows:
                after = VisitorSync(conversation_id=self.past.id, after_seq=8)
                await sync_for_visitor(rows, returning, after)

        async def count() -> None:
            async with self.works.read() as rows:
                await read_open(rows)

        async def tickets() -> None:
            async with self.works.read() as rows:
                await list_work(rows, self.ana, ListFilter(view="all"), TicketListing(), None, 50)

        def listed(wanted: ListFilter) -> Act:
            async def act() -> None:
                async with self.works.read() as rows:
                    await list_conversations(rows, self.ana, wanted, None, 50)

            return act

        return {
            "send": send,
            "open": open_past,
            "open_widget": open_widget,
            "sync": sync,
            "count": count,
            "list_open": listed(ListFilter(view="all")),
            "list_mine": listed(ListFilter(view="mine")),
            "list_ended": listed(ListFilter(view="all", shelf="resolved")),
            "list_tickets": tickets,
        }


@asynccontextmanager
async def era(url: str, messages: int) -> AsyncIterator[Era]:
    async with open_house(url) as house:
        house.__class__ = Era
        assert isinstance(house, Era)
        began = time.perf_counter()
        await house.settle(messages)
        say("history", "seeding", time.perf_counter() - began, "s", None, messages, database=house.database.dialect)
        yield house


async def measure(urls: dict[int, str], rounds: int) -> None:
    async with AsyncExitStack() as stack:
        eras = {messages: await stack.enter_async_context(era(url, messages)) for messages, url in urls.items()}
        acts = {messages: house.acts() for messages, house in eras.items()}
        took: dict[tuple[str, int], list[float]] = {}
        for turn in range(rounds + 1):
            for name in next(iter(acts.values())):
                for messages in urls:
                    for _ in range(AT_ONCE):
                        began = time.perf_counter()
                        await acts[messages][name]()
                        if turn:  # the first is for statements and caches to become warm
                            took.setdefault((name, messages), []).append((time.perf_counter() - began) * 1000)
        smallest = min(urls)
        dialect = eras[smallest].database.dialect
        for (name, messages), times in took.items():
            control = percentile(took[name, smallest], QUIET)
            middle = round(percentile(times, 0.5), 3)
            at = {"messages": messages, "database": dialect, "p50": middle, "load": round(os.getloadavg()[0], 1)}
            say("history", f"{name}_p10", percentile(times, QUIET), "ms", control, len(times), **at)


async def run(sizes: list[int], rounds: int, databases: Collection[str]) -> None:
    if "sqlite" in databases:
        await on_sqlite(sizes, rounds)
    if "postgresql" in databases:
        await on_postgres(sizes, rounds)


async def on_sqlite(sizes: list[int], rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        urls = {size: f"sqlite:///{Path(folder) / f'{size}.db'}" for size in sizes}
        for url in urls.values():
            await asyncio.to_thread(migrate, url)
        await measure(urls, rounds)


async def on_postgres(sizes: list[int], rounds: int) -> None:
    postgres = PostgresServer()
    postgres.start()
    try:
        databases = PostgresDatabases(postgres.url())
        databases.make_template()
        await measure({size: databases.create() for size in sizes}, rounds)
    finally:
        postgres.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    sizes = [10_000, 100_000] if asked.short else [10_000, 100_000, 1_000_000]
    uvloop.run(run(sizes, 20 if asked.short else asked.rounds, asked.databases))


if __name__ == "__main__":
    main()
