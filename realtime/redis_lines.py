"""Connections to Redis: one, or one to each primary of a cluster, and which channel lives behind which."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import ResponseError

TIMEOUT_SECONDS = 0.5
SHARDED_SINCE = 7
SLOTS = 16384

FAILURES = (redis.RedisError, OSError, TimeoutError)
"""What Redis may do to whoever speaks to it."""


class Line:
    """One connection, to whom the channels of some hash slots belong."""

    def __init__(self, connection: Any, slots: Sequence[range], *, is_sharded: bool) -> None:
        self.is_sharded = is_sharded
        self._connection = connection
        self._slots = slots

    def owns(self, channel: str) -> bool:
        """Return whether messages published on this channel pass here."""
        return len(self._slots) == 0 or any(key_slot(channel.encode()) in some for some in self._slots)

    def channel_like(self, name: str) -> str:
        """A channel of this name that belongs to this line."""
        return next(channel for n in itertools.count() if self.owns(channel := f"{name}:{n}"))

    async def publish(self, batch: Iterable[tuple[str, bytes]]) -> None:
        """Hand over a batch in one go. Raises one of FAILURES, in half a second at most."""
        word = "SPUBLISH" if self.is_sharded else "PUBLISH"
        await self._ask([(word, channel, data) for channel, data in batch])

    async def subscribe(self, channels: Sequence[str]) -> None:
        """Ask for channels; each is heard from when `hear` says that it is."""
        await self._send("SSUBSCRIBE" if self.is_sharded else "SUBSCRIBE", channels)

    async def unsubscribe(self, channels: Sequence[str]) -> None:
        """Ask not to hear of channels any more."""
        await self._send("SUNSUBSCRIBE" if self.is_sharded else "UNSUBSCRIBE", channels)

    async def hear(self) -> tuple[str, str, Any]:
        """The next that comes in: "message" or "subscribe" (or what else Redis says), the channel, the data."""
        kind, channel, data = await self._connection.read_response(timeout=math.inf, push_request=True)
        return kind.decode().removeprefix("s") if kind[:2] in (b"sm", b"ss") else kind.decode(), channel.decode(), data

    async def listeners(self, prefix: str) -> dict[str, int]:
        """Count the connections that listen to each channel with this prefix, by the rest of its name. For troubleshooting."""
        kind = "SHARD" if self.is_sharded else ""
        (channels,) = await self._ask([("PUBSUB", f"{kind}CHANNELS", f"{prefix}*")])
        (counts,) = await self._ask([("PUBSUB", f"{kind}NUMSUB", *channels)])
        return {name.decode().removeprefix(prefix): count for name, count in zip(counts[::2], counts[1::2], strict=True)}

    async def _send(self, word: str, channels: Sequence[str]) -> None:
        commands = [(word, *some) for some in self._in_one_slot(channels)]
        if commands:
            await self._connection.send_packed_command(self._connection.pack_commands(commands), check_health=False)

    def _in_one_slot(self, channels: Sequence[str]) -> list[Sequence[str]]:
        """A cluster takes one slot's channels at a time; without one, any number that is a short command."""
        if self._slots:
            by_slot: dict[int, list[str]] = {}
            for channel in channels:
                by_slot.setdefault(key_slot(channel.encode()), []).append(channel)
            return list(by_slot.values())
        return [channels[at : at + 500] for at in range(0, len(channels), 500)]

    async def _ask(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self._connection.send_packed_command(self._connection.pack_commands(commands), check_health=False)
            return [await self._connection.read_response(timeout=math.inf) for _ in commands]


@contextlib.asynccontextmanager
async def open_lines(url: str) -> AsyncGenerator[list[Line]]:
    """Lines to everything behind a URL, sharded where the server can. Raises one of FAILURES."""
    async with contextlib.AsyncExitStack() as stack:
        first = _connection_to(url)
        stack.push_async_callback(first.disconnect, nowait=True)
        async with asyncio.timeout(2 * TIMEOUT_SECONDS):
            await first.connect()
        probe = Line(first, [], is_sharded=False)
        (about,) = await probe._ask([("INFO", "server")])  # pyright: ignore[reportPrivateUsage]
        facts = dict(line.split(":", 1) for line in about.decode().splitlines() if ":" in line)
        is_sharded = int(facts["redis_version"].partition(".")[0]) >= SHARDED_SINCE
        if "cluster" not in (facts.get("redis_mode"), facts.get("server_mode")):  # the second is Valkey's word
            yield [Line(first, [], is_sharded=is_sharded)]
            return
        if not is_sharded:
            raise ResponseError("A cluster needs Redis 7, for its sharded publish.")
        (shards,) = await probe._ask([("CLUSTER", "SLOTS")])  # pyright: ignore[reportPrivateUsage]
        lines: list[Line] = []
        for (host, port), slots in _primaries(shards).items():
            connection = _connection_to(url, host=host or first.host, port=port)
            stack.push_async_callback(connection.disconnect, nowait=True)
            async with asyncio.timeout(2 * TIMEOUT_SECONDS):
                await connection.connect()
            lines.append(Line(connection, slots, is_sharded=True))
        yield lines


def _primaries(shards: Any) -> dict[tuple[str, int], list[range]]:
    """Return the ranges of slots each primary owns, from the answer to CLUSTER SLOTS."""
    found: dict[tuple[str, int], list[range]] = {}
    for first, last, primary, *_ in shards:
        host = (primary[0] or b"").decode()
        found.setdefault((host, int(primary[1])), []).append(range(int(first), int(last) + 1))
    return found


def _connection_to(url: str, **instead: Any) -> Any:
    pool = redis.ConnectionPool.from_url(
        url,
        protocol=2,
        socket_timeout=None,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )
    return pool.connection_class(**{**pool.connection_kwargs, **instead})
