"""Requests that never end, and answers nobody takes: each costs a little memory for a little while, and others nothing."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from realtime.transport.bounded_http import MAX_HEAD_BYTES, BoundedHttp
from realtime.transport.direct_websocket import DirectWebSocket
from realtime.transport.unfinished_requests import Crowding
from tests.running import Running
from tests.servers.ports import free_port

GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"


class Hasty(BoundedHttp):
    """With less patience than a test has."""

    head_seconds = 0.3
    pause_seconds = 0.6
    min_rate = 10.0
    trusted = "127.0.0.1"
    crowding = Crowding(30, max_half_sent=5)


async def application(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """Answers a body with its size; `/much` with more than any socket takes at once."""
    if scope["type"] != "http":
        return
    size = 0
    while (message := await receive())["type"] == "http.request":
        size += len(message["body"])
        if not message["more_body"]:
            break
    else:
        return
    body = b"x" * 50_000_000 if scope["path"] == "/much" else str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
    for at in range(0, len(body), 100_000):
        await send({"type": "http.response.body", "body": body[at : at + 100_000], "more_body": at + 100_000 < len(body)})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    port = free_port()
    config = uvicorn.Config(application, host="127.0.0.1", port=port, http=Hasty, ws=DirectWebSocket, lifespan="off")
    config.log_config = None
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield port
    server.should_exit = True
    await serving


async def answer_to(port: int, *pieces: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """All that comes for these bytes, sent one after the other with pauses between them, and the seconds until it ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    heard = bytearray()

    async def read() -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                heard.extend(data)

    reading = asyncio.create_task(read())
    with contextlib.suppress(OSError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    async with asyncio.timeout(20):
        await reading
    writer.close()
    return bytes(heard), time.monotonic() - began


@pytest.mark.parametrize("said", [b"", b"GE", GET, GET + b"X-Slow: "], ids=["nothing", "a word", "headers", "half a header"])
async def test_a_head_that_does_not_end_is_not_awaited_for_long(port: int, said: bytes) -> None:
    heard, seconds = await answer_to(port, said)
    assert heard.startswith(b"HTTP/1.1 408")
    assert 0.25 < seconds < 10


async def test_a_head_that_drips_in_is_not_awaited_either(port: int) -> None:
    heard, _ = await answer_to(port, *(GET[at : at + 1] for at in range(20)), pause=0.05)
    assert heard.startswith(b"HTTP/1.1 408")


async def test_a_second_request_that_does_not_end_is_not_awaited(port: int) -> None:
    heard, _ = await answer_to(port, GET + b"\r\n", b"GET /", pause=0.05)
    assert heard.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in heard


async def test_a_body_that_stops_is_left_and_one_that_comes_slowly_is_read(port: int) -> None:
    heard, _ = await answer_to(port, POST + b"Content-Length: 10\r\n\r\n12345")
    assert heard == b""
    pieces = [POST + b"Content-Length: 10\r\nConnection: close\r\n\r\n", *[b"1"] * 10]  # a tenth of a second each is allowed
    heard, seconds = await answer_to(port, *pieces, pause=0.07)
    assert heard.endswith(b"\r\n\r\n10")
    assert seconds > Hasty.pause_seconds


async def test_an_answer_nobody_takes_is_not_kept(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 12)
    writer.write(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(1)  # what is in flight stays; then the server has left
    got = 0
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            got += len(data)
    writer.close()
    assert got < 50_000_000


ENDLESS = {
    "an address": b"GET /" + b"a" * 200_000,
    "a header": GET + b"X-Long: " + b"a" * 200_000,
    "headers": GET + b"".join(b"X-%d: a\r\n" % n for n in range(20_000)),
    "a cookie": GET + b"Cookie: parley_session=" + b"a" * 200_000 + b"\r\n",
    "trailers": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(20_000)),
    "the frame of a body": POST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 200_000,
}


@pytest.mark.parametrize("said", ENDLESS.values(), ids=ENDLESS.keys())
async def test_a_head_without_end_is_refused(running: Running, said: bytes) -> None:
    size = 16 * 1024
    heard, _ = await answer_to(running.port, *(said[at : at + size] for at in range(0, len(said), size)))
    assert heard == b"" or heard.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400", b"HTTP/1.1 4")), heard[:200]
    async with running.http() as http:
        assert (await http.get("/health/live")).status_code == 200


async def test_a_body_of_many_small_pieces_is_a_body(port: int) -> None:
    pieces = b"".join(b"400\r\n" + b"x" * 1024 + b"\r\n" for _ in range(1000)) + b"0\r\n\r\n"
    heard, _ = await answer_to(port, POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n", pieces)
    assert heard.endswith(str(1000 * 1024).encode())
    assert len(pieces) - 1000 * 1024 < MAX_HEAD_BYTES


async def test_a_body_that_drips_in_without_end_has_a_deadline_by_its_size(port: int) -> None:
    pieces = [POST + b"Content-Length: 1000\r\n\r\n", *[b"1"] * 40]  # a byte in 0.2 s, where 0.1 s are allowed
    heard, seconds = await answer_to(port, *pieces, pause=0.2)
    assert heard == b""
    assert Hasty.pause_seconds < seconds < 40 * 0.2 + 0.5


async def half_sent(port: int, network: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection with a body that has begun."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(POST + f"X-Forwarded-For: {network}\r\nContent-Length: 10\r\n\r\n12".encode())
    return reader, writer


async def leave(held: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
    for _, writer in held:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def test_a_network_may_have_so_many_half_sent_bodies_and_others_theirs(port: int) -> None:
    held = [await half_sent(port, f"2001:db8:1:2::{n:x}") for n in range(5)]
    await answer_to(port, GET + b"Connection: close\r\n\r\n")  # by now those are known
    reader, writer = await half_sent(port, "2001:db8:1:2::ffff")
    assert (await reader.read()).startswith(b"HTTP/1.1 429")
    other = POST + b"X-Forwarded-For: 2001:db8:1:3::1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n12"
    assert (await answer_to(port, other))[0].endswith(b"\r\n\r\n2")
    await leave([*held, (reader, writer)])


async def test_without_room_the_longest_unfinished_of_the_largest_crowd_goes(port: int) -> None:
    """1,100 half-sent bodies once took all files that a server may open, and everybody else was reset."""
    crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
    assert (await answer_to(port, GET + b"Connection: close\r\n\r\n"))[0].startswith(b"HTTP/1.1 200")
    gone = sum(reader.at_eof() or reader.exception() is not None for reader, _ in crowd)
    assert gone >= 30
    await leave(crowd)


def test_the_limit_of_open_files_is_raised_as_far_as_it_goes() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = "import resource; from realtime.transport.unfinished_requests import raise_file_limit; n = raise_file_limit(); "
    asked += "print(n, *resource.getrlimit(resource.RLIMIT_NOFILE))"
    lowered = f"ulimit -Sn 256 && {sys.executable} -c {shlex.quote(asked)}"
    room, soft, now = subprocess.check_output(["/bin/bash", "-c", lowered], text=True).split()
    assert int(now) == hard
    assert int(soft) == (min(hard, 1_048_576) if hard > 0 else 1_048_576)
    assert int(room) == int(soft) - 200
