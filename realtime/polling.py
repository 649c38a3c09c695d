"""Long polling: the same contract over plain HTTP, for networks that block websockets: commands by POST, events by long poll.

A stream lives on the node that made it. Asked on another node, or after it was forgotten, the answer is a fresh
stream: the client then syncs from rows exactly as it does after a reconnect, so no request needs to find its way back.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

from app.clock import monotonic
from app.people.actors import SignedInAgent, Visitor
from realtime.hub import EncodedEvent

HOLD_SECONDS = 25.0
HOLD_SHARE = 1 / 3
"""Of a lease, which runs from when an agent last asked: one who is gone is to be missed within seconds."""
FORGET_SECONDS = 60.0
MAX_BUFFERED = 1000
MAX_FROM_ONE_ADDRESS = 50


class PollStream:
    """A subscriber whose events wait to be fetched. Each has a number; a fetch names the last one it has."""

    def __init__(self, actor: Visitor | SignedInAgent, origin: str, hold_seconds: float) -> None:
        self.id = secrets.token_urlsafe(12)
        self.actor = actor
        self.origin = origin
        self.rooms: set[str] = set()
        self.seen_at = monotonic()
        self.is_cut = False
        self._buffer: deque[tuple[int, msgspec.Raw]] = deque()
        self._last = 0
        self._arrived = asyncio.Event()
        self._hold_seconds = hold_seconds

    @property
    def silent_seconds(self) -> float:
        """For how long the client has not asked."""
        return monotonic() - self.seen_at

    def deliver(self, encoded: EncodedEvent) -> None:
        self._last += 1
        self._buffer.append((self._last, msgspec.Raw(encoded.json)))
        if len(self._buffer) > MAX_BUFFERED:
            self.cut()
        self._arrived.set()

    def cut(self) -> None:
        """Forget it: the next fetch gets a fresh stream."""
        self.is_cut = True
        self._arrived.set()

    async def events_after(self, number: int) -> tuple[list[msgspec.Raw], int]:
        """Events the client has not had, waiting for one if there is none. Those it names as had are let go."""
        self.seen_at = monotonic()
        while self._buffer and self._buffer[0][0] <= number:
            self._buffer.popleft()
        if not self._buffer and not self.is_cut:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), self._hold_seconds)
        return [raw for _, raw in self._buffer], self._last


class PollStreams:
    """The streams of this node."""

    def __init__(
        self,
        came: Callable[[Any, Visitor | SignedInAgent], Awaitable[None]],
        left: Callable[[Any], Awaitable[None]],
        lease: timedelta,
    ) -> None:
        self._came = came
        self._left = left
        self._agent_hold_seconds = min(HOLD_SECONDS, lease.total_seconds() * HOLD_SHARE)
        self._streams: dict[str, PollStream] = {}
        self._from: dict[str, list[PollStream]] = {}

    def find(self, actor: Visitor | SignedInAgent, cursor: str | None) -> PollStream | None:
        """The stream a cursor belongs to, if it is this caller's own."""
        stream = self._streams.get((cursor or "").partition(":")[0])
        return stream if stream is not None and stream.actor == actor and not stream.is_cut else None

    async def open(self, actor: Visitor | SignedInAgent, origin: str) -> PollStream:
        """A fresh stream. Each caller address keeps a bounded number of them."""
        while len(mine := self._from.get(origin, ())) >= MAX_FROM_ONE_ADDRESS:
            await self.close(min(mine, key=lambda stream: stream.seen_at))
        stream = PollStream(actor, origin, HOLD_SECONDS if isinstance(actor, Visitor) else self._agent_hold_seconds)
        self._streams[stream.id] = stream
        self._from.setdefault(origin, []).append(stream)
        await self._came(stream, actor)
        return stream

    async def close(self, stream: PollStream) -> None:
        if self._streams.pop(stream.id, None):
            siblings = self._from[stream.origin]
            siblings.remove(stream)
            if not siblings:
                del self._from[stream.origin]
            stream.cut()
            await self._left(stream)

    async def forget_silent(self) -> None:
        """Let go of streams nobody has fetched from for a minute."""
        horizon = monotonic() - FORGET_SECONDS
        for stream in [s for s in self._streams.values() if s.is_cut or s.seen_at < horizon]:
            await self.close(stream)


def cursor_number(cursor: str | None) -> int:
    """The number a cursor names; 0 when it names none."""
    digits = (cursor or "").partition(":")[2]
    return int(digits) if digits.isdigit() and len(digits) < 16 else 0
