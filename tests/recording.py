"""The one subscriber of tests and benches that keeps what it hears."""

from __future__ import annotations

from realtime.hub import EncodedEvent


class Stream:
    """A client's line to a hub: `heard` holds every event that was delivered, as encoded."""

    def __init__(self) -> None:
        self.rooms: set[str] = set()
        self.silent_seconds = 0.0
        self.heard: list[EncodedEvent] = []
        self.is_cut = False

    def deliver(self, encoded: EncodedEvent) -> None:
        self.heard.append(encoded)

    def cut(self) -> None:
        self.is_cut = True
