"""The connection itself: its end, and events fetched over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from app.contract.bases import Event, View


class GoingAway(Event, tag="going_away"):
    """This node is about to stop; connect again after `retry_seconds`."""

    retry_seconds: float


class SignedOut(Event, tag="signed_out"):
    """Your session or token was revoked; the connection closes."""


class EventPage(View):
    """Events since the cursor. `is_fresh`: this is a new stream, so sync what you hold first, as after connecting."""

    events: list[Any]
    cursor: str
    is_fresh: bool
    ok: Literal[True] = True
