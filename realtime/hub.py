"""Hub of this node: who is connected, in which rooms, and how an event reaches them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec
import structlog

from app.contract.bases import Event
from app.work import Announcement
from realtime.rooms import room_of
from realtime.transport.direct_websocket import framed

log = structlog.get_logger("realtime")
_encoder = msgspec.json.Encoder()


class EncodedEvent:
    """An event on its way: encoded once, however many hear it."""

    __slots__ = ("_frames", "json")

    def __init__(self, event: Event) -> None:
        self.json = _encoder.encode(event)
        self._frames: dict[str, bytes] = {}

    @classmethod
    def of_json(cls, json: bytes) -> EncodedEvent:
        """An event that another node has encoded."""
        encoded = cls.__new__(cls)
        encoded.json = json
        encoded._frames = {}
        return encoded

    def frame(self, namespace: str) -> bytes:
        """The websocket frame whose Socket.IO packet carries it."""
        frame = self._frames.get(namespace)
        if frame is None:
            frame = self._frames[namespace] = framed(b'42%b,["event",' % namespace.encode(), self.json, b"]")
        return frame


class Subscriber(Protocol):
    """Something that hears events: a socket, or a stream that is polled."""

    rooms: set[str]

    def deliver(self, encoded: EncodedEvent) -> None:
        """Take an event without waiting."""
        ...

    def cut(self) -> None:
        """End it now."""
        ...


class Hub(Protocol):
    """Tells events to whoever is to hear them, on this node and on others. Hints: never waits, never raises."""

    def enter(self, subscriber: Subscriber, rooms: Iterable[str]) -> None: ...

    def leave(self, subscriber: Subscriber, rooms: Iterable[str]) -> None: ...

    async def hearing(self, rooms: Iterable[str]) -> None: ...

    def publish(self, announcements: Sequence[Announcement]) -> None: ...

    def deliver_here(self, announcements: Sequence[Announcement]) -> None: ...

    def is_anyone_in(self, room: str) -> bool: ...


class LocalHub:
    """One node: every room is here."""

    def __init__(self) -> None:
        self._rooms: dict[str, set[Subscriber]] = {}
        self._listeners: list[Callable[[Sequence[Announcement]], None]] = []
        self._wake_jobs: Callable[[], None] = lambda: None

    def enter(self, subscriber: Subscriber, rooms: Iterable[str]) -> None:
        for room in rooms:
            self._rooms.setdefault(room, set()).add(subscriber)
            subscriber.rooms.add(room)

    def leave(self, subscriber: Subscriber, rooms: Iterable[str]) -> None:
        for room in list(rooms):
            subscriber.rooms.discard(room)
            members = self._rooms.get(room)
            if members is not None:
                members.discard(subscriber)
                if not members:
                    del self._rooms[room]

    async def hearing(self, rooms: Iterable[str]) -> None:
        """Wait until these rooms are heard here: at once, for every room is here."""

    def publish(self, announcements: Sequence[Announcement]) -> None:
        self.deliver_here(announcements)
        self._say(announcements)

    def deliver_here(self, announcements: Sequence[Announcement]) -> None:
        """Tell this node's clients, and nobody and nothing else."""
        for announcement in announcements:
            members = self._rooms.get(room_of(announcement.to))
            if members:
                deliver(EncodedEvent(announcement.event), members)

    def _say(self, announcements: Sequence[Announcement]) -> None:
        for listener in self._listeners:
            listener(announcements)

    def is_anyone_in(self, room: str) -> bool:
        return room in self._rooms

    def wake_jobs(self) -> None:
        self._wake_jobs()

    def when_published(self, listener: Callable[[Sequence[Announcement]], None]) -> None:
        """Call with every batch of announcements, after those who are to hear them have."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """Nothing to begin: every room is here."""

    async def stop(self) -> None:
        """Nothing to end."""

    def when_jobs(self, wake: Callable[[], None]) -> None:
        """Call when a commit has queued jobs."""
        self._wake_jobs = wake


def deliver(encoded: EncodedEvent, members: set[Subscriber]) -> None:
    """Tell everybody in a room."""
    for member in tuple(members):  # one of them may leave at this
        member.deliver(encoded)
