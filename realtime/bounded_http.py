"""uvicorn's HTTP with bounds: a client that begins a request and does not end it costs a little memory for a little while.

The library waits for ever for the end of a head, and keeps all of a head that never ends.

Touches the inside of uvicorn 0.54 (pinned; `tests/realtime/test_library_contract.py` holds it still):
`HttpToolsProtocol.on_message_begin`, `on_headers_complete`, `on_body`, `on_message_complete`, `flow`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 * 1024
"""Of a request, less its body: the first line, headers, and what frames the body."""


class BoundedHttp(HttpToolsProtocol):
    """One connection. A head must be whole within `head_seconds`; then the peer may pause for `pause_seconds`, while it
    sends a body or takes an answer."""

    head_seconds = 10.0
    pause_seconds = 30.0

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._overhead = 0
        self._heard_at = 0.0
        self._deadline: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._overhead += len(data)
        self._heard_at = self.loop.time()
        super().data_received(data)
        if self._overhead > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse("431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._overhead = 0
        self._await_head()

    def on_headers_complete(self) -> None:
        self._overhead = 0
        self._expect_nothing()
        self._deadline = self.loop.call_later(self.pause_seconds, self._check_body)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
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
        self._deadline = self.loop.call_later(self.head_seconds, self._refuse, "408 Request Timeout")

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _check_body(self) -> None:
        """A peer that pauses is left; one that waits for us is not."""
        quiet = 0.0 if self.flow.read_paused else self.loop.time() - self._heard_at
        if quiet >= self.pause_seconds:
            self.transport.abort()
        else:
            self._deadline = self.loop.call_later(self.pause_seconds - quiet, self._check_body)

    def _refuse(self, status: str) -> None:
        self._expect_nothing()
        self.transport.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()
