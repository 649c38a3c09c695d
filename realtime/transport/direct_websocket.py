"""uvicorn's websocket with a short way for what nearly every frame is: a whole text frame, in or out.

Such a frame needs no parser state, no queue, no task and no pause of the reading side; it goes from the transport to
the listener and back in one call. Everything else (the handshake, control frames, fragments, long or faulty frames)
goes the library's way; whoever once sends a data frame that is not simple stays there.

Touches the inside of uvicorn 0.54 and websockets 17 (pinned; `tests/realtime/test_library_contract.py` holds them
still): `WebSocketsSansIOProtocol.data_received`, `handle_connect`, `send_receive_event_to_app`, `frames`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from app.clock import monotonic

try:
    from websockets.speedups import apply_mask  # pyright: ignore[reportMissingModuleSource]
except ImportError:  # built without a C compiler
    from websockets.utils import apply_mask

log = structlog.get_logger("realtime")

EXTENSION = "parley.websocket"
"""Under this name of the scope's extensions, applications find their DirectWebSocket."""

MAX_FRAMES_A_TURN = 64
"""What one client may keep the event loop busy with before others have their turn."""

_WHOLE_TEXT = 0x81
_SHORT_HEADS = [bytes((_WHOLE_TEXT, size)) for size in range(126)]


def framed(*parts: bytes) -> bytes:
    """A websocket text frame, as servers send it."""
    size = sum(map(len, parts))
    if size < 126:
        head = _SHORT_HEADS[size]
    elif size < 65536:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return b"".join((head, *parts))


def text_in(frame: bytes) -> str:
    """Return the text of a frame."""
    size = frame[1]
    return frame[2 if size < 126 else 4 if size == 126 else 10 :].decode()


class Turn:
    """Writes in this turn of one event loop, by transport; the last one written to comes last, so that an ack leaves after
    the events it answers for.
    """

    def __init__(self) -> None:
        self._written: dict[JoinedWrites, None] = {}

    def wrote(self, transport: JoinedWrites) -> None:
        if not self._written:
            asyncio.get_running_loop().call_soon(self._flush)
        else:
            self._written.pop(transport, None)
        self._written[transport] = None

    def _flush(self) -> None:
        written, self._written = self._written, {}
        for transport in written:
            try:
                transport.flush()
            except Exception:
                log.exception("a socket could not be written to")


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turn] = WeakKeyDictionary()


class JoinedWrites(asyncio.Transport):
    """A transport that writes once a turn of the loop what was written in it: one system call for an ack and the events
    around it, and one for all that an agent hears of a batch, where each would wake the other side by itself."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._turn = _turns.setdefault(loop, Turn())
        self._unsent: list[bytes] = []
        self._unsent_bytes = 0
        self.is_closing = transport.is_closing
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading
        self.get_extra_info = transport.get_extra_info

    def write(self, data: bytes) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - nobody writes views
        self._turn.wrote(self)
        self._unsent.append(data)
        self._unsent_bytes += len(data)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        self._unsent, self._unsent_bytes = [], 0
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size() + self._unsent_bytes

    def flush(self) -> None:
        """Write now."""
        if self._unsent:
            unsent, self._unsent, self._unsent_bytes = self._unsent, [], 0
            if not self._transport.is_closing():
                self._transport.write(unsent[0] if len(unsent) == 1 else b"".join(unsent))


class DirectWebSocket(WebSocketsSansIOProtocol):
    """One websocket of uvicorn's. Set `on_text` to take text frames as they come."""

    on_text: Callable[[str], None] | None = None
    blocked_since: float | None
    """When the peer last stopped taking what it is sent; None while it takes it."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._is_simple = True
        self._rest = b""
        self._is_sliced = False
        self.blocked_since = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(JoinedWrites(transport, self.loop))

    @property
    def queued_bytes(self) -> int:
        """Return how many bytes the peer has not taken yet."""
        return self.transport.get_write_buffer_size()

    @property
    def blocked_seconds(self) -> float:
        """For how long it has not been taking enough."""
        return 0.0 if self.blocked_since is None else monotonic() - self.blocked_since

    def send_text(self, text: str) -> None:
        """Write a text frame without waiting; nothing, once the connection is closing."""
        self.send_frame(framed(text.encode()))

    def send_frame(self, frame: bytes) -> None:
        """Send a text already framed, as one that many hear is framed once for all of them."""
        if not (self.disconnected or self.close_sent or self.transport.is_closing()):
            self.transport.write(frame)

    def queue_text(self, text: str) -> None:
        """Hand a frame that came by the short way to whoever awaits ASGI messages."""
        self.frames = [text.encode()]
        self.curr_msg_data_type = "text"
        self.send_receive_event_to_app()

    def abort(self) -> None:
        """End the connection, whatever is still unsent."""
        self.transport.abort()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][EXTENSION] = {"websocket": self}  # pyright: ignore[reportTypedDictNotRequiredAccess, reportOptionalSubscript]

    def connection_lost(self, exc: Exception | None) -> None:
        self.on_text = None
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self.blocked_since = monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        self.blocked_since = None
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self.on_text is None:
            self._is_simple = self._is_simple and not self.handshake_initiated  # the library may hold half a frame now
            super().data_received(data)
        elif self._is_simple:
            self._take(self._rest + data if self._rest else data)
        else:
            super().data_received(data)

    def _take(self, data: bytes) -> None:
        """Whole frames go to the listener, the half of one waits for its end."""
        at = taken = 0
        while len(data) - at >= 6:
            if taken == MAX_FRAMES_A_TURN:
                self._rest = data[at:]
                self._continue_later()
                return
            end = self._end_of(data, at)
            if end is None:
                self._is_simple = False
                self._rest = b""
                super().data_received(data[at:])
                return
            if end > len(data):
                break
            self._take_frame(data, at, end)
            if self.on_text is None or self.transport.is_closing():
                return
            at = end
            taken += 1
        self._rest = data[at:]

    def _end_of(self, data: bytes, at: int) -> int | None:
        """Where the frame ends; None for one that is not simple."""
        first, second = data[at], data[at + 1]
        if not second & 0x80 or (first != _WHOLE_TEXT and first not in (0x88, 0x89, 0x8A)):
            return None
        size = second & 0x7F
        if size < 126:
            return at + 6 + size
        if size == 126 and first == _WHOLE_TEXT:
            size = int.from_bytes(data[at + 2 : at + 4], "big")
            return at + 8 + size if size <= self.config.ws_max_size else None
        return None

    def _take_frame(self, data: bytes, at: int, end: int) -> None:
        if data[at] != _WHOLE_TEXT:
            super().data_received(data[at:end])
            return
        start = at + 4 if data[at + 1] & 0x7F == 126 else at + 2
        try:
            text = apply_mask(data[start + 4 : end], data[start : start + 4]).decode()
        except UnicodeDecodeError:
            super().data_received(data[at:end])
            return
        assert self.on_text is not None
        self.on_text(text)

    def _continue_later(self) -> None:
        if not self._is_sliced:
            self._is_sliced = True
            if not self.read_paused:
                self.transport.pause_reading()
            self.loop.call_soon(self._continue)

    def _continue(self) -> None:
        self._is_sliced = False
        if self.transport.is_closing() or self.on_text is None:
            return
        if not self.read_paused:
            self.transport.resume_reading()
        rest, self._rest = self._rest, b""
        self._take(rest)
