"""A race: several processes serve, claim and move the same conversations until enough has been given out."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import asyncpg
from msgspec import Struct
from sqlalchemy import func, select, update

from app.contract.routing import SetAgentRouting
from app.people.presence import arrive, set_presence
from app.people.team_routing import set_agent_routing
from app.routing.dispatch import dispatch
from app.work import Silence, Work
from models import Conversation, Routing, Team
from tests.factories import OPERATOR
from tests.racing.floor import LEASE, Size, furnish_floor, open_works, read_floor
from tests.racing.racer import sweep
from tests.racing.referee import Referee, seat_referee

ROOT = Path(__file__).resolve().parents[2]


class Raced(Struct, frozen=True):
    """What came of it. `unserved` could not be given to anybody in the end, with everybody here and room for all."""

    assignments: int
    steps: int
    seconds: float
    checkpoints: int
    violations: dict[str, int]
    unserved: int
    tally: dict[str, int]
    examples: list[str]


async def run_race(
    url: str,
    assignments: int,
    size: Size,
    *,
    processes: int = 2,
    tasks: int = 8,
    seed: int = 1,
    is_careless: bool = False,
) -> Raced:
    """On a fresh PostgreSQL database. Raises RuntimeError with their own words when a process fails."""
    works = open_works(url, Silence())
    await furnish_floor(url, works, size)
    await seat_referee(url)
    connection = await asyncpg.connect(url)
    referee = Referee(connection)
    began = time.perf_counter()
    racing = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.racing.racer", url, f"{seed * 100 + number}", str(tasks), str(assignments // processes)),
            *(["careless"] if is_careless else []),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for number in range(processes)
    ]
    watching = asyncio.create_task(_watch(referee))
    try:
        ended = await asyncio.gather(*(one.communicate() for one in racing))
        seconds = time.perf_counter() - began
        for one, (_, said) in zip(racing, ended, strict=True):
            if one.returncode:
                raise RuntimeError(said.decode()[-2000:])
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        unserved = await _serve_everybody(url) if not is_careless else 0
        given = await referee.look()
        violations = await referee.found()
        return Raced(
            given,
            sum(int(out) for out, _ in ended),
            seconds,
            referee.checkpoints,
            violations,
            unserved,
            await referee.tally(),
            await referee.examples(),
        )
    finally:
        for one in racing:
            if one.returncode is None:
                one.kill()
                await one.wait()
        watching.cancel()
        await connection.close()
        await works.database.close()


async def _watch(referee: Referee) -> None:
    while True:
        await asyncio.sleep(1)
        await referee.look()


async def _serve_everybody(url: str) -> int:
    """With everybody here, room for all and nobody asked twice: how many still wait."""
    works = open_works(url, Silence())
    floor = await read_floor(works)
    await asyncio.sleep(0.5)  # leases and graces of a blink are over
    await sweep(works)

    async def forget(work: Work) -> None:
        await work.change(update(Team).values(accept_seconds=0))
        await work.change(update(Routing).values(passed=[]))
        await work.change(update(Conversation).where(Conversation.offer_until.is_not(None)).values(offer_until=None))

    await works.run(forget)
    for agent in floor.agents:
        await works.run(arrive, agent.id, LEASE)
        await works.run(set_presence, agent.id, "online", LEASE)
        await works.run(set_agent_routing, OPERATOR, agent.id, SetAgentRouting(capacity=len(floor.chats)))
    for team_id in floor.teams:
        await dispatch(works, team_id)
    async with works.read() as rows:
        waiting = await rows.one(
            select(func.count()).where(Conversation.agent_id.is_(None), Conversation.category.in_(("new", "open")))
        )
    await works.database.close()
    return waiting or 0
