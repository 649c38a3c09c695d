"""The short way of a websocket: what takes it, what does not, and that neither loses, reorders or lets a flood through."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from realtime.transport.direct_websocket import EXTENSION, MAX_FRAMES_A_TURN, DirectWebSocket, JoinedWrites
from tests.servers.ports import free_port

TEXT, BINARY, CLOSE, PING, PONG = 0x81, 0x82, 0x88, 0x89, 0x8A


def frame(payload: bytes, first: int = TEXT, *, masked: bool = True) -> bytes:
    """As a browser sends it."""
    size, bit = len(payload), 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, bit | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class Echo:
    """An application that hears by the short way, and notes what came by the long one."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.awaited: list[Any] = []
        self.websocket: DirectWebSocket | None = None

    async def __call__(self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] != "websocket":
            return
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        websocket: DirectWebSocket = scope["extensions"][EXTENSION]["websocket"]
        self.websocket = websocket
        websocket.on_text = self.hear
        while (message := await receive())["type"] == "websocket.receive":
            self.awaited.append(message.get("text") or message.get("bytes"))
        self.awaited.append(message["type"])

    def hear(self, text: str) -> None:
        self.heard.append(text)
        assert self.websocket is not None
        self.websocket.send_text(f"heard {text}" if len(text) < 100 else f"heard {len(text)}")


