"""The proxy does to a connection what it says, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import websockets

from tests.faults.frames import FrameSplitter
from tests.faults.proxy import Proxy

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[Proxy], Awaitable[Pair]]


class Echo:
    """A server that says back whatever it hears."""

    def __init__(self) -> None:
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
        writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    server = await asyncio.start_server(Echo().serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def proxy(echo: int) -> AsyncIterator[Proxy]:
    proxy = await Proxy(echo).start()
    yield proxy
    await proxy.stop()


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    """Opens lines, and closes them when the test is over."""
    lines: list[Pair] = []

    async def dial(proxy: Proxy) -> Pair:
        lines.append(await asyncio.open_connection("127.0.0.1", proxy.port))
        return lines[-1]

    yield dial
    for _, writer in lines:
        writer.transport.abort()


@pytest.fixture
async def line(proxy: Proxy, dial: Dial) -> Pair:
    line = await dial(proxy)
    await said(b"hello", line)
    return line


async def said(words: bytes, line: Pair) -> None:
    """Say something and hear it back."""
    line[1].write(words)
    assert await asyncio.wait_for(line[0].readexactly(len(words)), 5) == words


async def test_what_a_partition_holds_back_arrives_after_it(proxy: Proxy, line: Pair) -> None:
    proxy.hold()
    line[1].write(b"during")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line[0].read(1), 0.1)
    proxy.release()
    assert await asyncio.wait_for(line[0].readexactly(6), 5) == b"during"


async def test_a_peer_that_died_silently_never_answers_and_a_new_line_does(proxy: Proxy, line: Pair, dial: Dial) -> None:
    proxy.deafen()
    line[1].write(b"anybody?")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line[0].read(1), 0.1)
    await said(b"again", await dial(proxy))


async def test_a_cut_line_ends(proxy: Proxy, line: Pair) -> None:
    proxy.cut()
    with contextlib.suppress(ConnectionError):
        assert await asyncio.wait_for(line[0].read(1), 5) == b""


async def test_a_delay_delays(proxy: Proxy, line: Pair) -> None:
    proxy.delay_seconds = 0.05
    began = asyncio.get_running_loop().time()
    await said(b"slowly", line)
    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_a_target_that_refuses_is_passed_over(echo: int, dial: Dial) -> None:
    proxy = await Proxy(1, echo).start()
    for _ in range(2):
        await said(b"hello", await dial(proxy))
    await proxy.stop()


async def test_acks_get_lost_and_requests_arrive_twice_and_nothing_else_is_touched() -> None:
    heard: list[str] = []

    async def serve(socket: websockets.ServerConnection) -> None:
        async for text in socket:
            heard.append(str(text))
            await socket.send(str(text).replace("42", "43", 1))
            await socket.send("42/visitor,[]")

    async with websockets.serve(serve, "127.0.0.1", 0, compression=None) as server:
        proxy = await Proxy(server.sockets[0].getsockname()[1], dice=random.Random(1)).start()
        async with websockets.connect(proxy.url.replace("http", "ws"), compression=None, proxy=None) as socket:
            proxy.lost_acks, proxy.repeated_requests = 1.0, 1.0
            await socket.send("42/visitor,1[" + "x" * 70_000 + "]")
            assert [await socket.recv(), await socket.recv()] == ["42/visitor,[]"] * 2
            assert len(heard) == 2
            assert heard[0] == heard[1]
            proxy.lost_acks = proxy.repeated_requests = 0.0
            await socket.send("42/visitor,2[]")
            assert await socket.recv() == "43/visitor,2[]"
            assert (proxy.lost_count, proxy.repeated_count, len(heard)) == (2, 1, 3)
        await proxy.stop()


def test_frames_are_whole_however_the_bytes_come() -> None:
    head = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
    frames = [b"\x81\x02hi", b"\x81\x82\x01\x02\x03\x04ik", b"\x82\x01\x00", b"\x81\x7e\x01\x00" + b"y" * 256]
    stream = head + b"".join(frames)
    for size in (1, 3, 7, len(stream)):
        splitter = FrameSplitter()
        pieces = [piece for at in range(0, len(stream), size) for piece in splitter.split(stream[at : at + size])]
        assert [raw for raw, _ in pieces] == [head, *frames]
        assert [text for _, text in pieces] == ["", "hi", "hi", "", "y" * 256]


def test_plain_http_passes_in_whatever_pieces() -> None:
    splitter = FrameSplitter()
    request = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n\x81\x02hi"
    assert b"".join(raw for raw, _ in splitter.split(request)) == request
