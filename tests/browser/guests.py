"""Visitors without a browser: over plain HTTP, at the moment a test wants them."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

_numbers = itertools.count(1)


class Guest:
    """Somebody who writes in."""

    def __init__(self, url: str, name: str, text: str = "Hello") -> None:
        self.url = url
        self._headers: dict[str, str] = {}
        session = self._post("/api/v1/widget/sessions", inbox_key="demo")
        self._headers["Authorization"] = f"Bearer {session['visitor_token']}"
        email = f"guest{next(_numbers)}@example.com"
        started = self.ask("conversation.start", body=text, client_id=self._key(), fields={"name": name, "email": email})
        self.id: str = started["conversation"]["id"]
        self.name = name

    def ask(self, type: str, **given: Any) -> dict[str, Any]:
        """A command of the visitor's, and its reply."""
        return self._post("/api/v1/commands", type=type, **given)

    def say(self, text: str) -> None:
        self.ask("message.send", conversation_id=self.id, client_id=self._key(), body=text)

    def type(self, typing: bool = True) -> None:
        self.ask("typing.set", conversation_id=self.id, typing=typing)

    def read(self) -> None:
        """See everything."""
        seq = self.ask("conversation.sync", conversation_id=self.id, after_seq=0)["conversation"]["seq"]
        self.ask("conversation.read", conversation_id=self.id, seq=seq)

    def heard(self) -> list[str]:
        """What people have said to the visitor, and the visitor to them."""
        page = self.ask("conversation.sync", conversation_id=self.id, after_seq=0)
        return [message["body"] for message in page["messages"] if message["system"] is None]

    def _key(self) -> str:
        return f"guest-{next(_numbers)}"

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        response = httpx.post(self.url + path, json=body, headers=self._headers, trust_env=False, timeout=15)
        assert response.status_code in (200, 201), response.text
        return response.json()
