"""How long until a wall on one node shows what happened on another: two processes on one PostgreSQL and one Redis, then with
Redis killed, when what other nodes do is read from the rows.

python -m bench.wall_nodes [--short]

The clock starts when the other process is told to write a visitor's first message, and stops when the frame is in the queue
of every wall; the control is the same with Redis alive.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
from asyncio.subprocess import PIPE, Process
from datetime import timedelta
from pathlib import Path

from app.database import open_database
from app.logs import set_up_logs
from app.work import Works
from bench.figures import percentile, say
from bench.grounds import stores
from bench.wall import Screen
from realtime.catch_up import CatchUp
from realtime.connected_clients import ConnectedClients
from realtime.redis_hub import RedisHub
from realtime.wall import WallPainter
from tests.factories import House, reopen_house
from tests.servers.redis import RedisServer

ROOT = Path(__file__).resolve().parents[1]
KEY = "the secret key of all benches, long enough to be one"
WALLS = (1, 10, 50)


async def write_when_told(url: str, redis_url: str) -> None:
    """The other node: for every line it reads, a visitor's first message."""
    hub = RedisHub(redis_url, KEY)
    async with reopen_house(url) as house:
        house.works = Works(house.database, hub)
        await hub.start()
        while await asyncio.to_thread(sys.stdin.readline):
            await house.start(house.visitor())
        await hub.stop()


async def run(url: str, redis: RedisServer, times: int) -> None:
    hub = RedisHub(redis.url(), KEY)
    works = Works(open_database(url), hub)
    house = House(works.database, url)
    house.works = works
    house.clock.now = works.clock()
    await house.furnish()
    for number in range(30):
        await house.agent(f"Agent {number}", presence="busy")
    await hub.start()
    painter = WallPainter(works, hub)
    catch_up = CatchUp(works, hub, ConnectedClients(works, hub, timedelta(minutes=1), "1"))
    tasks = [asyncio.create_task(painter.paint_forever()), asyncio.create_task(catch_up.run_forever())]
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.wall_nodes", "--write", url, redis.url()), cwd=ROOT, stdin=PIPE
    )
    screens: list[Screen] = []
    alive: dict[int, float] = {}
    for is_dead in (False, True):
        if is_dead:
            redis.kill()
        await asyncio.sleep(5)
        for walls in WALLS:
            while len(screens) < walls:
                screens.append(Screen())
                await painter.watch(screens[-1])
            took = await timed(other, screens[:walls], times)
            p95 = percentile(took, 0.95)
            figure = f"other_node_to_{walls}_walls{'_without_redis' if is_dead else ''}_p95"
            p50, load = round(percentile(took, 0.5), 1), round(os.getloadavg()[0], 1)
            say("wall_nodes", figure, p95, "ms", alive.get(walls), len(took), p50=p50, slowest=round(max(took), 1), load=load)
            alive.setdefault(walls, p95)
    assert other.stdin is not None
    other.stdin.close()
    await other.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await hub.stop()
    await works.database.close()


async def timed(other: Process, screens: list[Screen], times: int) -> list[float]:
    """Milliseconds until all of them were painted."""
    chance = random.Random(5)  # noqa: S311 - a seed that repeats
    took: list[float] = []
    assert other.stdin is not None
    for _ in range(times):
        await asyncio.sleep(chance.uniform(0.3, 1.4))
        for screen in screens:
            screen.painted.clear()
        began = time.perf_counter()
        other.stdin.write(b"\n")
        await asyncio.gather(*(screen.painted.wait() for screen in screens))
        took.append((time.perf_counter() - began) * 1000)
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    set_up_logs("text", "error")
    if asked.write:
        asyncio.run(write_when_told(*asked.write))
        return
    with stores() as (databases, redis):
        asyncio.run(run(databases.create(), redis, 10 if asked.short else 30))


if __name__ == "__main__":
    main()
