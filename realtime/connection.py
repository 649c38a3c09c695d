"""One connected client: its commands in order, its events without waiting."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

import msgspec

from app.people.actors import SignedInAgent, Visitor
from realtime.gateway import Answer, Gateway, refused
from realtime.hub import EncodedEvent
from realtime.transport.direct_websocket import framed
from realtime.transport.engine import EngineSocket

MAX_PENDING = 128
_encoder = msgspec.json.Encoder()


class Connection:
    """A namespace of a socket. Commands run one after the other, in the order they came, off the receive loop: a slow
    command delays only its own sender's next one, never pings or disconnects."""

    def __init__(self, namespace: str, sid: str, actor: Visitor | SignedInAgent, socket: EngineSocket, gateway: Gateway) -> None:
        self.namespace = namespace
        self._namespace = namespace.encode()
        self.sid = sid
        self.actor = actor
        self.rooms: set[str] = set()
        self.address = socket.address
        self._socket = socket
        self._gateway = gateway
        self._pending: deque[tuple[int | None, msgspec.Raw]] = deque()
        self._is_busy = False

    def receive(self, id: int | None, raw: msgspec.Raw) -> None:
        """A command has arrived. Must be called without awaiting in between, so that order of arrival is order of effect."""
        if len(self._pending) >= MAX_PENDING:
            self._answer(id, _encoder.encode(refused("rate_limited", "Too many commands at once.", 1.0)))
            return
        self._pending.append((id, raw))
        self._go_on()

    @property
    def silent_seconds(self) -> float:
        """For how long nothing has come from the client."""
        return self._socket.silent_seconds

    def deliver(self, encoded: EncodedEvent) -> None:
        self._socket.push(encoded.frame(self.namespace))

    def cut(self) -> None:
        """End the connection now."""
        self._socket.cut()

    def _go_on(self) -> None:
        while self._pending and not self._is_busy:
            id, raw = self._pending.popleft()
            self._is_busy = True
            self._gateway.take(self.actor, self, raw, partial(self._answered, id))

    def _answered(self, id: int | None, answer: Answer) -> None:
        self._is_busy = False
        self._answer(id, answer.json())
        if not answer.is_understood:
            self._socket.count_misunderstood()
        if self._pending:
            asyncio.get_running_loop().call_soon(self._go_on)

    def _answer(self, id: int | None, json: bytes) -> None:
        if id is not None:
            self._socket.push(framed(b"43%b,%d[" % (self._namespace, id), json, b"]"))