class Client:
    """Bytes in, bytes out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read_frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first, await self.reader.readexactly(size)

    async def texts(self, count: int) -> list[str]:
        found: list[str] = []
        while len(found) < count:
            first, payload = await asyncio.wait_for(self.read_frame(), 10)
            if first == TEXT:
                found.append(payload.decode())
        return found

    async def closed_with(self) -> int:
        while True:
            first, payload = await asyncio.wait_for(self.read_frame(), 10)
            if first == CLOSE:
                return struct.unpack("!H", payload[:2])[0]


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def client(echo: Echo) -> AsyncIterator[Client]:
    port = free_port()
    config = uvicorn.Config(
        echo, host="127.0.0.1", port=port, ws=DirectWebSocket, ws_max_size=64 * 1024, ws_per_message_deflate=False, lifespan="off"
    )
    config.log_config = None
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    yield Client(reader, writer)
    writer.close()
    server.should_exit = True
    await serving


async def test_whole_text_frames_are_heard_in_order_without_a_message(client: Client, echo: Echo) -> None:
    sent = ["a", "", "مرحبا 👋", "x" * 125, "y" * 126, "z" * 60_000]
    client.writer.write(b"".join(frame(text.encode()) for text in sent))
    assert len(await client.texts(len(sent))) == len(sent)
    assert (echo.heard, echo.awaited) == (sent, [])


class Wire(asyncio.Transport):
    """Notes what it is told to do."""

    def __init__(self, wrote: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.done: list[bytes | str] = []
        self.is_over = False
        self.wrote = wrote

    def write(self, data: Any) -> None:
        self.done.append(bytes(data))
        self.wrote()

    def close(self) -> None:
        self.done.append("closed")
        self.is_over = True

    def abort(self) -> None:
        self.done.append("aborted")
        self.is_over = True

    def is_closing(self) -> bool:
        return self.is_over

    def get_write_buffer_size(self) -> int:
        return 7


async def test_what_is_written_in_one_turn_goes_together() -> None:
    wire = Wire()
    joined = JoinedWrites(wire, asyncio.get_running_loop())
    joined.write(b"an event, ")
    joined.write(b"its ack")
    assert (wire.done, joined.get_write_buffer_size()) == ([], 7 + 17)
    await asyncio.sleep(0)
    joined.write(b"later")
    joined.close()
    await asyncio.sleep(0)
    assert wire.done == [b"an event, its ack", b"later", "closed"]


async def test_whoever_has_the_ack_comes_after_those_who_hear_of_it() -> None:
    order: list[str] = []
    loop = asyncio.get_running_loop()
    sender, reader = (JoinedWrites(Wire(note), loop) for note in (lambda: order.append("sender"), lambda: order.append("reader")))
    sender.write(b"its own event")
    reader.write(b"the event")
    sender.write(b"the ack")
    await asyncio.sleep(0)
    assert order == ["reader", "sender"]


async def test_nothing_follows_the_end_of_a_connection() -> None:
    wire = Wire()
    joined = JoinedWrites(wire, asyncio.get_running_loop())
    joined.write(b"too late")
    joined.abort()
    joined.write(b"later still")
    await asyncio.sleep(0)
    assert wire.done == ["aborted"]


async def test_a_frame_in_pieces_waits_for_its_end(client: Client, echo: Echo) -> None:
    whole = frame(b"in pieces") + frame(b"p" * 300) + frame(b"", PING) + frame(b"the last")
    for at in range(len(whole)):
        client.writer.write(whole[at : at + 1])
        await client.writer.drain()
        if at % 7 == 0:
            await asyncio.sleep(0)
    await client.texts(3)
    assert echo.heard == ["in pieces", "p" * 300, "the last"]


async def test_pings_are_answered_between_frames(client: Client, echo: Echo) -> None:
    client.writer.write(frame(b"before") + frame(b"are you there", PING) + frame(b"", PONG) + frame(b"after"))
    frames = [await asyncio.wait_for(client.read_frame(), 10) for _ in range(3)]
    assert frames == [(TEXT, b"heard before"), (PONG, b"are you there"), (TEXT, b"heard after")]
    assert echo.awaited == []


async def test_who_sends_fragments_or_bytes_goes_the_long_way_from_then_on(client: Client, echo: Echo) -> None:
    client.writer.write(
        frame(b"short") + frame(b"in two ", 0x01) + frame(b"parts", 0x80) + frame(b"bytes", BINARY) + frame(b"long")
    )
    await client.texts(1)
    await until(lambda: len(echo.awaited) == 3)
    assert (echo.heard, echo.awaited) == (["short"], ["in two parts", b"bytes", "long"])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (frame(b"unmasked", masked=False), 1002),
        (frame(b"\xff\xfe"), 1007),
        (frame(b"reserved", 0xC1), 1002),
        (frame(b"no such kind", 0x83), 1002),
        (frame(b"x" * 65_537)[:200], 1009),
        (frame(b"a long ping" * 20, PING), 1002),
    ],
    ids=["unmasked", "not utf-8", "reserved bit", "opcode", "too big", "long control frame"],
)
async def test_what_is_against_the_protocol_is_closed_as_the_library_closes_it(
    client: Client, echo: Echo, bad: bytes, code: int
) -> None:
    client.writer.write(frame(b"before") + bad)
    assert await client.closed_with() == code
    await until(lambda: "websocket.disconnect" in echo.awaited)
    assert echo.heard == ["before"]


async def test_a_close_is_answered_and_ends_the_listening(client: Client, echo: Echo) -> None:
    client.writer.write(frame(b"before") + frame(struct.pack("!H", 1000), CLOSE) + frame(b"after"))
    assert await client.closed_with() == 1000
    await until(lambda: "websocket.disconnect" in echo.awaited)
    assert echo.heard == ["before"]


async def test_a_flood_is_heard_in_slices_so_that_others_have_their_turn(client: Client, echo: Echo) -> None:
    most, since = 0, 0

    def turn() -> None:
        nonlocal most, since
        most, since = max(most, len(echo.heard) - since), len(echo.heard)
        if len(echo.heard) < 5000:
            asyncio.get_running_loop().call_soon(turn)

    turn()
    client.writer.write(b"".join(frame(str(n).encode()) for n in range(5000)))
    assert await client.texts(5000) == [f"heard {n}" for n in range(5000)]
    assert echo.heard == [str(n) for n in range(5000)]
    assert 0 < most <= 2 * MAX_FRAMES_A_TURN


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


def test_uvicorn_and_websockets_are_the_ones_read() -> None:
    from importlib.metadata import version

    assert version("uvicorn").startswith("0.54.")
    assert version("websockets").startswith("17.")
