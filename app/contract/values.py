"""The small bounded values the contract is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
ClientId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Body = Annotated[str, Meta(max_length=10_000)]
Line = Annotated[str, Meta(max_length=200)]
Counter = Annotated[int, Meta(ge=0, le=2**53)]

Channel = Literal["chat", "email", "form", "sms"]
Visibility = Literal["public", "internal"]
Category = Literal["new", "open", "waiting", "resolved", "closed"]
Priority = Literal["low", "medium", "high", "urgent"]
Presence = Literal["online", "away", "busy", "offline"]
Role = Literal["agent", "supervisor", "admin"]
AuthorKind = Literal["contact", "agent", "bot", "system"]
SystemCode = Literal[
    "joined",
    "left",
    "transferred",
    "queued",
    "resolved",
    "closed",
    "reopened",
    "snoozed",
    "escalated",
    "ticket_opened",
    "ended_by_contact",
]

OPEN_CATEGORIES: tuple[Category, ...] = ("new", "open", "waiting")


class Said(Struct, frozen=True, kw_only=True):
    """Anything that crosses the wire: immutable, named fields only."""
