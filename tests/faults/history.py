"""What clients sent, were acked and saw, and what the database held in the end. Records only; `checker.py` judges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct


class Line(Struct, frozen=True, kw_only=True):
    """A message as somebody holds it. `rev` is empty where a visitor holds it, `seq` where it is a note."""

    id: str
    conversation_id: str
    seq: int | None
    rev: int | None = None
    by: str
    key: str | None = None
    visibility: str = "public"
    body: str = ""
    made_at: str = ""

    @classmethod
    def of_view(cls, view: dict[str, Any]) -> Line:
        """From a message as the wire carries it."""
        return cls(
            id=view["id"],
            conversation_id=view["conversation_id"],
            seq=view["seq"],
            rev=view["rev"],
            by=f"{view['author']['kind']} {view['author']['id'] or ''}".strip(),
            key=view["client_id"],
            visibility=view["visibility"],
            body=view["body"],
            made_at=view["created_at"],
        )


class Sent(Struct, frozen=True, kw_only=True):
    """Somebody began to send: `key` is the client_id they keep until it is acked."""

    by: str
    key: str
    at: float


class Acked(Struct, frozen=True, kw_only=True):
    """They were told that it is stored, as this."""

    by: str
    key: str
    at: float
    line: Line


class Claimed(Struct, frozen=True, kw_only=True):
    """An agent was told that the conversation is theirs."""

    by: str
    conversation_id: str
    at: float


class Seen(Struct, frozen=True, kw_only=True):
    """A message reached a reader's screen for the first time."""

    by: str
    at: float
    line: Line


class Shown(Struct, frozen=True, kw_only=True):
    """A conversation as a reader's screen shows it in the end, in the order drawn."""

    by: str
    side: str
    conversation_id: str
    lines: list[Line]


class AssignmentRecord(Struct, frozen=True, kw_only=True):
    """An assignment's row that has not ended. `is_routed`: routing chose the agent, nobody claimed it or gave it by hand."""

    conversation_id: str
    agent_id: str | None
    is_routed: bool = True
    since: str = ""


class Owned(Struct, frozen=True, kw_only=True):
    """A conversation's row: who has it, its counters, and the numbers derived from its messages."""

    id: str
    agent_id: str | None
    is_open: bool
    seq: int
    rev: int
    unread_count: int
    agent_read_seq: int


class Stored(Struct, frozen=True, kw_only=True):
    """The database in the end. `said` are derived numbers as Parley says them, by name."""

    lines: list[Line] = []
    conversations: list[Owned] = []
    holdings: list[AssignmentRecord] = []
    capacities: dict[str, int] = {}
    said: dict[str, object] = {}
    recounted: dict[str, object] = {}


class History:
    """Everything that was noticed while it ran, in the order it was noticed."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.acked: list[Acked] = []
        self.claimed: list[Claimed] = []
        self.seen: list[Seen] = []
        self.shown: list[Shown] = []
        self.refused: dict[str, int] = {}
        self.stored = Stored()

    def refuse(self, code: str) -> None:
        """A command was refused with this code, and will be tried again."""
        self.refused[code] = self.refused.get(code, 0) + 1

    def seconds_to_ack(self, since: float = 0.0, until: float = float("inf")) -> list[float]:
        """For what was first sent between these times and acked at all."""
        first = {(ack.by, ack.key): ack.at for ack in reversed(self.acked)}
        return [
            first[sent.by, sent.key] - sent.at for sent in self.sent if since <= sent.at < until and (sent.by, sent.key) in first
        ]

    def settled_at(self, before: float) -> float:
        """When everything sent before this time had been acked and had reached every screen that shows it in the end."""
        keys = {sent.key for sent in self.sent if sent.at < before}
        ids = {ack.line.id for ack in self.acked if ack.key in keys}
        acks = {ack.key: ack.at for ack in reversed(self.acked) if ack.key in keys}
        arrivals = [seen.at for seen in self.seen if seen.line.id in ids]
        return max([before, *acks.values(), *arrivals])


def by_conversation(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines in the order given, conversation by conversation."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.conversation_id, []).append(line)
    return found
