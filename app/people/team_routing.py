"""Routing settings of teams and agents: mode and lead of a team; skills, languages and capacity of an agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import delete, select, update

from app.activity.record import record
from app.contract.audiences import ToAllAgents
from app.contract.people import AgentView, TeamView
from app.contract.presence import PresenceChanged, SetIdle, SetTakesChats
from app.contract.routing import SetAgentRouting, SetTeamRouting
from app.errors import NotFound
from app.people.actors import SignedInAgent, Staff
from app.people.agents import announce_warnings, get_agent, longest_waits, team_view
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.people.presence import announce_presence
from app.text import clean_line
from app.work import Work
from models import Agent, AgentSession, ApiToken, Team, TeamMember


async def set_team_routing(work: Work, actor: Staff, team_id: str, asked: SetTeamRouting) -> TeamView:
    """Set how a team's queue is served from now on. Raises NotFound for an unknown team or lead."""
    require(Permission.SET_ROUTING, actor)
    if asked.lead_id and not await work.one(select(Agent.id).where(Agent.id == asked.lead_id, Agent.is_active)):
        raise NotFound("agent", asked.lead_id)
    values: dict[str, Any] = {"mode": asked.mode, "accept_seconds": asked.accept_seconds, "lead_id": asked.lead_id}
    if asked.takes_on_reply is not None:
        values["takes_on_reply"] = asked.takes_on_reply
    before = await _values_before(work, Team, team_id, values)
    team = await work.one(update(Team).where(Team.id == team_id).values(**values).returning(Team))
    if team is None or before is None:
        raise NotFound("team", team_id)
    record(work, actor, "team.set_routing", team_id=team_id, before=before, after=values)
    announce_config(work, "routing")
    return team_view(team, (await longest_waits(work)).get(team_id))


async def set_agent_routing(work: Work, actor: Staff, agent_id: str, asked: SetAgentRouting) -> AgentView:
    """Set what an agent is given from now on. A capacity below their load takes nothing away from them.

    Raises NotFound for an unknown agent or team.
    """
    require(Permission.SET_PEOPLE, actor)
    values: dict[str, Any] = {
        "capacity": asked.capacity,
        "channel_capacity": {one.channel: one.capacity for one in asked.channel_capacity},
        "skills": _tidy(asked.skills),
        "languages": sorted({language.lower() for language in asked.languages}),
    }
    if asked.takes_chats is not None:
        values["takes_chats"] = asked.takes_chats
    before = await _values_before(work, Agent, agent_id, values)
    if before is None or not await work.change(update(Agent).where(Agent.id == agent_id, Agent.is_active).values(**values)):
        raise NotFound("agent", agent_id)
    if asked.team_ids is not None:
        await join_teams(work, agent_id, asked.team_ids)
    record(work, actor, "agent.set_routing", agent_id=agent_id, before=before, after=values)
    announce_config(work, "people")
    announce_warnings(work)
    return await announce_presence(work, agent_id)


async def set_idle_setting(work: Work, agent: SignedInAgent, asked: SetIdle) -> AgentView:
    """After how long without a touch the agent's browser may say they are idle. Who is idle and wants it no longer is back."""
    await work.change(update(Agent).where(Agent.id == agent.id).values(idle_seconds=asked.idle_seconds))
    if asked.idle_seconds is None:
        back = update(Agent).where(Agent.id == agent.id, Agent.is_idle.is_(True))
        await work.change(back.values(presence="online", is_idle=False, presence_since=work.now))
    return await announce_presence(work, agent.id)


async def set_takes_chats(work: Work, agent: SignedInAgent, asked: SetTakesChats) -> AgentView:
    """Switch on or off that routing gives the agent conversations. What they hold stays theirs."""
    await work.change(update(Agent).where(Agent.id == agent.id).values(takes_chats=asked.takes_chats))
    announce_warnings(work)
    return await announce_presence(work, agent.id)


async def deactivate_agent(work: Work, actor: Staff, agent_id: str) -> AgentView:
    """They can no longer sign in, and lose their sessions and keys; what they hold is handed on by routing.

    Raises NotFound for one who is not active.
    """
    require(Permission.SET_PEOPLE, actor)
    view = await get_agent(work, agent_id, work.now)
    await work.change(
        update(Agent).where(Agent.id == agent_id).values(is_active=False, lease_until=None, left_at=None, presence="offline")
    )
    await work.change(delete(AgentSession).where(AgentSession.agent_id == agent_id))
    await work.change(delete(ApiToken).where(ApiToken.agent_id == agent_id))
    await work.change(update(Team).where(Team.lead_id == agent_id).values(lead_id=None))
    announce_warnings(work)
    gone = replace(view, presence="offline")
    work.announce(PresenceChanged(agent=gone), to=ToAllAgents())
    return gone


async def join_teams(work: Work, agent_id: str, team_ids: Sequence[str]) -> None:
    """Replace the teams an agent is in. Archived ones stay: who still has conversations there is served as before."""
    known = set(await work.all(select(Team.id).where(Team.id.in_(team_ids))))
    for team_id in team_ids:
        if team_id not in known:
            raise NotFound("team", team_id)
    offered = set(await work.all(select(Team.id).where(Team.archived_at.is_(None))))
    await work.change(delete(TeamMember).where(TeamMember.agent_id == agent_id, TeamMember.team_id.in_(offered)))
    for team_id in sorted(known & offered):
        await work.add(TeamMember(team_id=team_id, agent_id=agent_id))


async def _values_before(work: Work, table: type[Agent | Team], id: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what these columns hold, the row locked; None where there is no row."""
    row = await work.one(select(table).where(table.id == id).with_for_update(key_share=True))
    return None if row is None else {name: getattr(row, name) for name in values}


def _tidy(names: Sequence[str]) -> list[str]:
    return sorted({line for name in names if (line := clean_line(name).lower())})
