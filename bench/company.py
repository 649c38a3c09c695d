"""What a company's size costs: the same questions to a small company and to a large one, in turns, on two servers of this machine.

python -m bench.company [--short] [--postgres] [--conversations 200000]

On SQLite the companies are seeded once and kept in the folder of temporary files (PARLEY_BENCH_KEPT names another); on
PostgreSQL they are seeded anew. `idle_cpu` is taken from both servers at once, when they have been up for a while. A message is
sent more often than the rest is asked, because it takes so little that one hiccup of the machine is several of them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from app.people.tokens import hash_secret
from bench.figures import cpu_seconds, percentile, say
from bench.grounds import raise_file_limit
from tests.company import Company, Ids, kept_company, seed_company
from tests.running import Running
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer
from tests.wire import Wire

AGENTS = 300
IDLE_SECONDS = 8.0
SETTLING_SECONDS = 6.0
ACKS_EACH_TURN = 4
NOBODY_TAKES = "UPDATE agents SET takes_chats = false"
"""Or routing would take what is to be claimed."""
MINE = [{"view": "mine", "shelf": "open"}]


class Weighing(Wire):
    """A wire that weighs what it hears."""

    heard_bytes = 0

    async def _take(self, frame: str) -> None:
        if frame.startswith("42"):  # an event, and no ping
            self.heard_bytes += len(frame.encode())
        await super()._take(frame)


class Side:
    """One company being served, its agents, and the conversation one of them has."""

    def __init__(self, folder: Path, company: Company, url: str) -> None:
        self.company = company
        self.running = Running(folder, database_url=url, message_rate=1e6, log_level="warning", secret_key="k" * 40)
        self.running.program = ("-m", "cli", "serve")
        self.wires: list[Weighing] = []
        self.keys = count(1)
        self.http = self.running.http(cookies={"parley_session": _secret_of(0)})

    async def connect(self, agents: int) -> None:
        """Have so many agents look at their own conversations."""
        for number in range(agents):
            headers = {"Cookie": f"parley_session={_secret_of(number)}", "Origin": self.running.url}
            wire = await Weighing.connect(self.running.url, "/agent", {"contract": 1}, headers)
            await wire.ask("screen.watch", lists=MINE)
            self.wires.append(wire)  # pyright: ignore[reportArgumentType] - connect makes its own kind
        self.conversation_id = Ids.conversation(0)
        await self.wires[0].ask("conversation.assign", conversation_id=self.conversation_id, agent_id=Ids.agent(0))

    async def get(self, path: str) -> None:
        response = await self.http.get(f"/api/v1{path}")
        assert response.status_code == 200, response.text


QUESTIONS: dict[str, Callable[[Side, int], Awaitable[Any]]] = {
    "ack": lambda side, number: side.wires[0].ask(
        "message.send", conversation_id=side.conversation_id, client_id=f"b{next(side.keys)}", body="We are looking into it."
    ),
    "list": lambda side, number: side.get("/conversations?view=all&limit=50"),
    "search": lambda side, number: side.get("/conversations?q=parcel&limit=50"),
    "search_narrowed": lambda side, number: side.get("/conversations?view=mine&category=resolved&q=parcel&limit=50"),
    "counts": lambda side, number: side.get("/conversations/counts"),
    "wall": lambda side, number: side.wires[0].ask("wall.watch", watching=number % 2 == 0),
    "help_search": lambda side, number: side.wires[0].ask("article.search", query="refunds step"),
}


def main() -> None:
    """Measure, a JSON line a figure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--short", action="store_true")
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--conversations", type=int, default=0)
    asked = arguments.parse_args()
    raise_file_limit()
    conversations = asked.conversations or (20_000 if asked.short else 200_000)
    kept_in = Path(os.environ.get("PARLEY_BENCH_KEPT") or Path(tempfile.gettempdir()) / "parley-companies")
    large = Company(conversations=conversations, articles=1_000 if conversations < 100_000 else 5_000)
    small = large._replace(conversations=1_000, open_each=max(1, 1_000 * large.open_each // conversations))  # as many are open
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        databases = stack.enter_context(_postgres()) if asked.postgres else None
        control, company = (
            Side(Path(folder) / name, one, _seeded(Path(folder) / name, one, databases, kept_in))
            for name, one in (("small", small), ("large", large))
        )
        asyncio.run(_measure(control, company, 25 if asked.short else 100, "postgres" if databases else "sqlite"))


@contextlib.contextmanager
def _postgres() -> Generator[PostgresDatabases]:
    server = PostgresServer()
    server.start()
    try:
        databases = PostgresDatabases(server.url())
        databases.make_template()
        yield databases
    finally:
        server.stop()


def _seeded(folder: Path, company: Company, databases: PostgresDatabases | None, kept_in: Path) -> str:
    """Such a company, all of whose agents are signed in; its URL."""
    folder.mkdir(parents=True)
    if databases is None:
        url = kept_company(folder / "company.db", company, kept_in)
        _sign_in_on_sqlite(folder / "company.db")
    else:
        url = databases.create()
        seed_company(url, company)
        asyncio.run(_sign_in_on_postgres(url))
    return url


async def _measure(control: Side, company: Side, turns: int, database: str) -> None:
    sides, on = (control, company), {"conversations": company.company.conversations, "database": database}
    try:
        for side in sides:
            side.running.start()
        await asyncio.sleep(SETTLING_SECONDS)
        idle = await asyncio.gather(*(_idle_cpu(side) for side in sides))
        say("company", "idle_cpu", idle[1], "share of a core", max(idle[0], 0.001), 1, **on)
        for side, agents in ((control, 1), (company, AGENTS)):
            await side.connect(agents)
        await _until_quiet(company)
        took: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in QUESTIONS}
        asked = [*QUESTIONS, *["ack"] * (ACKS_EACH_TURN - 1)]
        for turn in range(-2, turns):
            for name in asked:
                for place in (0, 1) if turn % 2 else (1, 0):
                    began = time.perf_counter()
                    await QUESTIONS[name](sides[place], turn)
                    if turn >= 0:
                        took[name][place].append((time.perf_counter() - began) * 1000)
        for name, (few, many) in took.items():
            p50 = [round(percentile(some, 0.5), 2) for some in (many, few)]
            say("company", f"{name}_p90", percentile(many, 0.9), "ms", percentile(few, 0.9), len(many), p50=p50, **on)
        await company.wires[0].ask("wall.watch", watching=False)
        await _weigh(company)
    finally:
        for side in sides:
            for wire in side.wires:
                await wire.vanish()
            await side.http.aclose()
            side.running.stop()


async def _idle_cpu(side: Side) -> float:
    before = cpu_seconds(side.running.pid)
    await asyncio.sleep(IDLE_SECONDS)
    return (cpu_seconds(side.running.pid) - before) / IDLE_SECONDS


async def _weigh(side: Side) -> None:
    """What one message, one claim and one change of presence send to all 300 together."""
    ana, ben = side.wires[0], side.wires[1]
    free = Ids.conversation(4 * side.company.open_each)
    acts: dict[str, Callable[[], Awaitable[Any]]] = {
        "message": lambda: QUESTIONS["ack"](side, 1_000_000),
        "claim": lambda: ana.ask("conversation.claim", conversation_id=free),
        "presence": lambda: ben.ask("presence.set", presence="away"),
    }
    for name, act in acts.items():
        await _until_quiet(side)
        before = _heard(side)
        await act()
        await _until_quiet(side)
        say("company", f"bytes_per_{name}", _heard(side) - before, "bytes", None, 1, agents=len(side.wires))


async def _until_quiet(side: Side) -> None:
    before = -1
    for _ in range(10):
        if before == _heard(side):
            return
        before = _heard(side)
        await asyncio.sleep(1.0)


def _heard(side: Side) -> int:
    return sum(wire.heard_bytes for wire in side.wires)


def _secret_of(number: int) -> str:
    return f"the-session-of-agent-{number:04}-of-the-company"


def _sessions() -> list[tuple[str, str, str, datetime, datetime]]:
    now = datetime.now(UTC)
    return [
        (hash_secret(_secret_of(number)), Ids.agent(number), "bench", now, now + timedelta(days=1)) for number in range(AGENTS)
    ]


def _sign_in_on_sqlite(path: Path) -> None:
    rows = [(*who, _text(since), _text(until)) for *who, since, until in _sessions()]
    with sqlite3.connect(path) as connection:
        connection.execute(NOBODY_TAKES)
        connection.executemany(
            "INSERT INTO agent_sessions (token_hash, agent_id, user_agent, created_at, expires_at) VALUES (?, ?, ?, ?, ?)", rows
        )
    connection.close()


async def _sign_in_on_postgres(url: str) -> None:
    columns = ["token_hash", "agent_id", "user_agent", "created_at", "expires_at"]
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(NOBODY_TAKES)
        await connection.copy_records_to_table("agent_sessions", records=_sessions(), columns=columns)
    finally:
        await connection.close()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


if __name__ == "__main__":
    main()
