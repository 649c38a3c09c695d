"""What the wall costs with many open conversations: a recount, what is kept in memory instead, and an event on its way to 1, 10 and 50 walls.

python -m bench.wall [--short] [--open 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.clock import new_id, utc_now
from app.contract.wall import ThresholdsView
from app.database import open_database
from app.database.migrate import migrate
from app.reports.open_now import OpenNow
from app.reports.queues import count_open
from app.reports.wall import wall_view
from app.work import Works
from bench.figures import percentile, say
from models import Assignment, Contact, Conversation, CsatScore
from realtime.hub import EncodedEvent, LocalHub
from realtime.wall import WallPainter
from tests.factories import House
from tests.recording import Stream

TEAMS = 5
AGENTS = 30
HELD_BY_AGENT = 8
"""What each agent on the wall holds; the rest lies with agents of yesterday."""
SCANS = [  # the same figures of now from a plain look at every row
    (
        "SELECT team_id, count(*), min(queued_at) FROM conversations NOT INDEXED"
        " WHERE agent_id IS NULL AND category IN ('new', 'open') GROUP BY team_id"
    ),
    (
        "SELECT team_id, agent_id, channel, count(*) FROM conversations NOT INDEXED"
        " WHERE agent_id IS NOT NULL AND category IN ('new', 'open') GROUP BY team_id, agent_id, channel"
    ),
    "SELECT team_id, count(*) FROM conversations NOT INDEXED WHERE first_answered_at >= ? GROUP BY team_id",
    "SELECT team_id, count(*) FROM conversations NOT INDEXED WHERE resolved_at >= ? AND ended_by = 'contact' GROUP BY team_id",
    "SELECT count(*) FROM conversations NOT INDEXED WHERE created_at >= ?",
]


class Screen(Stream):
    """A wall somewhere: it notes when it was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = asyncio.Event()
        self.size = 0

    def deliver(self, encoded: EncodedEvent) -> None:
        if encoded.json.startswith(b'{"type":"wall.changed"'):
            self.size = len(encoded.frame("/agent"))
            self.painted.set()


def fill(path: Path, house: House, teams: Sequence[str], agents: Sequence[str], count: int) -> None:
    """So many open conversations: a fifth waits, the rest is held; a twentieth of them began today."""
    chance, now = random.Random(4), utc_now()  # noqa: S311 - a seed that repeats
    crowd = [*agents, *(new_id() for _ in range(60))]
    rows: dict[type[Any], list[dict[str, Any]]] = {Contact: [], Conversation: [], Assignment: [], CsatScore: []}
    places = [agent for agent in agents for _ in range(HELD_BY_AGENT)]
    for number in range(count):
        contact, id = new_id(), new_id()
        age = timedelta(seconds=chance.uniform(1, 3600) if chance.random() < 0.05 else chance.uniform(90_000, 9_000_000))
        began = stamp(now - age)
        agent = None if chance.random() < 0.2 else places.pop() if places else chance.choice(crowd[AGENTS:])
        answered = stamp(now - age + timedelta(seconds=chance.uniform(5, 300))) if agent else None
        team = chance.choice(teams)
        rows[Contact].append(
            {"id": contact, "inbox_id": house.inbox_id, "name": f"Contact {number}", "is_verified": 0, "locale": "en"}
            | {"created_at": began}
        )
        rows[Conversation].append(
            dict.fromkeys(("is_extra", "seq", "rev", "contact_delivered_seq", "contact_read_seq", "agent_delivered_seq"), 0)
            | dict.fromkeys(("agent_read_seq", "mailed_seq", "unread_count", "escalation_level", "reopened_count"), 0)
            | {
                "id": id,
                "inbox_id": house.inbox_id,
                "contact_id": contact,
                "channel": "chat",
                "status": "open",
                "category": "open",
            }
            | {
                "priority": "medium",
                "priority_rank": 2,
                "agent_id": agent,
                "team_id": team,
                "preview": "Hello",
                "queued_at": began,
            }
            | {"last_message_at": began, "waiting_since": began, "assigned_at": answered, "first_answered_at": answered}
            | {"escalation_reason": "", "changed_at": began, "created_at": began}
        )
        if agent and age < timedelta(hours=1):
            rows[Assignment].append(
                {"id": new_id(), "conversation_id": id, "agent_id": agent, "team_id": team, "made_by": "routing"}
                | {"reason": "routed", "decision": "{}", "waited_seconds": chance.expovariate(1 / 60), "started_at": began}
            )
    with sqlite3.connect(path) as connection:
        for model, them in rows.items():
            if them:
                names = list(them[0])
                connection.executemany(
                    f"INSERT INTO {model.__tablename__} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608 - names of our own columns
                    [[row[name] for name in names] for row in them],
                )
        connection.execute("ANALYZE")


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


