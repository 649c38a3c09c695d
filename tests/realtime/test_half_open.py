"""Clients that are gone without a word: closed within the time that clients are told, over real sockets in travelled time."""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
import socketio
import uvicorn
import websockets

from realtime.transport.direct_websocket import DirectWebSocket
from realtime.transport.engine import EngineSocket
from realtime.transport.socket_server import SocketServer

PROMISED_SECONDS = 35.0
STILL_SECONDS = 0.002
"""So long nothing may come before time is moved to what happens next: all is in this process, and nothing waits for a thread."""


class TravellingSelector(selectors.DefaultSelector):
    """Waits for sockets as any does; where nothing comes, the time waited for is over at once."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(timeout and min(timeout, STILL_SECONDS))
        if not events and timeout:
            self.skipped += timeout
        return events


class TravellingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._travelling = TravellingSelector()
        super().__init__(self._travelling)

    def time(self) -> float:
        return super().time() + self._travelling.skipped


def travel(story: Callable[[], Awaitable[None]]) -> None:
    with asyncio.Runner(loop_factory=TravellingLoop) as runner:
        runner.run(story())  # pyright: ignore[reportArgumentType]


async def nothing(*_: Any) -> None:
    return None


@pytest.mark.parametrize("websocket", [DirectWebSocket, "websockets-sansio"])
def test_w8_half_open_visitors_are_closed_within_35_seconds(websocket: Any) -> None:
    """Some never answer, some answer so many pings first; the library's own look-around took up to 52 seconds."""

    async def story() -> None:
        any_: Any = SimpleNamespace()
        server = SocketServer(any_, any_, any_, nothing, nothing, lambda origin, environ: True)
        loop = asyncio.get_running_loop()
        left: dict[str, tuple[float, str]] = {}

        async def note(sid: str, reason: str) -> None:
            left[sid] = (loop.time(), reason)

        server.eio.on("connect", nothing)
        server.eio.on("disconnect", note)
        config = uvicorn.Config(
            socketio.ASGIApp(server),
            log_config=None,
            lifespan="off",
            ws=websocket,
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,
        )
        listener = socket.create_server(("127.0.0.1", 0))
        host = uvicorn.Server(config)
        serving = asyncio.create_task(host.serve([listener]))
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}/socket.io/?EIO=4&transport=websocket"

        async def fall_silent(answers: int) -> tuple[str, float]:
            client = await websockets.connect(url, ping_interval=None, proxy=None)
            sid = str(await client.recv()).partition('"sid":"')[2].partition('"')[0]
            heard_at = loop.time()
            for _ in range(answers):
                assert await client.recv() == "2"
                await client.send("3")
                heard_at = loop.time()
            await client.wait_closed()
            return sid, heard_at

        silent = await asyncio.gather(*(fall_silent(n % 3) for n in range(9)))
        host.should_exit = True
        await serving
        for sid, heard_at in silent:
            at, reason = left[sid]
            assert reason == server.eio.reason.PING_TIMEOUT
            assert PROMISED_SECONDS - 1 < at - heard_at <= PROMISED_SECONDS

    travel(story)


def test_w8_a_node_that_was_late_itself_reads_first_what_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        any_: Any = SimpleNamespace()
        server = SocketServer(any_, any_, any_, nothing, nothing, lambda origin, environ: True)
        server.eio.on("disconnect", nothing)
        held, lost = EngineSocket(server.eio, "held"), EngineSocket(server.eio, "lost")
        loop = asyncio.get_running_loop()
        for one in (held, lost):
            one.ping_every(server.eio.ping_interval)
        loop._travelling.skipped += 60  # type: ignore[attr-defined]  # the process stood still
        loop.call_later(0.5, held.schedule_ping)
        await asyncio.sleep(5)
        assert (held.closed, lost.closed) == (False, True)

    travel(story)
