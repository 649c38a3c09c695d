"""Names of our own code, headers of nobody's browser: nothing comes of them."""

from __future__ import annotations

import ast
import asyncio
import contextlib
from pathlib import Path

import pytest
import socketio
import websockets
from websockets import ConnectionClosed

from tests.running import Running

ROOT = Path(__file__).resolve().parents[2]


def identifiers() -> list[str]:
    """Every function, method and class of ours, and what the library's server can do."""
    found = {name for name in dir(socketio.AsyncServer) if name.isidentifier()}
    for folder in ("app", "realtime", "models"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    found.add(node.name)
    return sorted(found - {"command"})


async def answers_to(url: str, frames: list[str]) -> str:
    """All that a socket which never says who it is gets for its frames, until it is closed."""
    heard = ""
    async with websockets.connect(url, compression=None, proxy=None) as socket:
        await socket.recv()  # the handshake of Engine.IO, with an id of its own
        with contextlib.suppress(ConnectionClosed):
            for frame in frames:
                await socket.send(frame)
            async for frame in socket:
                heard += str(frame)
    return heard


async def test_b1_no_name_of_our_code_means_anything_to_whoever_is_nobody(running: Running) -> None:
    url = running.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    names = identifiers()
    assert len(names) > 500
    for at in range(0, len(names), 100):
        asking = [
            answers_to(url, [f'42{namespace}7["{name}",{{}}]' for name in names[start : start + 5]])
            for start in range(at, min(at + 100, len(names)), 5)
            for namespace in ("" if start % 2 else "/agent,",)
        ]
        assert set(await asyncio.gather(*asking)) == {""}, "no answer, no trace, no id"


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "parley_session=" + "x" * 6000},
        {"Cookie": "; ; =;parley_session"},
        {"X-Forwarded-For": ", , not-an-address, " + "1.1.1.1," * 500},
        {"X-Forwarded-For": "::1%eth0"},
        {"User-Agent": ""},
    ],
    ids=["a long cookie", "an empty cookie", "many hops", "a scoped address", "no browser"],
)
async def test_headers_of_nonsense_open_a_widget_and_nothing_else(running: Running, headers: dict[str, str]) -> None:
    token = (await running.open_widget())["visitor_token"]
    url = running.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    async with websockets.connect(url, additional_headers=headers, compression=None, proxy=None) as socket:
        await socket.recv()
        await socket.send(f'40/visitor,{{"token":"{token}","contract":1}}')
        assert str(await socket.recv()).startswith("40/visitor,")
        await socket.send('40/agent,{"contract":1}')
        while not (answer := str(await socket.recv())).startswith("44/agent,"):
            assert answer.startswith("42/visitor,")
        assert '"unauthenticated"' in answer or '"forbidden"' in answer
