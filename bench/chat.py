"""What one chat message costs: persisted, acked, and on the agents' screens; beside a stock relay that stores nothing.

python -m bench.chat [--short] [--databases sqlite postgresql] [--agents 1 5] [--nodes 1] [--redis-dead]

Server and control take turns in short windows of the same run, so that what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import uvloop

from bench.chat_load import Closed, Side, closed_loop, open_loop, parley_side, relay_side
from bench.figures import percentile, say
from tests.running import Running
from tests.servers.ports import free_port
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 4
DEAD_RATE = 100.0


class Case(NamedTuple):
    """One line-up to measure."""

    database: str
    agents: int
    nodes: int
    conversations: int


async def measure(case: Case, ours: Side, control: Side, seconds: float) -> None:
    """Turn about: throughput and CPU with everybody talking, then latency at half of what each can do."""
    for side in (control, ours):
        await closed_loop(side, min(1.0, seconds))
    loops: dict[int, list[Closed]] = {0: [], 1: []}
    for _ in range(ROUNDS):
        for number, side in enumerate((control, ours)):
            loops[number].append(await closed_loop(side, seconds / ROUNDS))
    (base, base_cpu, _), (rate, cpu, n) = (totals(loops[number]) for number in (0, 1))
    quiet: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(ROUNDS):
        for number, (side, full) in enumerate(((control, base), (ours, rate))):
            load = await open_loop(side, full / 2, seconds / ROUNDS)
            assert not load.sent, f"{len(load.sent)} acked messages were not heard"
            quiet[number] += load.latencies
    at: dict[str, Any] = {**case._asdict(), "load": round(os.getloadavg()[0], 1)}
    say("chat", "throughput", rate, "messages/s", base, n, **at)
    say("chat", "cpu_us_per_message", cpu, "us", base_cpu, n, **at)
    for share in (0.5, 0.99):
        value, against = (percentile(quiet[number], share) * 1000 for number in (1, 0))
        say("chat", f"p{share * 100:.0f}_at_half_load", value, "ms", against, len(quiet[1]), **at)


def totals(loops: list[Closed]) -> tuple[float, float, int]:
    """Messages a second, CPU us a message, messages."""
    acked = sum(loop.acked for loop in loops)
    return acked / sum(loop.seconds for loop in loops), sum(loop.cpu for loop in loops) / acked * 1e6, acked


@contextlib.contextmanager
def parley(case: Case, redis: RedisServer | None) -> Iterator[list[Running]]:
    """Nodes of Parley on a fresh database."""
    settings: dict[str, Any] = {
        "agent_capacity": 100_000,
        "message_rate": 1e6,
        "widget_rate": 1e6,
        "log_level": "warning",
        "secret_key": "the same on every node, of course",
    }
    if redis is not None:
        settings["redis_url"] = redis.url()
    with contextlib.ExitStack() as stack:
        if case.database == "postgresql":
            server = PostgresServer()
            server.start()
            stack.callback(server.stop)
            settings["database_url"] = server.url()
        nodes: list[Running] = []
        for _ in range(case.nodes):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            node = Running(folder, **settings)
            stack.callback(node.stop)
            nodes.append(node.start(120))
        yield nodes


@contextlib.asynccontextmanager
async def relays(case: Case, redis: RedisServer | None) -> AsyncIterator[Side]:
    """The control, with as many nodes."""
    ports = [free_port() for _ in range(case.nodes)]
    words = [redis.url()] if redis is not None else []
    processes = [subprocess.Popen([sys.executable, "-m", "bench.relay", str(port), *words], cwd=ROOT) for port in ports]
    try:
        for port in ports:
            await wait_until_listening(port)
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        yield await relay_side(urls, [process.pid for process in processes], case.conversations, case.agents)
    finally:
        for process in processes:
            process.terminate()
            process.wait()


async def run(case: Case, seconds: float, *, redis_dies: bool) -> None:
    redis = RedisServer() if case.nodes > 1 else None
    if redis is not None:
        redis.start()
    try:
        with parley(case, redis) as nodes:
            ours = await parley_side(nodes, case.conversations, case.agents)
            if redis_dies and redis is not None:
                await without_redis(case, ours, redis, seconds)
            else:
                async with relays(case, redis) as control:
                    await measure(case, ours, control, seconds)
                    control.close()
            ours.close()
    finally:
        if redis is not None:
            redis.stop()


async def without_redis(case: Case, side: Side, redis: RedisServer, seconds: float) -> None:
    """The same talk before Redis is killed and after: time to the ack, which comes when the rows are safe."""
    acks: dict[bool, list[float]] = {}
    for is_dead in (False, True):
        if is_dead:
            redis.kill()
        took: list[float] = []
        tasks: list[asyncio.Task[None]] = []

        async def one(visitor: Any, template: str, key: str, took: list[float] = took) -> None:
            began = time.perf_counter()
            frame = await visitor.ask("command", template.replace("KEY", key))
            assert '"ok":true' in frame, frame
            took.append(time.perf_counter() - began)

        began = time.perf_counter()
        while (now := time.perf_counter() - began) < seconds:
            while len(tasks) < now * DEAD_RATE:
                visitor, template = side.visitors[len(tasks) % len(side.visitors)]
                tasks.append(asyncio.create_task(one(visitor, template, f"{is_dead}-{len(tasks)}")))
            await asyncio.sleep(0.002)
        await asyncio.gather(*tasks)
        acks[is_dead] = took
    at = {**case._asdict(), "load": round(os.getloadavg()[0], 1)}
    value, control = (percentile(acks[is_dead], 0.99) * 1000 for is_dead in (True, False))
    say("chat", "p99_ack_redis_dead", value, "ms", control, len(acks[True]), **at)


async def wait_until_listening(port: int) -> None:
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the relay did not start")


async def run_all(cases: list[Case], seconds: float, *, redis_dies: bool) -> None:
    for case in cases:
        await run(case, seconds, redis_dies=redis_dies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one size, 3 s a loop")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite"])
    parser.add_argument("--agents", nargs="+", type=int, default=[1])
    parser.add_argument("--nodes", type=int, default=1, help="more than one needs PostgreSQL; a Redis is started")
    parser.add_argument("--redis-dead", action="store_true", help="with several nodes: kill the Redis while they talk")
    asked = parser.parse_args()
    sizes, seconds = ([50], 3.0) if asked.short else ([50, 200, 500], 8.0)
    databases = ["postgresql"] if asked.nodes > 1 else asked.databases
    cases = [
        Case(database, agents, asked.nodes, conversations)
        for database in databases
        for agents in asked.agents
        for conversations in sizes
    ]
    uvloop.run(run_all(cases, seconds, redis_dies=asked.redis_dead))


if __name__ == "__main__":
    main()
