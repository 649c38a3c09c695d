"""Nodes without doors: verbs, hub, connected_clients and catching up over one PostgreSQL and one Redis, in this process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import msgspec

from app.clock import utc_now
from app.people.actors import SignedInAgent, Visitor
from app.work import Announcement, Works
from realtime.catch_up import CatchUp
from realtime.connected_clients import ConnectedClients
from realtime.hub import EncodedEvent
from realtime.redis_hub import RedisHub
from tests.factories import House
from tests.recording import Stream

MARKS = ("contact_delivered_seq", "contact_read_seq", "agent_delivered_seq", "agent_read_seq")
LEASE = timedelta(hours=8)
KEY = "the same on every node, of course"


class Screen(Stream):
    """A client that reads what it hears, and can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self._told = asyncio.Event()

    def deliver(self, encoded: EncodedEvent) -> None:
        super().deliver(encoded)
        self.events.append(msgspec.json.decode(encoded.json))
        self._told.set()

    def all(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == type]

    def place(self, id: str) -> tuple[int, ...]:
        """The newest rev, seq and four marks this screen was told of. Whoever writes has read up to there."""
        most = (0,) * 6
        for event in self.events:
            for at in (event.get("message"), event.get("conversation"), event, *event.get("heads", [])):
                if at and id in (at.get("conversation_id"), at.get("id")):
                    by, seq = at.get("author", {}).get("kind"), at.get("seq") or 0
                    written = [seq * (by == "contact")] * 2 + [seq * (by == "agent")] * 2
                    marks = [at.get("marks", {}).get(name, 0) for name in MARKS]
                    told = (at.get("rev") or 0, seq, *map(max, written, marks))
                    most = tuple(map(max, most, told))
        return most

    async def until(self, is_so: Any, seconds: float = 10) -> None:
        """Wait until something told makes it so."""
        async with asyncio.timeout(seconds):
            while not is_so(self):
                self._told.clear()
                await self._told.wait()


class LossyHub(RedisHub):
    """One in so many of its hints never leaves, and nobody is told."""

    share = 0.0
    chance = random.Random(7)

    def _queue(self, room: str, event: str) -> None:
        if self.chance.random() >= self.share:
            super()._queue(room, event)


class Node(House):
    """A node's verbs; `hub`, `connected_clients` and `catch_up` are its wires."""

    def __init__(self, house: House, redis_url: str, clock: Any) -> None:
        super().__init__(house.database, house.url)
        self.inbox_id, self.team_id = house.inbox_id, house.team_id
        self.hub = LossyHub(redis_url, KEY)
        self.works = Works(house.database, self.hub, clock)
        self.connected_clients = ConnectedClients(self.works, self.hub, LEASE, "1")
        self.seconds = 0.0
        self.catch_up = CatchUp(self.works, self.hub, self.connected_clients, self._time)

    def _time(self) -> float:
        """For looks at colleagues: a test moves it on by `seconds`."""
        return asyncio.get_running_loop().time() + self.seconds

    async def screen(self, actor: Visitor | SignedInAgent) -> Screen:
        """Somebody connects here."""
        screen = Screen()
        await self.connected_clients.connected(screen, actor)
        return screen

    async def until_hearing(self) -> None:
        """Wait until Redis carries what this node says to itself."""
        async with asyncio.timeout(20):
            while self.hub.trouble is not None:
                await asyncio.sleep(0.02)

    def publish(self, *announcements: Announcement) -> None:
        told: Sequence[Announcement] = announcements
        self.hub.publish(told)


@asynccontextmanager
async def open_node(
    house: House, redis_url: str, skew: timedelta = timedelta(), *, looks: bool = True, hears: bool = True
) -> AsyncGenerator[Node]:
    """A running node whose clock is wrong by `skew`."""
    node = Node(house, redis_url, lambda: utc_now() + skew)
    await node.hub.start()
    looking = asyncio.create_task(node.catch_up.run_forever()) if looks else None
    try:
        if hears:
            await node.until_hearing()
        yield node
    finally:
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await node.hub.stop()
