"""Callers, made by the doors from a token or a session; verbs trust nothing else."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from app.activity.actor import RecordedActor
from app.contract.values import Role
from app.people.permissions import Permission, inboxes_of, is_granted


class Visitor(Struct, frozen=True, kw_only=True):
    """Whoever holds a widget's token. The contact's row may not exist before the first message."""

    contact_id: str
    inbox_id: str
    session: str = ""
    """Which session of a proven visitor it is; an anonymous visitor has a single one, the contact's."""
    verified_until: int = 0
    """Until when proof holds, in seconds since 1970; 0 without proof."""

    @property
    def recorded(self) -> RecordedActor:
        return RecordedActor("contact", self.contact_id)


class SignedInAgent(Struct, frozen=True, kw_only=True):
    """An agent who proved who they are. `session` is the hash of what they proved it with."""

    id: str
    name: str
    role: Role
    session: str

    def may(self, permission: Permission, inbox_id: str | None = None) -> bool:
        """Return whether the agent's role allows this, in this inbox or, without one, in any."""
        return is_granted(self.role, permission, inbox_id)

    def inboxes_for(self, permission: Permission) -> frozenset[str] | None:
        """Return the inboxes in which the agent's role allows this; None for every inbox."""
        return inboxes_of(self.role, permission)

    @property
    def recorded(self) -> RecordedActor:
        return RecordedActor("agent", self.id, self.name)


class Operator(Struct, frozen=True, kw_only=True):
    """The person who runs this server, by its command line or by the setup code that it printed."""

    kind: Literal["cli", "setup"] = "cli"

    def may(self, permission: Permission, inbox_id: str | None = None) -> bool:
        """Return True: the operator has the database itself."""
        return True

    def inboxes_for(self, permission: Permission) -> frozenset[str] | None:
        """Return None: every inbox."""
        return None

    @property
    def recorded(self) -> RecordedActor:
        return RecordedActor("operator")


Actor = Visitor | SignedInAgent
Staff = SignedInAgent | Operator
"""Actors that change settings."""
