"""The choice, as a pure function: the same candidates always give the same agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct


class Candidate(Struct, frozen=True, kw_only=True):
    """An agent of the team as the decision saw them. Kept with the decision, so that it can be replayed."""

    agent_id: str
    name: str
    presence: str
    has_lease: bool
    load: int
    capacity: int
    last_assigned_at: datetime | None


def is_eligible(candidate: Candidate) -> bool:
    """Here, available, and with room for one more."""
    return candidate.has_lease and candidate.presence == "online" and candidate.load < candidate.capacity


def next_agent(candidates: Sequence[Candidate]) -> Candidate | None:
    """The eligible one with the least load; of equals, the one who has gone longest without; then by id."""
    eligible = [candidate for candidate in candidates if is_eligible(candidate)]
    return min(eligible, key=_order, default=None)


def _order(candidate: Candidate) -> tuple[int, float, str]:
    assigned = candidate.last_assigned_at
    return candidate.load, assigned.timestamp() if assigned else 0.0, candidate.agent_id
