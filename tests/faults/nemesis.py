"""Whoever breaks things: a schedule that a seed decides, and what each fault does to the stage."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Sequence

import psutil
import redis.asyncio as redis
from msgspec import Struct

from tests.faults.history import History
from tests.faults.stage import Node, Stage
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer


class Step(Struct, frozen=True):
    """After `calm` seconds of peace this fault strikes this node; it is healed `hold` seconds later."""

    calm: float
    fault: str
    node: int
    hold: float


NODE_FAULTS = ("kill_node", "stop_node", "lossy_line")
POSTGRES_FAULTS = ("kill_postgres", "stop_postgres", "cut_from_postgres")
REDIS_FAULTS = ("kill_redis", "stop_redis", "flush_redis", "cut_from_redis")
SQLITE_FAULTS = NODE_FAULTS
PEACE_SECONDS = 120.0
"""Whoever cannot talk for so long once everything is healed has a broken promise to report."""
CLUSTER_FAULTS = NODE_FAULTS + POSTGRES_FAULTS + REDIS_FAULTS


def plan(seed: int, faults: Sequence[str], count: int, nodes: int, *, hold: float = 2.0, calm: float = 3.0) -> list[Step]:
    """What happens, decided by the seed alone: each kind once in a shuffled order, then again, until there are `count`."""
    dice = random.Random(f"{seed} nemesis")
    waiting: list[str] = []
    steps: list[Step] = []
    while len(steps) < count:
        waiting = waiting or dice.sample(faults, len(faults))
        fault, spread = waiting.pop(), dice.uniform(0.7, 1.3)
        steps.append(Step(calm, fault, dice.randrange(nodes), 0.0 if fault == "flush_redis" else round(hold * spread, 2)))
    return steps


class Struck(Struct, frozen=True, kw_only=True):
    """A step that was carried out, by the loop's clock."""

    step: Step
    began: float
    healed: float


class Nemesis:
    """Carries out a plan. Servers may be missing where no fault of theirs is planned."""

    def __init__(
        self, stage: Stage, history: History, postgres: PostgresServer | None = None, redis_server: RedisServer | None = None
    ) -> None:
        self.struck: list[Struck] = []
        self._stage = stage
        self._history = history
        self._postgres = postgres
        self._redis = redis_server
        self._deeds: dict[str, tuple[Deed, Deed]] = {
            "kill_node": (lambda node: node.kill(), lambda node: node.start()),
            "stop_node": (_suspend_node, _resume_node),
            "lossy_line": (self._lossy, self._sound),
            "kill_postgres": (self._kill_postgres, self._start_postgres),
            "stop_postgres": (self._suspend_postgres, self._resume_postgres),
            "cut_from_postgres": (_cut_from_postgres, _join_postgres),
            "kill_redis": (self._kill_redis, self._start_redis),
            "stop_redis": (self._suspend_redis, self._resume_redis),
            "flush_redis": (self._flush_redis, _nothing),
            "cut_from_redis": (_cut_from_redis, _join_redis),
        }

    async def carry_out(self, steps: Sequence[Step], words: int) -> None:
        """Strike when the calm is over and `words` messages have been acked in it, however slow the machine; so in the end too."""
        loop = asyncio.get_running_loop()
        for step in steps:
            await asyncio.sleep(step.calm)
            await self._hear(words)
            strike, heal = self._deeds[step.fault]
            node = self._stage.nodes[step.node]
            began = loop.time()
            await strike(node)
            await asyncio.sleep(max(0.0, began + step.hold - loop.time()))
            await heal(node)
            self.struck.append(Struck(step=step, began=began, healed=loop.time()))
        await self._hear(words)

    async def _hear(self, words: int) -> None:
        since = self.struck[-1].healed if self.struck else 0.0
        async with asyncio.timeout(PEACE_SECONDS):
            while sum(ack.at >= since for ack in reversed(self._history.acked)) < words:
                await asyncio.sleep(0.05)

    async def _lossy(self, node: Node) -> None:
        self._stage.front.lost_acks, self._stage.front.repeated_requests = 0.3, 0.2

    async def _sound(self, node: Node) -> None:
        self._stage.front.lost_acks = self._stage.front.repeated_requests = 0.0

    async def _kill_postgres(self, node: Node) -> None:
        """Every process of it: the postmaster alone would leave sessions that still commit."""
        for process in _family(_there(self._postgres).pid):
            process.kill()
        await asyncio.to_thread(_there(self._postgres).kill)

    async def _start_postgres(self, node: Node) -> None:
        await asyncio.to_thread(_there(self._postgres).start)

    async def _suspend_postgres(self, node: Node) -> None:
        for process in _family(_there(self._postgres).pid):
            process.suspend()

    async def _resume_postgres(self, node: Node) -> None:
        for process in reversed(_family(_there(self._postgres).pid)):
            process.resume()

    async def _kill_redis(self, node: Node) -> None:
        await asyncio.to_thread(_there(self._redis).kill)

    async def _start_redis(self, node: Node) -> None:
        await asyncio.to_thread(_there(self._redis).start)

    async def _suspend_redis(self, node: Node) -> None:
        psutil.Process(_there(self._redis).pid).suspend()

    async def _resume_redis(self, node: Node) -> None:
        psutil.Process(_there(self._redis).pid).resume()

    async def _flush_redis(self, node: Node) -> None:
        async with redis.Redis.from_url(_there(self._redis).url()) as client:
            await client.flushall()


Deed = Callable[[Node], Awaitable[None]]


def _there(server):
    assert server is not None, "this run has no such server to break"
    return server


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


async def _nothing(node: Node) -> None:
    return


async def _suspend_node(node: Node) -> None:
    psutil.Process(node.running.pid).suspend()


async def _resume_node(node: Node) -> None:
    psutil.Process(node.running.pid).send_signal(signal.SIGCONT)


async def _cut_from_postgres(node: Node) -> None:
    assert node.to_postgres
    node.to_postgres.hold()


async def _join_postgres(node: Node) -> None:
    assert node.to_postgres
    node.to_postgres.release()


async def _cut_from_redis(node: Node) -> None:
    assert node.to_redis
    node.to_redis.hold()


async def _join_redis(node: Node) -> None:
    assert node.to_redis
    node.to_redis.release()
