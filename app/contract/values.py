"""The small bounded values the contract is made of."""

from __future__ import annotations

from typing import Annotated, Literal, dataclass_transform

from msgspec import Meta, Struct, field

# $(?!\n), because in Python a bare $ also matches before a last line break.
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$(?!\n)")]
ClientId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}$(?!\n)")]
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


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Said(Struct, frozen=True, kw_only=True):
    """Anything that crosses the wire: immutable, named fields only."""
