"""The official test suites of Engine.IO 4 and Socket.IO 5, as far as they concern a server that opens only websockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from tests.running import Running

Line = ClientConnection


async def dial(running: Running, query: str = "EIO=4&transport=websocket") -> Line:
    address = running.url.replace("http", "ws", 1) + f"/socket.io/?{query}"
    return await websockets.connect(address, compression=None, proxy=None)


async def heard(line: Line) -> str:
    """The next packet, but for what is said about availability, which comes when it comes."""
    while True:
        packet = str(await asyncio.wait_for(line.recv(), 10))
        if '"inbox.availability"' not in packet:
            return packet


@pytest.fixture
async def line(quiet: Running) -> AsyncIterator[Line]:
    """Opened, and greeted by the engine."""
    line = await dial(quiet)
    yield line
    await line.close()


@pytest.fixture
async def known(quiet: Running, line: Line) -> Line:
    """In the visitors' namespace."""
    await heard(line)
    token = (await quiet.open_widget())["visitor_token"]
    await line.send("40/visitor," + json.dumps({"token": token, "contract": 1}))
    assert (await heard(line)).startswith('40/visitor,{"sid":')
    assert (await heard(line)).startswith('42/visitor,["event",{"type":"heads"')
    return line


async def closed(line: Line) -> None:
    async with asyncio.timeout(10):
        await line.wait_closed()


async def test_the_handshake_says_what_the_protocol_asks_for(line: Line) -> None:
    greeting = await heard(line)
    assert greeting[0] == "0"
    said = json.loads(greeting[1:])
    assert set(said) == {"sid", "upgrades", "pingTimeout", "pingInterval", "maxPayload"}
    assert said["upgrades"] == []
    assert all(isinstance(said[name], int) for name in ("pingTimeout", "pingInterval", "maxPayload"))


@pytest.mark.parametrize(
    "query",
    [
        "transport=websocket",
        "EIO=abc&transport=websocket",
        "EIO=3&transport=websocket",
        "EIO=4",
        "EIO=4&transport=abc",
        "EIO=4&transport=polling",
    ],
)
async def test_another_version_or_transport_opens_nothing(quiet: Running, query: str) -> None:
    with pytest.raises(websockets.InvalidHandshake):
        await dial(quiet, query)


async def test_polling_and_other_methods_are_refused(quiet: Running) -> None:
    async with quiet.http() as http:
        for method in ("GET", "POST", "PUT", "DELETE"):
            for query in ("EIO=4&transport=polling", "EIO=4&transport=websocket"):
                response: httpx.Response = await http.request(method, f"/socket.io/?{query}")
                assert 400 <= response.status_code < 500


async def test_a_namespace_connects_and_is_left(known: Line) -> None:
    await known.send("41/visitor,")
    await known.send('42/visitor,1["command",{"type":"article.search","query":"tent"}]')
    await closed(known)


@pytest.mark.parametrize(("packet", "answer"), [("40", "44"), ("40/random", "44/random,"), ("40/random,{}", "44/random,")])
async def test_an_unknown_namespace_is_refused(line: Line, packet: str, answer: str) -> None:
    await heard(line)
    for _ in range(4):
        await line.send(packet)
        assert await heard(line) == answer + '{"message":"Invalid namespace"}'
    await line.send(packet)
    await closed(line)


async def test_whoever_does_not_introduce_themself_is_cut(line: Line) -> None:
    await heard(line)
    began = asyncio.get_running_loop().time()
    await closed(line)
    assert asyncio.get_running_loop().time() - began < 8


async def test_an_acked_command_carries_its_id_back(known: Line) -> None:
    for id in (0, 456, 2**31):
        await known.send(f'42/visitor,{id}["command",{{"type":"article.search","query":"tent"}}]')
        assert (await heard(known)).startswith(f"43/visitor,{id}[")


async def test_a_close_packet_ends_it(known: Line) -> None:
    await known.send("1")
    await closed(known)


@pytest.mark.parametrize(
    "packet",
    [
        "4abc",
        "42{}",
        '42/visitor,abc["command",{}]',
        '42/visitor,-1["command",{}]',
        '42/visitor,1.5["command",{}]',
        f'42/visitor,{2**64}["command",{{}}]',
        "43/visitor,abc[]",
        "43/visitor,7[]",
        "4",
        "4x",
        "abc",
        '42["1"]',
        "42/visitor,1{}",
    ],
)
async def test_what_nobody_could_mean_closes_it_and_costs_one_line(quiet: Running, known: Line, packet: str) -> None:
    size = quiet.log.stat().st_size
    await known.send(packet)
    await closed(known)
    said = quiet.log.read_bytes()[size:].decode().splitlines()
    assert [line for line in said if "closed after a malformed packet" not in line] == []
    assert len(said) == 1
