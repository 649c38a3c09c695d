"""The hub over Redis: every room is one channel, and a node listens only to the rooms it serves.

Redis carries hints and decides nothing. It may be empty, slow, hung or dead at any moment: publishing never waits for
it, what could not be sent is dropped, and clients find what they missed in the rows. Each batch is signed with the
platform's key, so that whoever can write to Redis still cannot put words into anybody's mouth. A node that has not
heard its own beacon for a while knows that it is deaf, says so, and catches up from rows until it hears again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import random
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import msgspec
import redis.asyncio as redis
import structlog
from prometheus_client import Counter, Gauge

from app.clock import monotonic
from app.work import Announcement
from realtime.hub import LocalHub, Subscriber, Told
from realtime.rooms import room_of

log = structlog.get_logger("hub")

PREFIX = "parley:room:"
BEACON = "parley:beacon:"
TIMEOUT_SECONDS = 0.5
BEACON_SECONDS = 0.5
DEAF_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 1.0
MOST_WAITING = 10_000
BATCH = 256
MAC_LENGTH = 22

hints_total = Counter("parley_hub_hints_total", "Hints to and from other nodes", ["way"])
is_deaf_gauge = Gauge("parley_hub_deaf", "1 while this node does not hear itself through Redis")


class RedisHub(LocalHub):
    """Local rooms at once, other nodes through Redis. `catch_up` is called whenever hints may have been missed."""

    def __init__(self, url: str, secret_key: str) -> None:
        super().__init__()
        self._url = url
        self._key = hashlib.sha256(b"hub:" + secret_key.encode()).digest()
        self._node = secrets.token_hex(4)
        self._outgoing: deque[tuple[str, str]] = deque(maxlen=MOST_WAITING)
        self._has_outgoing = asyncio.Event()
        self._rooms_changed = asyncio.Event()
        self._listened: set[str] = set()
        self._heard_at = 0.0
        self._catch_up: Callable[[], Awaitable[None]] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_deaf(self) -> bool:
        """Whether hints of other nodes may not be arriving."""
        return monotonic() - self._heard_at > DEAF_SECONDS

    def when_missed(self, catch_up: Callable[[], Awaitable[None]]) -> None:
        """Call after every (re)subscription, and once a second while deaf."""
        self._catch_up = catch_up

    async def start(self) -> None:
        """Begin to publish and to listen, without waiting for Redis."""
        for forever in (self._publish_forever(), self._listen_forever(), self._beacon_forever(), self._watch_forever()):
            self._tasks.append(asyncio.create_task(forever))

    async def stop(self) -> None:
        """Let go of Redis."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def enter(self, subscriber: Subscriber, rooms: Iterable[str]) -> None:
        super().enter(subscriber, rooms)
        self._rooms_changed.set()

    def leave(self, subscriber: Subscriber, rooms: Iterable[str]) -> None:
        super().leave(subscriber, rooms)
        self._rooms_changed.set()

    def publish(self, announcements: Sequence[Announcement]) -> None:
        super().publish(announcements)
        for announcement in announcements:
            self._outgoing.append((room_of(announcement.to), msgspec.json.encode(announcement.event).decode()))
        if announcements:
            self._has_outgoing.set()

    async def _publish_forever(self) -> None:
        async with self._client(TIMEOUT_SECONDS) as client:
            while True:
                await self._has_outgoing.wait()
                self._has_outgoing.clear()
                while self._outgoing:
                    batch = [self._outgoing.popleft() for _ in range(min(BATCH, len(self._outgoing)))]
                    try:
                        await asyncio.wait_for(self._send(client, batch), 2 * TIMEOUT_SECONDS)
                        hints_total.labels("out").inc(len(batch))
                    except (redis.RedisError, OSError, TimeoutError):
                        hints_total.labels("dropped").inc(len(batch))
                        self._outgoing.clear()
                        await client.connection_pool.disconnect()
                        await _pause()

    async def _send(self, client: Any, batch: Sequence[tuple[str, str]]) -> None:
        by_room: dict[str, list[str]] = {}
        for room, event in batch:
            by_room.setdefault(room, []).append(event)
        pipeline = client.pipeline(transaction=False)
        for room, events in by_room.items():
            pipeline.publish(PREFIX + room, self._seal(room, f"[{','.join(events)}]"))
        await pipeline.execute()

    async def _beacon_forever(self) -> None:
        async with self._client(TIMEOUT_SECONDS) as client:
            while True:
                try:
                    await asyncio.wait_for(client.publish(BEACON + self._node, b"1"), TIMEOUT_SECONDS)
                except (redis.RedisError, OSError, TimeoutError):
                    await client.connection_pool.disconnect()
                await asyncio.sleep(BEACON_SECONDS)

    async def _watch_forever(self) -> None:
        """While deaf, whatever happens on other nodes is fetched from rows, once a second."""
        was_deaf = False
        while True:
            await asyncio.sleep(1.0)
            is_deaf = self.is_deaf
            is_deaf_gauge.set(is_deaf)
            if is_deaf != was_deaf:
                log.warning("deaf: catching up from rows" if is_deaf else "hearing again")
                was_deaf = is_deaf
            if is_deaf:
                await self._tell_missed()

    async def _listen_forever(self) -> None:
        while True:
            client = self._client(None)
            try:
                await self._listen(client)
            except (redis.RedisError, OSError, TimeoutError) as error:
                log.info("listener lost", error=type(error).__name__)
            finally:
                await client.aclose()
            await _pause()

    async def _listen(self, client: Any) -> None:
        """Subscribe to what this node serves, then catch up, then listen; a second of silence means it is gone."""
        pubsub = client.pubsub()
        self._listened = set()
        await asyncio.wait_for(pubsub.subscribe(BEACON + self._node), TIMEOUT_SECONDS)
        await self._follow_rooms(pubsub)
        await self._tell_missed()
        deadline = monotonic() + DEAF_SECONDS
        try:
            while monotonic() < deadline:
                if self._rooms_changed.is_set():
                    await self._follow_rooms(pubsub)
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=0.05)
                while message is not None:
                    self._take(message["channel"].decode(), message["data"])
                    message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=0)
                if self._heard_at:
                    deadline = max(deadline, self._heard_at + DEAF_SECONDS)
        finally:
            await pubsub.aclose()

    async def _follow_rooms(self, pubsub: Any) -> None:
        self._rooms_changed.clear()
        wanted = set(self._rooms)
        if more := wanted - self._listened:
            await asyncio.wait_for(pubsub.subscribe(*(PREFIX + room for room in more)), 4 * TIMEOUT_SECONDS)
        if less := self._listened - wanted:
            await asyncio.wait_for(pubsub.unsubscribe(*(PREFIX + room for room in less)), 4 * TIMEOUT_SECONDS)
        self._listened = wanted

    def _take(self, channel: str, data: bytes) -> None:
        if channel.startswith(BEACON):
            self._heard_at = monotonic()
            return
        room = channel.removeprefix(PREFIX)
        events = self._open(room, data)
        members = self._rooms.get(room)
        if events is None or not members:
            return
        hints_total.labels("in").inc(len(events))
        for event in events:
            told = Told.of_json(bytes(event).decode())
            for member in tuple(members):
                member.deliver(told)

    def _seal(self, room: str, events: str) -> bytes:
        body = f"{self._node}{events}".encode()
        return self._mac(room, body) + body

    def _open(self, room: str, data: bytes) -> list[msgspec.Raw] | None:
        """The events of another node's batch; None for our own, and for what was not sealed for this room."""
        mac, body = data[:MAC_LENGTH], data[MAC_LENGTH:]
        if body[: len(self._node)] == self._node.encode():
            return None
        if not hmac.compare_digest(mac, self._mac(room, body)):
            hints_total.labels("forged").inc()
            return None
        return msgspec.json.decode(body[len(self._node) :], type=list[msgspec.Raw])

    def _mac(self, room: str, body: bytes) -> bytes:
        digest = hmac.digest(self._key, room.encode() + b"\0" + body, "sha256")
        return base64.b64encode(digest[:16])[:MAC_LENGTH]

    async def _tell_missed(self) -> None:
        if self._catch_up is not None:
            try:
                await self._catch_up()
            except Exception:
                log.exception("could not catch up")

    def _client(self, timeout: float | None) -> Any:
        return redis.Redis.from_url(
            self._url,
            socket_timeout=timeout,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=None,
            health_check_interval=0,
        )


async def _pause() -> None:
    await asyncio.sleep(random.uniform(0.1, LONGEST_PAUSE_SECONDS))  # noqa: S311 (spread, not secrecy)
