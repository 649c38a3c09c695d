"""The websocket of a page, in a test's hand: held back, cut, watched, rewritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, WebSocketRoute

Rewrite = Callable[[str], str]


class Line:
    """Everything between the pages of a context and the server: the way round by plain HTTP is closed. The commands that
    pass are kept in `said`."""

    def __init__(self, context: BrowserContext) -> None:
        self.said: list[dict[str, Any]] = []
        self.is_down = False
        self.rewrite: Rewrite = lambda text: text
        self._held: list[tuple[WebSocketRoute, str]] | None = None
        self._open: list[WebSocketRoute] = []
        context.route_web_socket("**/socket.io/**", self._connect)
        for way_round in ("**/api/v1/events**", "**/api/v1/commands"):
            context.route(way_round, lambda route: route.abort())

    def hold(self) -> None:
        """Keep back what the server says, until released."""
        self._held = []

    def release(self) -> None:
        held, self._held = self._held or [], None
        for socket, text in held:
            socket.send(text)

    def cut(self) -> None:
        """Close, and refuse to open, until mended."""
        self.is_down = True
        for socket in self._open:
            socket.close()
        self._open.clear()

    def mend(self) -> None:
        self.is_down = False

    def commands(self, type: str) -> list[dict[str, Any]]:
        return [one for one in self.said if one.get("type") == type]

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_down:
            socket.close()
            return
        server = socket.connect_to_server()
        self._open.append(socket)

        def from_page(message: str | bytes) -> None:
            text = self.rewrite(str(message))
            self._note(text)
            server.send(text)

        def from_server(message: str | bytes) -> None:
            if self._held is None:
                socket.send(message)
            else:
                self._held.append((socket, str(message)))

        socket.on_message(from_page)
        server.on_message(from_server)

    def _note(self, text: str) -> None:
        start = text.find("[")
        if start < 0:
            return
        packet = json.loads(text[start:])
        if packet[0] == "command":
            self.said.append(packet[1])
