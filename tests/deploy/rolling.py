"""A deploy as it happens: one node after the other is replaced while people talk through the proxy."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from tests.faults.checker import Violation, check
from tests.faults.clients import AgentClient, Client, VisitorClient
from tests.faults.history import History
from tests.faults.play import SETTLE_SECONDS, converge, keep
from tests.servers.cluster import Cluster

CALM_SECONDS = 1.5
AGENTS = ("ana", "ben")


class Rolled(Struct):
    """What a deploy did to those who talked meanwhile."""

    history: History
    violations: list[Violation]
    restarts: int


async def roll(cluster: Cluster, *, rounds: int, visitors: int, pace: float, seed: int) -> Rolled:
    """Replace every node so many times under talk; afterwards everything said is stored once, in order, and on every screen."""
    history = History()
    cast: list[Client] = [VisitorClient(f"visitor-{seed}-{n}", cluster.url, history, seed) for n in range(visitors)]
    cast += [AgentClient(f"{name}@example.com", f"{name}-{seed}", cluster.url, history, seed) for name in AGENTS]
    await asyncio.gather(*(client.come() for client in cast))
    silence = asyncio.Event()
    talking = [asyncio.create_task(client.talk(pace, silence)) for client in cast]
    restarts = 0
    try:
        for _ in range(rounds):
            for node in cluster.nodes:
                await asyncio.sleep(CALM_SECONDS)
                await asyncio.to_thread(cluster.restart, node)
                restarts += 1
        await asyncio.sleep(CALM_SECONDS)
        silence.set()
        await asyncio.wait_for(asyncio.gather(*talking), SETTLE_SECONDS)
        agreed = await converge(cluster.database_url, cast)
    finally:
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await asyncio.gather(*(client.leave() for client in cast))
    await keep(history, agreed, cluster.database_url, cluster.nodes[0])
    return Rolled(history, check(history), restarts)
