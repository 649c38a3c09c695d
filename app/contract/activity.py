"""The record of changes: who changed what, when, and from what to what."""

from __future__ import annotations

from typing import Literal

from app.contract.bases import View

ActorKind = Literal["agent", "contact", "visitor", "api_token", "rule", "operator", "parley"]
Door = Literal["inbox", "widget", "api", "email", "job", "rule", "cli"]


class ChangeView(View):
    """One field that changed. Texts are as they are, anything else is JSON; empty where there was or is nothing."""

    name: str
    before: str | None
    after: str | None
