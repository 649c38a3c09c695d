"""Changes admins make to agents and teams, and agents to themselves."""

from __future__ import annotations

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
    record(
        work,
        agent,
        "agent.save",
        agent_id=agent_id,
        name=name if name != before.name else None,
        role=asked.role if asked.role != before.role else None,
        teams=len(asked.team_ids) if set(asked.team_ids) != set(before.team_ids) else None,
    )
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
    record(work, agent, "profile.name", agent_id=agent.id, name=name)
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
    return await _change_team(work, agent, team_id, "team.rename", name=name)


async def restore_team(work: Work, agent: SignedInAgent, team_id: str) -> TeamView:
    """Offer an archived team again, with the members it had. Raises NotFound."""
    require(Permission.SET_PEOPLE, agent)
    return await _change_team(work, agent, team_id, "team.restore", archived_at=None)


async def _change_team(work: Work, agent: SignedInAgent, team_id: str, action: str, **values: str | None) -> TeamView:
    team = await work.one(update(Team).where(Team.id == team_id).values(**values).returning(Team))
    if team is None:
        raise NotFound("team", team_id)
    record(work, agent, action, team_id=team_id, name=team.name)
    announce_warnings(work)
    announce_config(work, "people")
    return team_view(team, (await longest_waits(work)).get(team_id))
