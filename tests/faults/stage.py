"""Nodes, their database and Redis, with a proxy of ours on every wire between them."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.faults.proxy import Proxy
from tests.running import Running

SECRET = "the same on every node, of course"


class Node:
    """A server process, and its wires: `door` for clients, `to_postgres`, `to_redis`."""

    def __init__(self, running: Running, door: Proxy, to_postgres: Proxy | None, to_redis: Proxy | None) -> None:
        self.running = running
        self.door = door
        self.to_postgres = to_postgres
        self.to_redis = to_redis

    async def kill(self) -> None:
        await asyncio.to_thread(self.running.stop, signal.SIGKILL)

    async def start(self) -> None:
        await asyncio.to_thread(self.running.start, 150)


class Stage:
    """Everything a run needs, on loopback. Clients find all nodes behind `url`, one after the other."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 0,
        count: int = 2,
        postgres_url: str = "",
        redis_url: str = "",
        program: tuple[str, ...] = Running.program,
        **settings: Any,
    ) -> None:
        self.folder = folder
        self.dice = random.Random(f"{seed} stage")
        self.nodes: list[Node] = []
        self.front = Proxy(dice=self.dice)
        self.postgres_url = postgres_url
        self.redis_url = redis_url
        self._count = count
        self._program = program
        self._settings = {"secret_key": SECRET, "agent_capacity": 3, "log_level": "warning"} | settings

    @property
    def url(self) -> str:
        return self.front.url

    @property
    def database_url(self) -> str:
        """As the checker reaches it, by no proxy."""
        return self.postgres_url or f"sqlite:///{self.folder / 'node-0' / 'data' / 'parley.db'}"

    async def open(self) -> Stage:
        await self.front.start()
        for _ in range(self._count):
            await self.add()  # the first fills the database
        return self

    async def add(self, root: Path | None = None, known: Collection[str] = ()) -> Node:
        """One more node; clients find it once it is ready. Of the version whose code lies at `root` and knows those settings."""
        node = await self._node(len(self.nodes))
        if root:
            node.running.become(root, known)
        self.nodes.append(node)
        await node.start()
        self.front.targets = [node.running.port for node in self.nodes]
        return node

    async def close(self) -> None:
        for node in self.nodes:
            await asyncio.to_thread(node.running.stop)
            for proxy in (node.door, node.to_postgres, node.to_redis):
                if proxy:
                    await proxy.stop()
        await self.front.stop()

    async def _node(self, number: int) -> Node:
        folder = self.folder / f"node-{number}"
        folder.mkdir()
        settings = dict(self._settings)
        to_postgres = to_redis = None
        if self.postgres_url:
            to_postgres, settings["database_url"] = await _through_proxy(self.postgres_url)
        if self.redis_url:
            to_redis, settings["redis_url"] = await _through_proxy(self.redis_url)
        running = Running(folder, **settings)
        running.program = self._program
        return Node(running, await Proxy(running.port, dice=self.dice).start(), to_postgres, to_redis)


async def _through_proxy(url: str) -> tuple[Proxy, str]:
    parts = urlsplit(url)
    assert parts.port is not None
    proxy = await Proxy(parts.port).start()
    return proxy, url.replace(f":{parts.port}", f":{proxy.port}", 1)