async def timed(times: int, do: Callable[[], Any]) -> list[float]:
    """Milliseconds of CPU each took: what it keeps from others, whatever these do meanwhile."""
    took: list[float] = []
    for _ in range(times):
        began = time.process_time()
        await do()
        took.append((time.process_time() - began) * 1000)
    return took


async def run(count: int, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parley.db"
        url = f"sqlite:///{path}"
        migrate(url)
        database = open_database(url)
        house = House(database, url)
        house.clock = utc_now  # pyright: ignore[reportAttributeAccessIssue]
        hub = LocalHub()
        house.works = Works(database, hub)
        await house.furnish()
        teams = [house.team_id, *[await house.team(f"Team {n}") for n in range(1, TEAMS)]]
        agents = [(await house.agent(f"Agent {n}", teams=[teams[n % TEAMS]], presence="busy")).id for n in range(AGENTS)]
        fill(path, house, teams, agents, count)
        more = {"open": count, "load": round(os.getloadavg()[0], 1)}
        scanned = await bench_recount(house, path, times, more)
        await bench_kept(house, times, more)
        await bench_painting(house, hub, times, more, scanned)
        await database.close()


async def bench_recount(house: House, path: Path, times: int, more: dict[str, Any]) -> float:
    """The whole wall through its indexes, beside a plain look at every row for a part of it."""

    async def recount() -> None:
        async with house.works.read() as rows:
            await wall_view(rows, utc_now())

    midnight = stamp(utc_now().replace(hour=0, minute=0, second=0, microsecond=0))
    connection = sqlite3.connect(path)

    async def scan() -> None:
        for statement in SCANS:
            connection.execute(statement, [midnight] if "?" in statement else []).fetchall()

    await timed(2, recount)
    taken, scanned = await timed(times, recount), await timed(times, scan)
    connection.close()
    for share in (0.5, 0.95):
        control = percentile(scanned, share)
        say("wall", f"recount_p{round(share * 100)}", percentile(taken, share), "cpu ms", control, len(taken), **more)
    return percentile(scanned, 0.5)


async def bench_kept(house: House, times: int, more: dict[str, Any]) -> None:
    """What is open, counted from memory after ten of them have moved; the control counts the rows."""
    open_now = OpenNow(house.works)
    began = time.process_time()
    await open_now.read_all()
    say("wall", "read_into_memory", (time.process_time() - began) * 1000, "cpu ms", None, 1, **more)
    async with house.works.read() as rows:
        some = await rows.all(select(Conversation.id).limit(10))
    thresholds = dict[str, ThresholdsView]()

    async def kept() -> None:
        for id in some:
            open_now.note(id)
        open_now.mark()
        async with house.works.read() as rows:
            await open_now.count(rows, thresholds, utc_now())

    async def counted() -> None:
        async with house.works.read() as rows:
            await count_open(rows, thresholds, utc_now())

    await timed(2, kept)
    taken, control = await timed(times, kept), await timed(times, counted)
    say("wall", "kept_count_p50", percentile(taken, 0.5), "cpu ms", percentile(control, 0.5), len(taken), **more)


async def bench_painting(house: House, hub: LocalHub, times: int, more: dict[str, Any], scanned: float) -> None:
    """From a visitor's first message, sent, to the frame in every wall's queue. The control is the same with one wall."""
    painter = WallPainter(house.works, hub)
    task = asyncio.create_task(painter.paint_forever())
    chance, alone = random.Random(5), 0.0  # noqa: S311 - a seed that repeats
    screens: list[Screen] = []
    for walls in (1, 10, 50):
        while len(screens) < walls:
            screens.append(Screen())
            await painter.watch(screens[-1])
        took: list[float] = []
        for _ in range(times):
            await asyncio.sleep(chance.uniform(0.3, 1.4))
            for screen in screens:
                screen.painted.clear()
            began = time.perf_counter()
            await house.chat()
            await asyncio.gather(*(screen.painted.wait() for screen in screens))
            took.append((time.perf_counter() - began) * 1000)
        p95 = percentile(took, 0.95)
        alone = alone or p95
        say(
            "wall",
            f"event_to_{walls}_walls_p95",
            p95,
            "ms",
            alone if walls > 1 else None,
            len(took),
            p50=round(percentile(took, 0.5), 1),
            frame_bytes=screens[0].size,
            scan_ms=round(scanned, 1),
            **more,
        )
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--open", type=int, default=0)
    asked = parser.parse_args()
    asyncio.run(run(asked.open or (20_000 if asked.short else 100_000), 10 if asked.short else 30))


if __name__ == "__main__":
    main()
