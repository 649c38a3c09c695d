"""uvicorn's HTTP with bounds: a client that begins a request and does not end it costs a little memory for a little while.

The library waits for ever for the end of a head, and keeps all of a head that never ends.

Touches the inside of uvicorn 0.54 (pinned; `tests/realtime/test_library_contract.py` holds it still):
`HttpToolsProtocol.on_message_begin`, `on_headers_complete`, `on_body`, `on_message_complete`, `flow`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.callers import caller_of
from realtime.transport.unfinished_requests import Crowding

MAX_HEAD_BYTES = 64 * 1024
"""Of a request, less its body: the first line, headers, and what frames the body."""


class BoundedHttp(HttpToolsProtocol):
    """One connection. A head must be whole within `head_seconds`; then the peer may pause for `pause_seconds`, while it
    sends a body or takes an answer. A body must be whole within `pause_seconds` and what its size takes at `min_rate`, and
    a network may have so many unfinished ones."""

    head_seconds = 10.0
    pause_seconds = 30.0
    min_rate = 16_000.0
    """Bytes of a body a second: 10 MB have eleven minutes."""
    trusted = ""
    crowding = Crowding(None)
    network = ""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._overhead = 0
        self._heard_at = 0.0
        self._began_at = 0.0
        self._body_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.network = caller_of({"client": peer}, "").network
        self._await_head()
        if not self.crowding.make_room(len(self.connections)):
            self._refuse("503 Service Unavailable")

    def give_up(self) -> None:
        """Somebody else needs the room."""
        self._expect_nothing()
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._overhead += len(data)
        self._heard_at = self.loop.time()
        super().data_received(data)
        if self._overhead > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse("431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._overhead = 0
        self._await_head()

    def on_headers_complete(self) -> None:
        self._overhead = 0
        self._expect_nothing()
        self._began_at, self._body_bytes = self.loop.time(), 0
        self._deadline = self.loop.call_later(self.pause_seconds, self._check_body)
        super().on_headers_complete()
        self.network = caller_of(self.scope, self.trusted).network
        has_body = any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in self.headers
        )
        if has_body and not self.crowding.began(self, is_body=True):
            self._refuse("429 Too Many Requests")

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
        self._body_bytes += len(body)
        super().on_body(body)

    def handle_websocket_upgrade(self) -> None:
        self._expect_nothing()
        super().handle_websocket_upgrade()

    def on_message_complete(self) -> None:
        self._overhead = 0
        self._expect_nothing()
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._patience = self.loop.call_later(self.pause_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        super().resume_writing()

    def _await_head(self) -> None:
        self._expect_nothing()
        self.crowding.began(self)
        self._deadline = self.loop.call_later(self.head_seconds, self._refuse, "408 Request Timeout")

    def _expect_nothing(self) -> None:
        self.crowding.ended(self)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _check_body(self) -> None:
        """A peer that pauses is left, and one that drips; one that waits for us is not."""
        now = self.loop.time()
        if self.flow.read_paused:
            left = self.pause_seconds
        else:
            due = self._began_at + self.pause_seconds + self._body_bytes / self.min_rate
            left = min(self._heard_at + self.pause_seconds, due) - now
        if left <= 0:
            self.transport.abort()
        else:
            self._deadline = self.loop.call_later(left, self._check_body)

    def _refuse(self, status: str) -> None:
        self._expect_nothing()
        self.transport.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()


def bounded_http(trusted_proxies: str, max_connections: int | None) -> type[BoundedHttp]:
    """The protocol for a server that trusts these proxies and has room for so many connections."""
    return type("BoundedHttp", (BoundedHttp,), {"trusted": trusted_proxies, "crowding": Crowding(max_connections)})
