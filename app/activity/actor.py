"""Actors as the record of changes names them."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from app.contract.activity import ActorKind, Door

DOORS: dict[ActorKind, Door] = {
    "agent": "inbox",
    "contact": "widget",
    "visitor": "widget",
    "api_token": "api",
    "rule": "rule",
    "operator": "cli",
    "parley": "job",
}
"""The door each kind of actor comes by, unless the Work says otherwise."""


class RecordedActor(Struct, frozen=True):
    """The one who made a change. The name is kept with it, as it was then; a contact's is empty, and read from the contact."""

    kind: ActorKind
    id: str | None = None
    name: str = ""

    @property
    def recorded(self) -> RecordedActor:
        return self


class Recorded(Protocol):
    """A caller that says how the record names it."""

    @property
    def recorded(self) -> RecordedActor: ...


PARLEY = RecordedActor("parley")
"""Parley itself: routing, timers and jobs."""


def rule_actor(rule_id: str, name: str) -> RecordedActor:
    """Return the actor that a rule is."""
    return RecordedActor("rule", rule_id, name)
