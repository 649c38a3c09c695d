"""A websocket client that costs next to nothing, so that it is the server that is measured.

Frames are masked with a zero key, which the protocol allows: the payload then needs no work.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit


class RawSocket(asyncio.Protocol):
    """Text frames in, text frames out; Engine.IO's pings and the websocket's are answered."""

    def __init__(self) -> None:
        self.on_frame: Callable[[str], None] = lambda _: None
        self.on_lost: Callable[[], None] = lambda: None
        self._buffer = bytearray()
        self._is_open = False
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self.is_closed = False

    @classmethod
    async def connect(cls, url: str, headers: dict[str, str] | None = None) -> RawSocket:
        """Upgrade to a websocket at `http://host:port`."""
        parts = urlsplit(url)
        _, socket = await asyncio.get_running_loop().create_connection(cls, parts.hostname, parts.port)
        lines = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        assert socket._transport is not None
        socket._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            await asyncio.wait_for(socket._opened, 30)
        except TimeoutError:
            socket.close()
            raise
        return socket

    def send(self, text: str) -> None:
        """Send a text frame."""
        payload = text.encode()
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x81, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x81, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x81, 0x80 | 127, size)
        if self._transport is not None and not self.is_closed:
            self._transport.write(head + b"\0\0\0\0" + payload)

    def send_bytes(self, payload: bytes) -> None:
        """Send a binary frame of up to 64 kB."""
        self.send_raw(struct.pack("!BBH", 0x82, 0x80 | 126, len(payload)) + b"\0\0\0\0" + payload)

    def send_raw(self, data: bytes) -> None:
        """Send bytes that need be no frame."""
        if self._transport is not None and not self.is_closed:
            self._transport.write(data)

    def stop_reading(self) -> None:
        """Take nothing any more of what comes."""
        if self._transport is not None:
            self._transport.pause_reading()

    def close(self) -> None:
        """Drop the connection."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        if not self._opened.done():
            self._opened.set_exception(ConnectionError("refused"))
        self.on_lost()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            status = bytes(self._buffer[:12])
            del self._buffer[: end + 4]
            self._is_open = True
            if self._opened.done():  # nobody waits any more
                return
            if b" 101" not in status:
                self._opened.set_exception(ConnectionError(status.decode()))
                return
            self._opened.set_result(None)
        self._read_frames()

    def _read_frames(self) -> None:
        buffer, at, size = self._buffer, 0, len(self._buffer)
        while size - at >= 2:
            length, start = buffer[at + 1] & 0x7F, at + 2
            if length == 126:
                if size - at < 4:
                    break
                length, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                if size - at < 10:
                    break
                length, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if size - start < length:
                break
            if buffer[at] & 0x0F == 1:
                frame = buffer[start : start + length].decode()
                if frame == "2":
                    self.send("3")
                else:
                    self.on_frame(frame)
            elif buffer[at] & 0x0F == 9 and self._transport is not None:
                self._transport.write(
                    struct.pack("!BB", 0x8A, 0x80 | length) + b"\0\0\0\0" + bytes(buffer[start : start + length])
                )
            at = start + length
        if at:
            del buffer[:at]


class Namespace:
    """A connected Socket.IO namespace: commands with acks, and a callback for events."""

    def __init__(self, socket: RawSocket, name: str) -> None:
        self.socket = socket
        self.name = name
        self.on_event: Callable[[str], None] = lambda _: None
        self._acks: dict[int, Callable[[str], None]] = {}
        self._asked: set[asyncio.Future[str]] = set()
        self._last_id = 0
        self._connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        socket.on_frame = self._take
        socket.on_lost = self._lost

    @classmethod
    async def connect(cls, url: str, name: str, auth: str, headers: dict[str, str] | None = None) -> Namespace:
        """Connect a namespace with `auth` as JSON text."""
        namespace = cls(await RawSocket.connect(url, headers), name)
        namespace.socket.send(f"40{name},{auth}" if name != "/" else f"40{auth}")
        await asyncio.wait_for(namespace._connected, 30)
        return namespace

    def emit(self, event: str, payload: str, acked: Callable[[str], None]) -> None:
        """Send an event with JSON text; `acked` gets the raw frame of the answer."""
        self._last_id += 1
        self._acks[self._last_id] = acked
        prefix = "" if self.name == "/" else f"{self.name},"
        self.socket.send(f'42{prefix}{self._last_id}["{event}",{payload}]')

    async def ask(self, event: str, payload: str) -> str:
        """The same, waiting for the answer."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._asked.add(future)
        future.add_done_callback(self._asked.discard)
        self.emit(event, payload, lambda frame: None if future.done() else future.set_result(frame))
        return await asyncio.wait_for(future, 30)

    def _lost(self) -> None:
        for future in (self._connected, *self._asked):
            if not future.done():
                future.set_exception(ConnectionError("closed"))

    def _take(self, frame: str) -> None:
        kind = frame[:2]
        if kind == "43":
            head, _, _ = frame.partition("[")
            id = int(head.rpartition(",")[2] if "," in head else head[2:])
            if acked := self._acks.pop(id, None):
                acked(frame)
        elif kind == "42":
            self.on_event(frame)
        elif kind == "40" and not self._connected.done():
            self._connected.set_result(None)
        elif kind == "44" and not self._connected.done():
            self._connected.set_exception(ConnectionError(frame))
