"""One connected client: its commands in order, its events without waiting."""

from __future__ import annotations

import asyncio
from collections import deque

import msgspec

from app.people.actors import SignedInAgent, Visitor
from realtime.engine import EngineSocket
from realtime.gateway import Gateway, refused
from realtime.hub import Told

MOST_PENDING = 128
_encoder = msgspec.json.Encoder()


class Connection:
    """A namespace of a socket. Commands run one after the other, in the order they came, off the receive loop: a slow
    command delays only its own sender's next one, never pings or disconnects."""

    def __init__(self, namespace: str, sid: str, actor: Visitor | SignedInAgent, socket: EngineSocket, gateway: Gateway) -> None:
        self.namespace = namespace
        self.sid = sid
        self.actor = actor
        self.rooms: set[str] = set()
        self._socket = socket
        self._gateway = gateway
        self._pending: deque[tuple[int | None, msgspec.Raw]] = deque()
        self._worker: asyncio.Task[None] | None = None

    def receive(self, id: int | None, raw: msgspec.Raw) -> None:
        """A command has arrived. Must be called without awaiting in between, so that order of arrival is order of effect."""
        if len(self._pending) >= MOST_PENDING:
            self._answer(id, _encoder.encode(refused("rate_limited", "Too many commands at once.")).decode())
            return
        self._pending.append((id, raw))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    def deliver(self, told: Told) -> None:
        self._socket.push(told.frame(self.namespace))

    def cut(self) -> None:
        """End the connection now."""
        self._socket.cut()

    async def _work(self) -> None:
        try:
            while self._pending:
                id, raw = self._pending.popleft()
                answer = await self._gateway.obey(self.actor, self, raw)
                self._answer(id, answer.json())
                if not answer.is_understood:
                    self._socket.count_protocol_error()
        finally:
            self._worker = None

    def _answer(self, id: int | None, json: str) -> None:
        if id is not None:
            self._socket.push(f"43{self.namespace},{id}[{json}]")
