"""The choice, as a pure function: the same candidates, need and mode always give the same agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from heapq import nsmallest

from msgspec import Struct, field

from app.contract.routing import Verdict
from app.contract.values import RoutingMode
from app.people.languages import speaks
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
    takes_chats: bool = True


class Need(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Needs a conversation has of its agent. `last_agent_id` had this contact before; those in `passed` declined it;
    `givers` handed it over themselves.
    """

    channel: str = "chat"
    skills: list[str] = field(default_factory=list)
    language: str | None = None
    last_agent_id: str | None = None
    passed: list[str] = field(default_factory=list)
    givers: list[str] = field(default_factory=list)


ANY = Need()
MOST = 1_000_000

Judged = tuple[list[tuple[Candidate, Verdict]], dict[Verdict, int]]
"""Candidates with what decided about each, the chosen one first, and how many others there were with each verdict."""


def refusal(candidate: Candidate, need: Need = ANY) -> Verdict | None:
    """Why it cannot be this agent, the plainest reason first; None when it can. Givers are judged beside the others
    (`is_left`)."""
    if not candidate.has_lease:
        return "not_here"
    if not candidate.takes_chats:
        return "not_taking"
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


def is_left(candidate: Candidate, need: Need) -> bool:
    """Return whether this candidate, not a giver, can take it now or once they have room: then no giver gets it back."""
    if candidate.agent_id in need.givers:
        return False
    return refusal(candidate, need) in (None, "busy", "full", "full_on_channel")


def next_agent(candidates: Sequence[Candidate], need: Need = ANY, mode: RoutingMode = "least_load") -> Candidate | None:
    """Return the agent who had this contact before, if eligible; else the eligible one with the least load (round robin:
    whatever the load), of equals the one who has gone longest without, then by id. By hand: nobody.
    """
    return _pick(_split(candidates, need)[0], need, mode)


def verdicts(candidates: Sequence[Candidate], need: Need = ANY, mode: RoutingMode = "least_load", most: int = 1_000) -> Judged:
    """Why it was or was not them: the one `next_agent` chooses, then the eligible in the order of the choice, then the rest;
    at most so many, and how many others there were with each verdict."""
    eligible, refused = _split(candidates, need)
    chosen = _pick(eligible, need, mode)
    judged: list[tuple[Candidate, Verdict]] = [(chosen, "chosen")] if chosen else []
    for candidate in nsmallest(most, eligible, key=order_of(mode)):
        if candidate is not chosen and len(judged) < most:
            judged.append((candidate, why_later(candidate, chosen, mode)))
    left_out: Counter[Verdict] = Counter(verdict for _, verdict in refused[max(0, most - len(judged)) :])
    if len(eligible) > len(judged):
        left_out["served_later" if chosen else "by_hand_only"] += len(eligible) - len(judged)
    return judged + refused[: max(0, most - len(judged))], dict(left_out)


def chosen_of(judged: Judged) -> Candidate | None:
    """The one it is, if it is anybody."""
    return next((candidate for candidate, verdict in judged[0][:1] if verdict == "chosen"), None)


def _split(candidates: Sequence[Candidate], need: Need) -> tuple[list[Candidate], list[tuple[Candidate, Verdict]]]:
    """Split candidates into the eligible, and the others with why not. Agents who handed it over are asked again only when
    nobody else is left.
    """
    is_anybody_left = bool(need.givers) and any(is_left(candidate, need) for candidate in candidates)
    eligible: list[Candidate] = []
    refused: list[tuple[Candidate, Verdict]] = []
    for candidate in candidates:
        why = refusal(candidate, need)
        if why is None and is_anybody_left and candidate.agent_id in need.givers:
            why = "handed_over"
        if why is None:
            eligible.append(candidate)
        else:
            refused.append((candidate, why))
    return eligible, refused


def _pick(eligible: Sequence[Candidate], need: Need, mode: RoutingMode) -> Candidate | None:
    if mode == "manual":
        return None
    if need.last_agent_id is not None:
        for candidate in eligible:
            if candidate.agent_id == need.last_agent_id:
                return candidate
    return min(eligible, key=order_of(mode), default=None)


def order_of(mode: RoutingMode) -> Callable[[Candidate], tuple[float, float, str]]:
    """Return the key that eligible candidates are ordered by."""
    return _by_turn if mode == "round_robin" else _by_load


def why_later(candidate: Candidate, chosen: Candidate | None, mode: RoutingMode) -> Verdict:
    """Why one who could have had it does not."""
    if mode == "manual" or chosen is None:
        return "by_hand_only"
    return "more_load" if mode == "least_load" and candidate.load > chosen.load else "served_later"


def _by_load(candidate: Candidate) -> tuple[float, float, str]:
    assigned = candidate.last_assigned_at
    return candidate.load, assigned.timestamp() if assigned else 0.0, candidate.agent_id


def _by_turn(candidate: Candidate) -> tuple[float, float, str]:
    assigned = candidate.last_assigned_at
    return 0.0, assigned.timestamp() if assigned else 0.0, candidate.agent_id
