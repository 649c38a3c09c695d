"""Seals on what nodes tell each other: whoever can write to Redis still cannot put words into anybody's mouth."""

from __future__ import annotations

import base64
import hashlib
import hmac

MAC_LENGTH = 22


class Seal:
    """Made from the platform's key. A batch is good for the room it was sealed for and no other."""

    def __init__(self, secret_key: str) -> None:
        self._key = hashlib.sha256(b"hub:" + secret_key.encode()).digest()

    def close(self, room: str, body: bytes) -> bytes:
        """The body with its seal before it."""
        return self._mac(room, body) + body

    @staticmethod
    def names(data: bytes, node: bytes) -> bool:
        """Return whether a batch says that it comes from this node; nobody gains by lying about that."""
        return data[MAC_LENGTH : MAC_LENGTH + len(node)] == node

    def open(self, room: str, data: bytes) -> bytes | None:
        """The body, or None when it was not sealed for this room with this key."""
        mac, body = data[:MAC_LENGTH], data[MAC_LENGTH:]
        return body if hmac.compare_digest(mac, self._mac(room, body)) else None

    def _mac(self, room: str, body: bytes) -> bytes:
        digest = hmac.digest(self._key, room.encode() + b"\0" + body, "sha256")
        return base64.b64encode(digest[:16])[:MAC_LENGTH]
