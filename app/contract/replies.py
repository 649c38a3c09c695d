"""Replies that any command may get. Every reply says `ok`; a refusal says why in a stable code and a sentence."""

from __future__ import annotations

from typing import Literal

from app.contract.bases import Reply
from app.contract.messages import MessageView
from app.contract.values import ErrorCode


class Refused(Reply):
    """The command was refused. `missed` holds the messages a stale reply had not seen; `retry_seconds` when to try again."""

    code: ErrorCode
    detail: str
    retry_seconds: float | None
    missed: list[MessageView]
    ok: Literal[False] = False
