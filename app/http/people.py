"""Adding agents and teams."""

from __future__ import annotations

import asyncio

from litestar import post
from litestar.params import JSONBody

from app.contract.http import AgentIs, CreateAgent, CreateTeam, TeamIs
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.agents import add_agent, add_team
from app.people.permissions import may_manage_people, require
from app.people.tokens import hash_password


@post("/api/v1/agents", status_code=201)
async def create_agent(request: AnyRequest, data: JSONBody[CreateAgent]) -> AgentIs:
    """Add an agent. For admins."""
    require(may_manage_people, await agent_of(request))
    platform = platform_of(request)
    view = await platform.works.run(
        add_agent,
        name=data.name,
        email=data.email,
        password_hash=await asyncio.to_thread(hash_password, data.password),
        role=data.role,
        capacity=platform.settings.agent_capacity,
        team_ids=data.team_ids,
    )
    return AgentIs(agent=view)


@post("/api/v1/teams", status_code=201)
async def create_team(request: AnyRequest, data: JSONBody[CreateTeam]) -> TeamIs:
    """Add a team. For admins."""
    require(may_manage_people, await agent_of(request))
    return TeamIs(team=await platform_of(request).works.run(add_team, data.name))
