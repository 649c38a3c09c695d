"""A small Socket.IO client of our own, over a real websocket: what a browser does, seen from Python."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from typing import Any, ClassVar

import websockets


class Refused(Exception):
    """The namespace would not have us; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wire:
    """One connected namespace: commands with acks, events kept in the order they came."""

    opened: ClassVar[list[Wire]] = []
    """Every one of this test, for whoever clears up after it."""

    def __init__(self, socket: websockets.ClientConnection, namespace: str) -> None:
        self.namespace = namespace
        self.events: list[dict[str, Any]] = []
        self.is_closed = asyncio.Event()
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._arrived = asyncio.Condition()
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, base_url: str, namespace: str, auth: dict[str, Any], headers: dict[str, str] | None = None) -> Wire:
        """Open the websocket and the namespace. Raises Refused."""
        address = base_url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        socket = await websockets.connect(address, additional_headers=headers or {}, max_size=2**22, compression=None, proxy=None)
        wire = cls(socket, namespace)
        try:
            assert (await socket.recv()).startswith("0")
            await socket.send(f"40{namespace},{json.dumps(auth)}")
            answer = str(await asyncio.wait_for(socket.recv(), 10))
            if answer.startswith("44"):
                await socket.close()
                raise Refused(json.loads(answer.partition(",")[2])["message"])
            assert answer.startswith(f"40{namespace},"), answer
        except BaseException:
            socket.transport.abort()
            raise
        wire._reader = asyncio.create_task(wire._read())
        cls.opened.append(wire)
        return wire

    async def command(self, type: str, timeout: float = 10, **fields: Any) -> dict[str, Any]:
        """Send a command and wait for its reply, whatever it is."""
        id = next(self._ids)
        future = asyncio.get_running_loop().create_future()
        self._waiting[id] = future
        await self._socket.send(f"42{self.namespace},{id}" + json.dumps(["command", {"type": type, **fields}]))
        return await asyncio.wait_for(future, timeout)

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """Send a command that must succeed."""
        reply = await self.command(type, **fields)
        assert reply["ok"], reply
        return reply

    async def send_raw(self, frame: str | bytes) -> None:
        """Send any frame at all."""
        await self._socket.send(frame)

    async def event(self, type: str, timeout: float = 10, **fields: Any) -> dict[str, Any]:
        """The first event of this type whose fields match, past or to come. `a__b=1` looks into a, `a__0` takes a list's first."""

        def find() -> dict[str, Any] | None:
            return next((event for event in self.events if event["type"] == type and _matches(event, fields)), None)

        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(lambda: find() is not None), timeout)
        found = find()
        assert found is not None
        return found

    def all_events(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == type]

    async def close(self) -> None:
        """Leave politely."""
        await self._socket.close()
        if self._reader:
            await self._reader

    async def vanish(self) -> None:
        """Leave as a crash does: the connection is just gone."""
        self._socket.transport.abort()
        if self._reader:
            await self._reader

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for frame in self._socket:
                await self._take(str(frame))
        self.is_closed.set()
        for future in self._waiting.values():
            if not future.done():
                future.cancel()

    async def _take(self, frame: str) -> None:
        if frame == "2":
            await self._socket.send("3")
        elif frame.startswith("43"):
            id, _, reply = frame.partition(",")[2].partition("[")
            future = self._waiting.pop(int(id), None)
            if future and not future.done():
                future.set_result(json.loads("[" + reply)[0])
        elif frame.startswith("42"):
            event = json.loads(frame.partition(",")[2])[1]
            async with self._arrived:
                self.events.append(event)
                self._arrived.notify_all()


def _matches(event: dict[str, Any], fields: dict[str, Any]) -> bool:
    for path, wanted in fields.items():
        value: Any = event
        for part in path.split("__"):
            if isinstance(value, list):
                value = value[int(part)] if int(part) < len(value) else None
            else:
                value = value.get(part) if isinstance(value, dict) else None
        if value != wanted:
            return False
    return True
