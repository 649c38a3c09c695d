"""Changes admins make to agents and teams, and agents to themselves."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update

from app.activity.record import record
from app.contract.audiences import ToAllAgents
from app.contract.people import AgentView, RenameTeam, SaveAgent, TeamView
from app.contract.presence import PresenceChanged
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.admins import keep_an_admin
from app.people.agents import announce_warnings, get_agent, longest_waits, team_view
from app.people.config import announce_config
from app.people.invitations import check_teams
from app.people.permissions import Permission, require
from app.people.presence import announce_presence
from app.people.team_routing import join_teams
from app.text import clean_line
from app.work import Work
from models import Agent, Team


async def save_agent(work: Work, agent: SignedInAgent, agent_id: str, asked: SaveAgent) -> AgentView:
    """Replace an agent's name, role and teams. Archived teams they are in stay.

    Raises Forbidden for one's own role, Conflict for the role of the last active admin, NotFound, Invalid without a name.
    """
    require(Permission.SET_PEOPLE, agent)
    name = clean_line(asked.name)
    if not name:
        raise Invalid("An agent needs a name.")
    before = await get_agent(work, agent_id, work.now)
    if before.role != asked.role:
        if agent_id == agent.id:
            raise Forbidden("Ask another admin to change your own role.")
        if before.role == "admin":
            await keep_an_admin(work, agent, agent_id)
    await check_teams(work, asked.team_ids)
    await work.change(update(Agent).where(Agent.id == agent_id).values(name=name, role=asked.role))
    await join_teams(work, agent_id, asked.team_ids)
    names = {team.id: team.name for team in await work.all(select(Team))}
    was = {"name": before.name, "role": before.role, "teams": sorted(names[id] for id in before.team_ids)}
    now = {"name": name, "role": asked.role, "teams": sorted(names[id] for id in asked.team_ids)}
    record(work, agent, "agent.save", agent_id=agent_id, before=was, after=now)
    announce_warnings(work)
    announce_config(work, "people")
    return await announce_presence(work, agent_id)


async def reactivate_agent(work: Work, agent: SignedInAgent, agent_id: str) -> AgentView:
    """Let a suspended agent sign in again, with the password, role and teams they had. Raises NotFound."""
    require(Permission.SET_PEOPLE, agent)
    suspended = update(Agent).where(Agent.id == agent_id, Agent.is_active.is_(False))
    if not await work.change(suspended.values(is_active=True, presence_since=work.now)):
        raise NotFound("suspended agent", agent_id)
    record(work, agent, "agent.reactivate", agent_id=agent_id)
    announce_warnings(work)
    announce_config(work, "people")
    view = await get_agent(work, agent_id, work.now)
    work.announce(PresenceChanged(agent=view), to=ToAllAgents())
    return view


async def set_own_name(work: Work, agent: SignedInAgent, name: str) -> AgentView:
    """Change one's own name. Raises Invalid for an empty one."""
    name = clean_line(name)
    if not name:
        raise Invalid("Enter a name.")
    await work.change(update(Agent).where(Agent.id == agent.id).values(name=name))
    record(work, agent, "profile.name", agent_id=agent.id, before={"name": agent.name}, after={"name": name})
    announce_config(work, "people")
    return await announce_presence(work, agent.id)


async def rename_team(work: Work, agent: SignedInAgent, team_id: str, asked: RenameTeam) -> TeamView:
    """Rename a team. Raises Invalid without a name, Conflict when it is taken, NotFound."""
    require(Permission.SET_PEOPLE, agent)
    name = clean_line(asked.name)
    if not name:
        raise Invalid("A team needs a name.")
    if await work.one(select(Team.id).where(Team.name == name, Team.id != team_id)):
        raise Conflict("A team with this name already exists.")
    before = await work.one(select(Team.name).where(Team.id == team_id).with_for_update(key_share=True))
    return await _change_team(work, agent, team_id, "team.rename", {"name": before}, {"name": name})


async def restore_team(work: Work, agent: SignedInAgent, team_id: str) -> TeamView:
    """Offer an archived team again, with the members it had. Raises NotFound."""
    require(Permission.SET_PEOPLE, agent)
    return await _change_team(work, agent, team_id, "team.restore", None, {"archived_at": None})


async def _change_team(
    work: Work,
    agent: SignedInAgent,
    team_id: str,
    action: str,
    before: Mapping[str, str | None] | None,
    values: Mapping[str, str | None],
) -> TeamView:
    team = await work.one(update(Team).where(Team.id == team_id).values(**values).returning(Team))
    if team is None:
        raise NotFound("team", team_id)
    record(work, agent, action, team_id=team_id, name=team.name, before=before, after=values if before else None)
    announce_warnings(work)
    announce_config(work, "people")
    return team_view(team, (await longest_waits(work)).get(team_id))
