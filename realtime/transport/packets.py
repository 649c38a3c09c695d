"""Socket.IO packets without binary: nothing a client sends can ask the server to hold attachments."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from socketio import packet

_event = msgspec.json.Decoder(tuple[str, msgspec.Raw])
_any = msgspec.json.Decoder()
HALF_A_CHARACTER = msgspec.Raw(b'"half a character"')
"""Stands for a payload that is JSON but for half of a surrogate pair, as a text cut in the middle of an emoji holds it."""
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)")
_refused_types = {packet.BINARY_EVENT, packet.BINARY_ACK, packet.CONNECT_ERROR}


class Json:
    """The two functions the libraries expect of a JSON module, served by msgspec."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes) -> Any:
        return _any.decode(text)


class TextPacket(packet.Packet):
    """A packet whose event payload stays raw until the gateway decodes it into a command."""

    uses_binary_events = False
    json = Json

    def decode(self, encoded_packet: Any) -> int:
        """Raises ValueError for anything that is not a well-formed text packet."""
        if not isinstance(encoded_packet, str) or not encoded_packet[:1].isdigit():
            raise ValueError("not a packet")
        self.packet_type = int(encoded_packet[0])
        if self.packet_type > packet.BINARY_ACK or self.packet_type in _refused_types:
            raise ValueError("a packet of this type is not accepted")
        rest = encoded_packet[1:]
        self.namespace = self.id = self.data = None
        if rest[:1] == "/":
            self.namespace, _, rest = rest.partition(",")
            self.namespace = self.namespace.partition("?")[0]
        digits = 0
        while digits < len(rest) and digits < 16 and rest[digits] in "0123456789":
            digits += 1
        if digits:
            self.id, rest = int(rest[:digits]), rest[digits:]
        if rest:
            try:
                self.data = decode_event(rest) if self.packet_type == packet.EVENT else _any.decode(rest)
            except (msgspec.DecodeError, RecursionError) as error:
                raise ValueError("not JSON of the expected form") from error
        elif self.packet_type == packet.EVENT:
            raise ValueError("an event without a name")
        return 0


def decode_event(text: str) -> tuple[str, msgspec.Raw]:
    """Name and payload of an event; HALF_A_CHARACTER in the payload's place where only that is wrong with it.

    Raises msgspec.DecodeError for anything else that is not an event.
    """
    try:
        return _event.decode(text)
    except msgspec.DecodeError:
        whole = _ESCAPE.sub(lambda escape: r"\ufffd" if escape[1] else escape[0], text)
        if whole == text:
            raise
        name, _ = _event.decode(whole)
        return name, HALF_A_CHARACTER


def split_event(frame: str) -> tuple[str, int | None, str, msgspec.Raw] | None:
    """Namespace, id, name and payload of an Engine.IO frame that is a well-formed event, as nearly all are. None for
    anything else, however close: `TextPacket` says what is wrong with it."""
    if not frame.startswith("42/"):
        return None
    comma = frame.find(",", 3)
    start = frame.find("[", comma + 1)
    if comma < 0 or start < 0:
        return None
    digits = frame[comma + 1 : start]
    if digits and not (len(digits) < 16 and digits.isascii() and digits.isdigit()):
        return None
    try:
        name, payload = decode_event(frame[start:])
    except (msgspec.DecodeError, RecursionError):
        return None
    return frame[2:comma], int(digits) if digits else None, name, payload
