"""Engine.IO as Parley wants it: websocket only, bounded, and one queue entry per frame instead of one task.

Touches internals of python-engineio 4.15 (pinned; `tests/realtime/test_library_contract.py` holds them still):
`AsyncSocket.queue`, `send`, `close`, `_send_ping`, `last_ping`, `_upgrade_websocket`, `_websocket_handler`, and
`AsyncServer._handle_connect`, `_make_response`.

Under our own server (`realtime/transport/direct_websocket.py`) commands and frames take the short way: no queue and no task in
either direction. Under any other they are read and written as ASGI messages, by a reader and a writer.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

import engineio
import structlog
from engineio import packet
from engineio.async_socket import AsyncSocket
from engineio.exceptions import SocketIsClosedError
from msgspec import Struct

from app.clock import monotonic
from realtime.transport.direct_websocket import EXTENSION, DirectWebSocket, framed, text_in

MAX_QUEUED_BYTES = 1_000_000
LONGEST_BLOCK_SECONDS = 10.0
MAX_MISUNDERSTOOD = 5
CLOSING_SECONDS = 2.0
ANSWER_SHARE = 0.97
"""Of the time that clients are told an answer may take: a line is closed within it, not soon after."""
LATE_SECONDS = 1.0
PING = framed(b"2")

log = structlog.get_logger("realtime")


class EngineSocket(AsyncSocket):
    """One websocket. A reader that stops reading is closed as slow; its client comes back and catches up from rows."""

    def __init__(self, server: Any, sid: str) -> None:
        super().__init__(server, sid)
        self.address = ""
        self.queued_bytes = 0
        self.misunderstood = 0
        self._blocked_since: float | None = None
        self._reader: asyncio.Task[Any] | None = None
        self._is_cut = False
        self._is_websocket_closed = False
        self._direct: DirectWebSocket | None = None
        self._is_open = False
        self._handed_on = 0
        self._heard_at = monotonic()
        self._ping_seconds: float | None = None
        self._pinging = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def has_more_to_hear(self) -> bool:
        """Return whether frames have come that are not dealt with yet."""
        return self._handed_on > 0

    @property
    def silent_seconds(self) -> float:
        """For how long nothing has come from the client, not even the answer to a ping."""
        return monotonic() - self._heard_at

    def ping_every(self, seconds: float) -> None:
        """Ask whether the client is still there more often than the server's settings say, and now."""
        self._ping_seconds = seconds
        self._pinging += 1
        self._await_answer()
        self.push(PING)

    def push(self, frame: bytes) -> None:
        """Queue what `framed` made, without waiting."""
        if self.closed or self.closing or self._is_cut:
            return
        if self._direct is not None and self._is_open:
            self._direct.send_frame(frame)
            if self._direct.blocked_since is not None and self._is_slow(self._direct):
                self._close_as_slow(self._direct.queued_bytes)
            return
        self.queued_bytes += len(frame)
        blocked = self._blocked_since
        if self.queued_bytes > MAX_QUEUED_BYTES or (blocked is not None and monotonic() - blocked > LONGEST_BLOCK_SECONDS):
            self._close_as_slow(self.queued_bytes)
            return
        self.queue.put_nowait(text_in(frame))

    @staticmethod
    def _is_slow(direct: DirectWebSocket) -> bool:
        return direct.queued_bytes > MAX_QUEUED_BYTES or direct.blocked_seconds > LONGEST_BLOCK_SECONDS

    def _close_as_slow(self, queued_bytes: int) -> None:
        log.info("slow reader closed", queued_bytes=queued_bytes)
        self.cut()

    def cut(self) -> None:
        """End the connection now, whatever is still queued."""
        if self._reader is not None and not self._is_cut:
            self._is_cut = True
            if self._reader is not asyncio.current_task():  # cut from within, the reader ends after this frame
                self._reader.cancel()

    def close_as_garbled(self) -> None:
        """The client sent a packet that nobody could mean: it is closed, with one line in the log."""
        if not self._is_cut:
            log.info("closed after a malformed packet")
            self.server.malformed(self)
            self.cut()

    def count_misunderstood(self) -> None:
        """The client sent a packet well formed and asked for what does not exist, and was told so. After five it is closed."""
        self.misunderstood += 1
        if self.misunderstood == MAX_MISUNDERSTOOD:
            log.info("closed after misunderstandings", count=self.misunderstood)
            self.cut()

    async def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """As the library closes, and never waiting longer than two seconds for a peer that may be gone."""
        await super().close(wait=False, abort=abort, reason=reason)
        asyncio.get_running_loop().call_later(CLOSING_SECONDS, self.cut)

    async def send(self, pkt: Any) -> None:
        """As the library sends, without its queue where there is a short way."""
        if self._direct is None or not self._is_open:
            await super().send(pkt)
        elif await self.check_ping_timeout():
            self._direct.send_text(str(pkt.encode()))
            if pkt.packet_type == packet.CLOSE:
                self._closing = asyncio.create_task(self._close_websocket(self._websocket))

    async def _send_ping(self) -> None:
        """As the library pings, with a pace of its own; one that was asked for since takes the place of this one."""
        number = self._pinging
        await asyncio.sleep(self._ping_seconds or self.server.ping_interval)
        if number == self._pinging and not self.closing and not self.closed:
            self._await_answer()
            await self.send(packet.Packet(packet.PING))

    def _await_answer(self) -> None:
        """A ping goes out: its answer has so long to come. The library looks around for answers that are late, and may be on its
        way for as long as they may take."""
        self.last_ping = time.time()
        loop = asyncio.get_running_loop()
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = loop.call_later(
            self.server.ping_timeout * ANSWER_SHARE, self._give_up, loop.time() + self.server.ping_timeout
        )

    def schedule_ping(self) -> None:
        """The answer has come; the next ping follows at its time."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        super().schedule_ping()

    def _give_up(self, at_latest: float) -> None:
        """Nothing has come: the line is half open. A node that was late itself reads first what has come meanwhile."""
        self._deadline = None
        if self.closing or self.closed:
            return
        loop = asyncio.get_running_loop()
        if loop.time() > at_latest:
            self._deadline = loop.call_later(LATE_SECONDS, self._give_up, math.inf)
            return
        self._closing = asyncio.create_task(self._close_as_gone())

    async def _close_as_gone(self) -> None:
        await self.close(wait=False, abort=True, reason=self.server.reason.PING_TIMEOUT)
        if self._direct is not None:
            self._direct.abort()
        self.cut()

    async def check_ping_timeout(self) -> bool:
        """Return True while the socket is open: its deadline, by a clock that nobody sets, says when the client is gone."""
        if self.closed:
            raise SocketIsClosedError
        return True

    async def _upgrade_websocket(self, environ: Any) -> Any:
        found = environ["asgi.scope"].get("extensions", {}).get(EXTENSION)
        self._direct = found["websocket"] if found else None
        return await super()._upgrade_websocket(environ)

    async def _websocket_handler(self, ws: Any) -> None:
        self.connected = self.upgraded = True
        self._reader = asyncio.current_task()
        self._websocket = ws
        writer = self._begin_writing(ws)
        try:
            await self._read(ws)
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
            asyncio.current_task().uncancel()  # pyright: ignore[reportOptionalMemberAccess]
        finally:
            self._reader = None
            if writer is not None:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)
            if self._direct is not None and self._direct.blocked_seconds:
                self._direct.abort()  # nothing can be said to a peer that does not listen
            await self._close_websocket(ws)
            await super().close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            self.queued_bytes = 0

    def _begin_writing(self, ws: Any) -> asyncio.Task[None] | None:
        """Send the frames the library has queued first; from now on frames go straight out, if they can."""
        if self._direct is None:
            return asyncio.create_task(self._write(ws))
        while not self.queue.empty():
            queued = self.queue.get_nowait()
            self.queue.task_done()
            if queued is not None:
                self._direct.send_text(queued if isinstance(queued, str) else str(queued.encode()))
        self._is_open = True
        self._direct.on_text = self._hear
        return None

    def _hear(self, frame: str) -> None:
        """A frame by the short way. Behind one that the reader has not finished it waits, so that order is kept."""
        if self.closed or self._is_cut or self._direct is None:
            return
        self._heard_at = monotonic()
        if not self._handed_on:
            if frame == "3":
                self.schedule_ping()
                return
            if self.server.take_event(self, frame):
                return
        self._handed_on += 1
        self._direct.queue_text(frame)

    async def _read(self, ws: Any) -> None:
        while not self.closed and not self._is_cut:
            try:
                frame = await ws.wait()
            except OSError:
                self._is_websocket_closed = True
                return
            self._heard_at = monotonic()
            if not isinstance(frame, str) or len(frame) > self.server.max_http_buffer_size:
                self.close_as_garbled()
            elif frame[:1] == "4":
                await self.server.handlers["message"](self.sid, frame[1:])
            elif frame[:1] == "3":
                self.schedule_ping()
            elif frame[:1] == "1":
                return
            else:
                self.close_as_garbled()
            if self._handed_on:
                self._handed_on -= 1

    async def _write(self, ws: Any) -> None:
        while True:
            queued = await self.queue.get()
            self.queue.task_done()
            if queued is None:
                return
            frame = queued if isinstance(queued, str) else queued.encode()
            self._blocked_since = monotonic()
            await ws.send(frame)
            self._blocked_since = None
            if isinstance(queued, str):
                self.queued_bytes -= len(frame)
            elif queued.packet_type == packet.CLOSE:
                await self._close_websocket(ws)
                return

    async def _close_websocket(self, ws: Any) -> None:
        """Once: the peer may have closed it, or we already."""
        if not self._is_websocket_closed:
            self._is_websocket_closed = True
            await ws.close()


class RetryLater(Struct, frozen=True):
    """Not now: the status of the answer, and in how many seconds it may be another."""

    status: str
    seconds: float


class EngineServer(engineio.AsyncServer):
    """Makes EngineSockets and opens nothing but websockets."""

    malformed: Callable[[EngineSocket], None]
    """Told of whoever sent what nobody could mean."""

    take_event: Callable[[EngineSocket, str], bool]
    """Takes a frame at once if it is an event for somebody connected; without waiting, and whether it was."""

    async def _make_response(self, response_dict: Any, environ: Any) -> Any:
        """As the library answers, which knows but one status for a websocket that is not opened."""
        scope = environ["asgi.scope"]
        if scope["type"] != "websocket" or "websocket.http.response" not in scope.get("extensions", {}):
            return await super()._make_response(response_dict, environ)
        if not isinstance(response_dict, dict) or response_dict["status"][:1] not in "45":
            return await super()._make_response(response_dict, environ)
        headers = [(name.lower().encode(), value.encode()) for name, value in response_dict.get("headers", [])]
        start = {"type": "websocket.http.response.start", "status": int(response_dict["status"][:3]), "headers": headers}
        await environ["asgi.send"](start)
        await environ["asgi.send"]({"type": "websocket.http.response.body", "body": b""})
        return None

    async def _handle_connect(self, environ: Any, transport: str, jsonp_index: Any = None) -> Any:
        if self.start_service_task:
            self.start_service_task = False
            self.service_task_handle = self.start_background_task(self._service_task)
        sid = self.generate_id()
        socket = EngineSocket(self, sid)
        self.sockets[sid] = socket
        await socket.send(
            packet.Packet(
                packet.OPEN,
                {
                    "sid": sid,
                    "upgrades": [],
                    "pingTimeout": int(self.ping_timeout * 1000),
                    "pingInterval": int(self.ping_interval * 1000),
                    "maxPayload": self.max_http_buffer_size,
                },
            )
        )
        refused = await self._trigger_event("connect", sid, environ, run_async=False)
        if isinstance(refused, RetryLater):
            del self.sockets[sid]
            headers = [("Retry-After", str(math.ceil(refused.seconds))), ("Content-Length", "0")]
            return {"status": refused.status, "headers": headers, "response": b""}
        if refused is not None and refused is not True:
            del self.sockets[sid]
            return self._unauthorized(refused or None)
        socket.schedule_ping()
        try:
            return await socket.handle_get_request(environ)
        finally:
            self.sockets.pop(sid, None)
