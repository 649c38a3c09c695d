"""Websocket frames in a stream of bytes, as they lie there: enough to lose one or to send one twice."""

from __future__ import annotations

from collections.abc import Iterator

HEAD_END = b"\r\n\r\n"


class FrameSplitter:
    """One direction of a connection. Until an upgrade to a websocket has passed, bytes are one piece without text."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_upgraded: bool | None = None

    def split(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """Whole pieces, each with its text if it is a text frame; what is not whole yet is kept back."""
        if self._is_upgraded is False:
            yield data, ""
            return
        self._rest += data
        if self._is_upgraded is None:
            head, end, rest = self._rest.partition(HEAD_END)
            if not end:
                return
            self._is_upgraded = b"upgrade: websocket" in head.lower()
            if not self._is_upgraded:
                rest, self._rest = self._rest, b""
                yield rest, ""
                return
            self._rest = rest
            yield head + end, ""
        while frame := _first_frame(self._rest):
            self._rest = self._rest[len(frame[0]) :]
            yield frame


def _first_frame(data: bytes) -> tuple[bytes, str] | None:
    """The frame the bytes begin with, and its text; None while it is not whole."""
    if len(data) < 2:
        return None
    is_masked, size, start = data[1] & 0x80, data[1] & 0x7F, 2
    if size == 126:
        size, start = int.from_bytes(data[2:4], "big"), 4
    elif size == 127:
        size, start = int.from_bytes(data[2:10], "big"), 10
    if len(data) < start:
        return None
    mask = data[start : start + 4] if is_masked else b""
    end = start + len(mask) + size
    if len(data) < end:
        return None
    payload = data[start + len(mask) : end]
    if mask:
        key = (mask * (size // 4 + 1))[:size]
        payload = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
    return data[:end], payload.decode(errors="replace") if data[0] & 0x0F == 1 else ""


def is_request(text: str) -> bool:
    """A Socket.IO command, as clients send it: an event of a namespace."""
    return text.startswith("42/")


def is_ack(text: str) -> bool:
    """The answer to one."""
    return text.startswith("43/")
