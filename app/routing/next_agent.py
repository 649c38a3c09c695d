"""The choice, as a pure function: the same candidates, need and mode always give the same agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field

from app.contract.routing import Verdict
from app.contract.values import RoutingMode
from app.people.load import weight_of


class Candidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An agent of the team as the decision saw them. Kept with the decision, so that it can be replayed.

    `load` is what their conversations weigh, `channels` how many of each channel they have.
    """

    agent_id: str
    name: str
    presence: str
    has_lease: bool
    load: float
    capacity: int
    last_assigned_at: datetime | None
    skills: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    channels: dict[str, int] = field(default_factory=dict)
    channel_capacity: dict[str, int] = field(default_factory=dict)


class Need(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a conversation asks of its agent. `last_agent_id` had this contact before; who `passed` let it go by."""

    channel: str = "chat"
    skills: list[str] = field(default_factory=list)
    language: str | None = None
    last_agent_id: str | None = None
    passed: list[str] = field(default_factory=list)


ANY = Need()
MOST = 1_000_000


def refusal(candidate: Candidate, need: Need = ANY) -> Verdict | None:
    """Why it cannot be this agent, the plainest reason first; None when it can."""
    if not candidate.has_lease:
        return "not_here"
    if candidate.presence != "online":
        return "away" if candidate.presence == "away" else "busy" if candidate.presence == "busy" else "offline"
    if candidate.agent_id in need.passed:
        return "has_passed"
    if any(skill not in candidate.skills for skill in need.skills):
        return "missing_skill"
    if need.language is not None and not speaks(candidate.languages, need.language):
        return "missing_language"
    if candidate.channels.get(need.channel, 0) >= candidate.channel_capacity.get(need.channel, MOST):
        return "full_on_channel"
    return "full" if candidate.load + weight_of(need.channel) > candidate.capacity else None


def is_eligible(candidate: Candidate, need: Need = ANY) -> bool:
    """Here, available, able, and with room for one more."""
    return refusal(candidate, need) is None


def next_agent(candidates: Sequence[Candidate], need: Need = ANY, mode: RoutingMode = "least_load") -> Candidate | None:
    """Who had this contact before, if eligible; else the eligible one with the least load (round robin: whatever the load),
    of equals the one who has gone longest without, then by id. By hand: nobody."""
    if mode == "manual":
        return None
    eligible = [candidate for candidate in candidates if refusal(candidate, need) is None]
    for candidate in eligible:
        if candidate.agent_id == need.last_agent_id:
            return candidate
    return min(eligible, key=_by_turn if mode == "round_robin" else _by_load, default=None)


def verdicts(
    candidates: Sequence[Candidate], need: Need = ANY, mode: RoutingMode = "least_load"
) -> list[tuple[Candidate, Verdict]]:
    """Everybody with why it was or was not them: the one chosen, then the eligible in the order of the choice, then the rest."""
    chosen = next_agent(candidates, need, mode)
    order = _by_turn if mode == "round_robin" else _by_load
    judged: list[tuple[int, tuple[float, float, str], Candidate, Verdict]] = []
    for candidate in candidates:
        refused = refusal(candidate, need)
        if chosen is not None and candidate.agent_id == chosen.agent_id:
            judged.append((0, order(candidate), candidate, "chosen"))
        elif refused is not None:
            judged.append((2, order(candidate), candidate, refused))
        else:
            judged.append((1, order(candidate), candidate, _why_later(candidate, chosen, mode)))
    return [(candidate, verdict) for _, _, candidate, verdict in sorted(judged, key=lambda one: one[:2])]


def speaks(languages: Sequence[str], wanted: str) -> bool:
    """Whether one of these languages is the wanted one: `pt` serves `pt-BR`, and the other way round."""
    base = wanted.lower().partition("-")[0]
    return any(language.lower().partition("-")[0] == base for language in languages)


def _why_later(candidate: Candidate, chosen: Candidate | None, mode: RoutingMode) -> Verdict:
    if mode == "manual" or chosen is None:
        return "by_hand_only"
    return "more_load" if mode == "least_load" and candidate.load > chosen.load else "served_later"


def _by_load(candidate: Candidate) -> tuple[float, float, str]:
    return candidate.load, *_by_turn(candidate)[1:]


def _by_turn(candidate: Candidate) -> tuple[float, float, str]:
    assigned = candidate.last_assigned_at
    return 0.0, assigned.timestamp() if assigned else 0.0, candidate.agent_id
