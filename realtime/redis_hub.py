"""The hub over Redis: every room is one channel, and a node listens only to the rooms it serves.

Redis carries hints and decides nothing. It may be empty, slow, hung or dead at any moment: publishing never waits for
it, what could not be sent is dropped, and what was missed is found in the rows (`catch_up`). A node hears its own
beacon through every line it has; one that does not is deaf, one that cannot send is mute, and it says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence

import msgspec
import structlog
from prometheus_client import Counter, Gauge

from app.clock import monotonic
from app.tasks import end
from app.work import Announcement
from realtime.delivered import Delivered
from realtime.hub import EncodedEvent, LocalHub, Subscriber, deliver
from realtime.redis_lines import FAILURES, TIMEOUT_SECONDS, Line, open_lines
from realtime.rooms import room_of
from realtime.signing import Seal

log = structlog.get_logger("hub")

PREFIX = "parley:room:"
BEACON = "parley:beacon:"
BEACON_SECONDS = 0.4
DEAF_SECONDS = 1.5
LONGEST_PAUSE_SECONDS = 1.0
HEARING_SECONDS = 0.5
MAX_WAITING_BYTES = 4_000_000
BATCH = 256

hints_total = Counter("parley_hub_hints_total", "Hints to and from other nodes", ["way"])
is_deaf_gauge = Gauge("parley_hub_deaf", "1 while this node does not hear itself through Redis")
is_mute_gauge = Gauge("parley_hub_mute", "1 while this node cannot send through Redis and does not try for every hint")


class RedisHub(LocalHub):
    """Local rooms at once, other nodes through Redis."""

    def __init__(self, url: str, secret_key: str) -> None:
        super().__init__()
        self.delivered = Delivered()
        self._url = url
        self._seal = Seal(secret_key)
        self._node = secrets.token_hex(4)
        self._outgoing: deque[tuple[str, bytes]] = deque()
        self._outgoing_bytes = 0
        self._has_outgoing = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._is_mute = False
        self._is_listening = False
        self._rooms_changed = asyncio.Event()
        self._in_effect: set[str] = set()
        self._awaited: dict[str, asyncio.Future[None]] = {}
        self._heard_at: dict[Line, float] = {}
        self._missed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_deaf(self) -> bool:
        """Return whether hints of other nodes may not be arriving."""
        return not self._is_listening or monotonic() - min(self._heard_at.values(), default=0.0) > DEAF_SECONDS

    @property
    def trouble(self) -> str | None:
        """Return the problem on the way to other nodes, in a sentence, or None."""
        if self.is_deaf:
            return "Redis is not heard: what other nodes do is read from the database."
        if self._is_mute:
            return "Redis takes nothing: other nodes read what this one does from the database."
        return None

    async def until_missed(self, seconds: float) -> None:
        """Return when hints may have been missed, and in so many seconds at the latest."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._missed.wait(), seconds)
        self._missed.clear()

    async def start(self) -> None:
        """Begin to publish and to listen, without waiting for Redis."""
        for forever in (self._speak_forever(), self._listen_forever(), self._report_forever()):
            self._tasks.append(asyncio.create_task(forever))

    async def stop(self) -> None:
        """Send what is waiting, if it can be sent at once, and let go of Redis."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_sent.wait(), TIMEOUT_SECONDS)
        await end(self._tasks)

    def enter(self, subscriber: Subscriber, rooms: Iterable[str]) -> None:
        super().enter(subscriber, rooms)
        self._rooms_changed.set()

    def leave(self, subscriber: Subscriber, rooms: Iterable[str]) -> None:
        super().leave(subscriber, rooms)
        self._rooms_changed.set()

    async def hearing(self, rooms: Iterable[str]) -> None:
        """Wait until what other nodes tell in these rooms arrives here: half a second at most, and not while deaf."""
        loop = asyncio.get_running_loop()
        missing = [room for room in rooms if room not in self._in_effect]
        if missing and not self.is_deaf:
            await asyncio.wait(
                [self._awaited.setdefault(room, loop.create_future()) for room in missing], timeout=HEARING_SECONDS
            )

    def publish(self, announcements: Sequence[Announcement]) -> None:
        for announcement in announcements:
            room, encoded = room_of(announcement.to), EncodedEvent(announcement.event)
            if members := self._rooms.get(room):
                deliver(encoded, members)
                self.delivered.event(room, announcement.event)
            self._queue(room, encoded.json)
        self._say(announcements)

    def _queue(self, room: str, event: bytes) -> None:
        """Keep for the speaker; what it could not send soon is not worth keeping."""
        if self._is_mute or self._outgoing_bytes > MAX_WAITING_BYTES:
            hints_total.labels("dropped").inc()
            return
        self._outgoing.append((room, event))
        self._outgoing_bytes += len(event)
        self._has_outgoing.set()
        self._all_sent.clear()

    async def _speak_forever(self) -> None:
        """Send while Redis takes it. When it does not, drop what waits and try again about once a second, not for every hint."""
        while True:
            try:
                async with open_lines(self._url) as lines:
                    await self._speak(lines)
            except FAILURES as error:
                if not self._is_mute:
                    log.warning("mute: other nodes will read from rows", error=type(error).__name__)
                self._is_mute = True
                self._missed.set()
                hints_total.labels("dropped").inc(len(self._outgoing))
                self._outgoing.clear()
                self._outgoing_bytes = 0
                self._all_sent.set()
            await _pause()

    async def _speak(self, lines: list[Line]) -> None:
        beacons = [(line, line.channel_like(BEACON + self._node)) for line in lines]
        beacon_at = 0.0
        while True:
            batch = [self._outgoing.popleft() for _ in range(min(BATCH, len(self._outgoing)))]
            self._outgoing_bytes -= sum(len(event) for _, event in batch)
            by_line: dict[Line, list[tuple[str, bytes]]] = {}
            for channel, data in self._sealed(batch):
                by_line.setdefault(next(line for line in lines if line.owns(channel)), []).append((channel, data))
            if monotonic() >= beacon_at:
                beacon_at = monotonic() + BEACON_SECONDS
                for line, channel in beacons:
                    by_line.setdefault(line, []).append((channel, b"1"))
            await asyncio.gather(*(line.publish(some) for line, some in by_line.items()))
            hints_total.labels("out").inc(len(batch))
            if self._is_mute:
                log.warning("speaking again")
                self._is_mute = False
            if not self._outgoing:
                self._all_sent.set()
                self._has_outgoing.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._has_outgoing.wait(), max(0.001, beacon_at - monotonic()))

    def _sealed(self, batch: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        by_room: dict[str, list[bytes]] = {}
        for room, event in batch:
            by_room.setdefault(room, []).append(event)
        return [
            (PREFIX + room, self._seal.close(room, b"%b[%b]" % (self._node.encode(), b",".join(events))))
            for room, events in by_room.items()
        ]

    async def _listen_forever(self) -> None:
        while True:
            try:
                async with self._listening() as (lines, group):
                    for line in lines:
                        group.create_task(self._hear(line))
                    group.create_task(self._follow(lines))
                    group.create_task(self._watch())
            except* FAILURES as errors:
                log.info("listener lost", error=type(errors.exceptions[0]).__name__)
            self._missed.set()
            await _pause()

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncGenerator[tuple[list[Line], asyncio.TaskGroup]]:
        try:
            async with open_lines(self._url) as lines, asyncio.TaskGroup() as group:
                self._heard_at = dict.fromkeys(lines, monotonic() - DEAF_SECONDS)
                self._is_listening = True
                yield lines, group
        finally:
            self._is_listening = False
            self._in_effect.clear()
            for awaited in self._awaited.values():
                awaited.cancel()
            self._awaited.clear()

    async def _follow(self, lines: list[Line]) -> None:
        """Subscribe to what this node serves, then to the beacon, whose coming says that all before it is in effect;
        again whenever the rooms change."""
        asked: set[str] = set()
        beacons = [(line, line.channel_like(BEACON + self._node)) for line in lines]
        while True:
            self._rooms_changed.clear()
            wanted = set(self._rooms)
            for line in lines:
                await line.subscribe([PREFIX + room for room in wanted - asked if line.owns(PREFIX + room)])
                await line.unsubscribe([PREFIX + room for room in asked - wanted if line.owns(PREFIX + room)])
            while beacons:
                line, channel = beacons.pop()
                await line.subscribe([channel])
            self._in_effect -= asked - wanted
            asked = wanted
            await self._rooms_changed.wait()

    async def _watch(self) -> None:
        """A line that brings no beacon is dead, whatever TCP says."""
        began = monotonic()
        while True:
            await asyncio.sleep(BEACON_SECONDS)
            if monotonic() - max(began, min(self._heard_at.values())) > 2 * DEAF_SECONDS:
                raise TimeoutError

    async def _hear(self, line: Line) -> None:
        while True:
            kind, channel, data = await line.hear()
            if kind == "message":
                self._take(line, channel, data)
            elif kind == "subscribe":
                self._take_effect(channel)
            elif channel.removeprefix(PREFIX) in self._in_effect:
                raise ConnectionError("the channel has moved to another server")

    def _take_effect(self, channel: str) -> None:
        if channel.startswith(BEACON):
            self._missed.set()  # nothing that is told from here on is missed, so one look finds the rest
            return
        room = channel.removeprefix(PREFIX)
        if room in self._rooms:
            self._in_effect.add(room)
        if (awaited := self._awaited.pop(room, None)) and not awaited.done():
            awaited.set_result(None)

    def _take(self, line: Line, channel: str, data: bytes) -> None:
        if channel.startswith(BEACON):
            self._heard_at[line] = monotonic()
            return
        room = channel.removeprefix(PREFIX)
        members = self._rooms.get(room)
        if not members:
            return
        for event in self._open(room, data):
            hints_total.labels("in").inc()
            self.delivered.json(room, event)
            deliver(EncodedEvent.of_json(bytes(event)), members)

    def _open(self, room: str, data: bytes) -> list[msgspec.Raw]:
        """The events of another node's batch; none of our own, and none of what was not sealed for this room."""
        own = self._node.encode()
        if self._seal.names(data, own):
            return []
        body = self._seal.open(room, data)
        if body is None:
            hints_total.labels("forged").inc()
            return []
        return msgspec.json.decode(body[len(own) :], type=list[msgspec.Raw])

    async def _report_forever(self) -> None:
        was_deaf = True
        while True:
            is_deaf_gauge.set(self.is_deaf)
            is_mute_gauge.set(self._is_mute)
            if self.is_deaf != was_deaf:
                was_deaf = self.is_deaf
                log.warning("deaf: reading from rows" if was_deaf else "hearing other nodes")
                self._missed.set()
            await asyncio.sleep(BEACON_SECONDS)


async def _pause() -> None:
    await asyncio.sleep(random.uniform(0.1, LONGEST_PAUSE_SECONDS))  # noqa: S311 (spread, not secrecy)
