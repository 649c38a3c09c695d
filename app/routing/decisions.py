"""Decisions: as they are kept, shown to people, and made again from their record."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import msgspec
from msgspec import Struct
from sqlalchemy import select

from app.contract.routing import CandidateView, DecisionList, DecisionView, RuleTrace, Verdict, VerdictCount
from app.contract.values import Presence, RoutingMode
from app.conversations.access import access_conversation_to_read
from app.conversations.assignments.offers import routing_of
from app.people.actors import SignedInAgent
from app.routing.next_agent import ANY, Candidate, Judged, Need, chosen_of, next_agent, verdicts
from app.work import Rows, Works
from models import Agent, Assignment, RoutingRule, Team

RULE = "least-load/2"
MAX_KEPT = 20
PAGE = 500


class Replayed(Struct, frozen=True):
    """One decision made again: who it was, and who it would be."""

    assignment_id: str
    winner: str | None
    again: str | None


def record_decision(judged: Judged, need: Need, mode: RoutingMode, rule_id: str | None) -> dict[str, Any]:
    """Return the record of a decision that judged at most `MAX_KEPT`: the closest candidates, always with the winner, and
    how many others there were with each verdict. Made again from those kept it comes out the same, for nobody left out comes
    before the winner.
    """
    kept, others = judged
    winner = chosen_of(judged)
    return {
        "rule": RULE,
        "mode": mode,
        "rule_id": rule_id,
        "need": msgspec.to_builtins(need),
        "candidates": msgspec.to_builtins([candidate for candidate, _ in kept]),
        "others": others,
        "winner": winner.agent_id if winner else None,
    }


def decide_again(decision: dict[str, Any]) -> str | None:
    """The pure choice over what was kept."""
    candidates, need, mode = _read(decision)
    chosen = next_agent(candidates, need, mode)
    return chosen.agent_id if chosen else None


async def replay_decisions(works: Works) -> AsyncIterator[Replayed]:
    """Every decision of routing, oldest first, made again from its record."""
    after = ""
    while True:
        async with works.read() as rows:
            wanted = select(Assignment.id, Assignment.agent_id, Assignment.decision).order_by(Assignment.id).limit(PAGE)
            page = await rows.rows(wanted.where(Assignment.id > after) if after else wanted)
        for id, agent_id, decision in page:
            if decision.get("candidates"):
                yield Replayed(id, agent_id, decide_again(decision))
        if len(page) < PAGE:
            return
        after = page[-1][0]


async def list_decisions(rows: Rows, agent: SignedInAgent, conversation_id: str) -> DecisionList:
    """Every decision about a conversation the agent may view, newest first. Raises NotFound."""
    await access_conversation_to_read(rows, agent, conversation_id)
    made = await rows.all(
        select(Assignment)
        .where(Assignment.conversation_id == conversation_id)
        .order_by(Assignment.started_at.desc(), Assignment.id.desc())
    )
    routing = await routing_of(rows, conversation_id)
    names = await _names(rows, made)
    rules = await _rule_names(rows, made)
    return DecisionList(
        decisions=[_view(one, names, rules) for one in made],
        trace=msgspec.convert(routing.trace, list[RuleTrace]) if routing else [],
    )


def candidate_views(
    candidates: Sequence[Candidate], need: Need, mode: RoutingMode
) -> tuple[list[CandidateView], list[VerdictCount]]:
    """Return the closest candidates, and how many others there were with each verdict."""
    kept, others = verdicts(candidates, need, mode, MAX_KEPT)
    return [_candidate_view(*one) for one in kept], _counts(others)


def _view(made: Assignment, names: dict[str, str], rules: dict[str, str]) -> DecisionView:
    decision = made.decision or {}
    is_routed = bool(decision.get("candidates"))
    candidates, need, mode = _read(decision)
    by_hand = made.made_by if made.made_by != "routing" else None
    rule_id = decision.get("rule_id")
    return DecisionView(
        id=made.id,
        conversation_id=made.conversation_id,
        agent_id=made.agent_id,
        agent_name=names.get(made.agent_id or ""),
        team_id=made.team_id,
        team_name=names.get(made.team_id or ""),
        made_by_id=by_hand,
        made_by_name=names.get(by_hand or ""),
        reason=made.reason,
        outcome=made.outcome,
        mode=mode if is_routed else None,
        is_sticky=is_routed and need.last_agent_id is not None and need.last_agent_id == decision.get("winner"),
        rule_id=rule_id,
        rule_name=rules.get(rule_id or ""),
        skills=need.skills,
        language=need.language,
        waited_seconds=made.waited_seconds,
        candidates=candidate_views(candidates, need, mode)[0] if is_routed else [],
        others=_counts(decision.get("others", {})),
        started_at=made.started_at,
        ended_at=made.ended_at,
    )


def _read(decision: dict[str, Any]) -> tuple[list[Candidate], Need, RoutingMode]:
    candidates = msgspec.convert(decision.get("candidates", []), list[Candidate])
    need = msgspec.convert(decision["need"], Need) if "need" in decision else ANY
    return candidates, need, decision.get("mode", "least_load")


def _candidate_view(candidate: Candidate, verdict: Verdict) -> CandidateView:
    return CandidateView(
        agent_id=candidate.agent_id,
        name=candidate.name,
        presence=cast(Presence, candidate.presence if candidate.has_lease else "offline"),
        has_lease=candidate.has_lease,
        weight=candidate.load,
        capacity=candidate.capacity,
        last_assigned_at=candidate.last_assigned_at,
        verdict=verdict,
    )


def _counts(others: dict[Any, int]) -> list[VerdictCount]:
    return [VerdictCount(verdict=verdict, count=count) for verdict, count in sorted(others.items())]


async def _names(rows: Rows, made: Sequence[Assignment]) -> dict[str, str]:
    """Agents' and teams' names by id."""
    ids = {one.agent_id for one in made} | {one.made_by for one in made} - {"routing"}
    names = dict[str, str]()
    for id, name in await rows.rows(select(Agent.id, Agent.name).where(Agent.id.in_(id for id in ids if id))):
        names[id] = name
    teams = {one.team_id for one in made if one.team_id}
    for id, name in await rows.rows(select(Team.id, Team.name).where(Team.id.in_(teams))):
        names[id] = name
    return names


async def _rule_names(rows: Rows, made: Sequence[Assignment]) -> dict[str, str]:
    ids = {one.decision.get("rule_id") for one in made if one.decision}
    found = await rows.rows(select(RoutingRule.id, RoutingRule.name).where(RoutingRule.id.in_(id for id in ids if id)))
    return dict[str, str]((id, name) for id, name in found)
