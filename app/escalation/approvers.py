"""The agents who decide about an escalation, and who stands in for one who is away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from msgspec import Struct
from sqlalchemy import select

from app.contract.escalations import ApproverList, ApproverView
from app.contract.values import Presence
from app.conversations.access import access_conversation_to_read
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Rows
from models import Agent, Conversation, Escalation, Team, TeamMember

MAX_APPROVERS = 500
SUPERVISORS = ("supervisor", "admin")


class Candidate(Struct, frozen=True, kw_only=True):
    """An active agent who may be asked."""

    id: str
    name: str
    email: str
    presence: Presence
    is_supervisor: bool
    team_ids: frozenset[str]

    @property
    def is_away(self) -> bool:
        return self.presence in ("away", "offline")


async def list_candidates(rows: Rows, now: datetime) -> list[Candidate]:
    """Return every active agent by name."""
    agents = await rows.all(select(Agent).where(Agent.is_active).order_by(Agent.name, Agent.id).limit(MAX_APPROVERS))
    teams: dict[str, set[str]] = {}
    for agent_id, team_id in await rows.rows(select(TeamMember.agent_id, TeamMember.team_id)):
        teams.setdefault(agent_id, set()).add(team_id)
    return [
        Candidate(
            id=one.id,
            name=one.name,
            email=one.email,
            presence=cast(Presence, one.presence if one.lease_until and one.lease_until > now else "offline"),
            is_supervisor=one.role in SUPERVISORS,
            team_ids=frozenset(teams.get(one.id, ())),
        )
        for one in agents
    ]


def supervisors_of(candidates: Iterable[Candidate], team_id: str | None, asked_by_id: str | None) -> list[Candidate]:
    """Return the supervisors of a team without the one who asks; of the whole company where the team has none, and the one
    who asks where there is no other."""
    all_of_them = [one for one in candidates if one.is_supervisor]
    others = [one for one in all_of_them if one.id != asked_by_id]
    theirs = [one for one in others if team_id in one.team_ids]
    return theirs or others or all_of_them


def substitute_for(
    candidates: Sequence[Candidate], approver: Candidate, team_id: str | None, asked_by_id: str | None
) -> Candidate | None:
    """Return the supervisor who may decide while the approver is away: one who is there, of the team first."""
    if not approver.is_away:
        return None
    there = [one for one in candidates if one.is_supervisor and not one.is_away and one.id not in (approver.id, asked_by_id)]
    return next((one for one in there if team_id in one.team_ids), there[0] if there else None)


def deciders_of(candidates: Sequence[Candidate], escalation: Escalation) -> list[Candidate]:
    """Return the agents who may decide it. One whose approver has left the company is for the team's supervisors."""
    named = [one for one in candidates if one.id in (escalation.approver_id, escalation.substitute_id)]
    if escalation.approver_id is not None and named:
        return named
    return supervisors_of(candidates, escalation.team_id, escalation.asked_by_id)


def choose_approver(
    candidates: Sequence[Candidate], approver_id: str | None, team_id: str | None, asked_by_id: str | None
) -> tuple[Candidate | None, Candidate | None]:
    """Return the named approver and their substitute. Raises Invalid for one who cannot decide."""
    if approver_id is None:
        return None, None
    if approver_id == asked_by_id:
        raise Invalid("Choose someone else: you can't approve your own escalation.")
    approver = next((one for one in candidates if one.id == approver_id), None)
    if approver is None:
        raise Invalid("This approver no longer works here. Choose another one.")
    return approver, substitute_for(candidates, approver, team_id, asked_by_id)


async def list_approvers(rows: Rows, agent: SignedInAgent, conversation_id: str, now: datetime) -> ApproverList:
    """Return who can decide about a conversation, with presence and substitutes."""
    require(Permission.ASSIGN, agent)
    conversation: Conversation = await access_conversation_to_read(rows, agent, conversation_id)
    candidates, team_id = await list_candidates(rows, now), conversation.team_id
    team = await rows.one(select(Team.name).where(Team.id == team_id)) if team_id else None
    asked = supervisors_of(candidates, team_id, agent.id)
    first = {one.id for one in asked}
    views: list[ApproverView] = []
    for one in sorted(
        (one for one in candidates if one.id != agent.id), key=lambda one: (one.id not in first, not one.is_supervisor)
    ):
        substitute = substitute_for(candidates, one, team_id, agent.id)
        views.append(
            ApproverView(
                agent_id=one.id,
                name=one.name,
                presence=one.presence,
                is_supervisor=one.is_supervisor,
                is_away=one.is_away,
                substitute_id=substitute.id if substitute else None,
                substitute_name=substitute.name if substitute else None,
            )
        )
    return ApproverList(
        approvers=views,
        team_name=team if any(team_id in one.team_ids for one in asked) else None,
        team_approvers=[one.name for one in asked],
        present_team_approvers=[one.name for one in asked if not one.is_away],
    )
