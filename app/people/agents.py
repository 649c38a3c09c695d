"""Agents and teams: adding them, and how they look to colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack, cast

from sqlalchemy import select

from app.activity.record import record
from app.clock import new_id
from app.contract.audiences import ToAllAgents, ToSupervisors
from app.contract.people import AgentView, ChannelCapacityView, TeamView
from app.contract.presence import PresenceChanged
from app.contract.values import Channel, Presence, Role, RoutingMode
from app.contract.warnings import WarningsChanged
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import Staff
from app.people.config import announce_config
from app.people.load import Load, loads_of
from app.people.permissions import Permission, require
from app.text import clean_line
from app.work import Rows, Work
from models import Agent, Team, TeamMember, TeamThresholds

LONGEST_SECONDS = 300
"""What is too long to wait where a team has set nothing."""
IDLE_SECONDS = 600
"""After how long without a touch a new agent's browser says they are idle, until they choose otherwise."""


class NewAgent(TypedDict):
    """Fields of an agent to be added. Agents begin as taking chats, supervisors and admins do not unless it is said."""

    name: str
    email: str
    password_hash: str
    role: Role
    capacity: int
    team_ids: NotRequired[Sequence[str]]
    takes_chats: NotRequired[bool | None]


async def add_agent(work: Work, actor: Staff, **asked: Unpack[NewAgent]) -> AgentView:
    """Add an agent, away until they come. Raises as `open_account` does."""
    require(Permission.SET_PEOPLE, actor)
    view = await open_account(work, **asked)
    record(work, actor, "agent.add", agent_id=view.id, role=view.role)
    announce_config(work, "people")
    return view


async def open_account(work: Work, **asked: Unpack[NewAgent]) -> AgentView:
    """Add an agent's row for someone who is entitled to it: by `add_agent`, or by an invitation.

    Raises Invalid without a name, Conflict when the address is taken, NotFound for an unknown team.
    """
    email, name, role = clean_line(asked["email"]).lower(), clean_line(asked["name"]), asked["role"]
    team_ids, takes_chats = asked.get("team_ids", ()), asked.get("takes_chats")
    if not name:
        raise Invalid("An agent needs a name.")
    if await work.one(select(Agent.id).where(Agent.email == email)):
        raise Conflict("An agent already uses this email address.")
    for team_id in team_ids:
        if not await work.one(select(Team.id).where(Team.id == team_id)):
            raise NotFound("team", team_id)
    agent = await work.add(
        Agent(
            id=new_id(),
            name=name,
            email=email,
            password_hash=asked["password_hash"],
            role=role,
            capacity=asked["capacity"],
            takes_chats=role == "agent" if takes_chats is None else takes_chats,
            is_active=True,
            idle_seconds=IDLE_SECONDS,
            presence="online",
            presence_since=work.now,
            created_at=work.now,
        )
    )
    for team_id in team_ids:
        await work.add(TeamMember(team_id=team_id, agent_id=agent.id))
    view = agent_view(agent, list(team_ids), Load(), work.now)
    work.announce(PresenceChanged(agent=view), to=ToAllAgents())
    announce_warnings(work)
    return view


async def add_team(work: Work, actor: Staff, name: str) -> TeamView:
    """Add a team. Raises Invalid without a name, Conflict when the name is taken."""
    require(Permission.SET_PEOPLE, actor)
    name = clean_line(name)
    if not name:
        raise Invalid("A team needs a name.")
    if taken := await work.one(select(Team).where(Team.name == name)):
        raise Conflict(
            "An archived team has this name. Restore it, or choose another name."
            if taken.archived_at
            else "A team with this name already exists."
        )
    team = await work.add(Team(id=new_id(), name=name, created_at=work.now))
    record(work, actor, "team.add", team_id=team.id, name=name)
    announce_config(work, "people")
    return team_view(team, None)


def announce_warnings(work: Work) -> None:
    """Announce that the warnings of supervisors may have changed with who serves what."""
    work.announce(WarningsChanged(), to=ToSupervisors())


async def list_agents(
    rows: Rows, now: datetime, *, agent_ids: Sequence[str] | None = None, loads: Mapping[str, Load] | None = None
) -> list[AgentView]:
    """Active agents by name, each with presence, load and teams; only those with these ids. Who knows their loads gives them."""
    wanted = select(Agent).where(Agent.is_active).order_by(Agent.name)
    members = select(TeamMember.team_id, TeamMember.agent_id)
    if agent_ids is not None:
        wanted, members = wanted.where(Agent.id.in_(agent_ids)), members.where(TeamMember.agent_id.in_(agent_ids))
    if loads is None:
        loads = await loads_of(rows, now, agent_ids)
    teams: dict[str, list[str]] = {}
    for team_id, member_id in await rows.rows(members):
        teams.setdefault(member_id, []).append(team_id)
    return [agent_view(agent, teams.get(agent.id, []), loads.get(agent.id, Load()), now) for agent in await rows.all(wanted)]


async def get_agent(rows: Rows, agent_id: str, now: datetime) -> AgentView:
    """One active agent. Raises NotFound."""
    for agent in await list_agents(rows, now, agent_ids=[agent_id]):
        return agent
    raise NotFound("agent", agent_id)


async def list_teams(rows: Rows) -> list[TeamView]:
    """Every team that is not archived, by name."""
    set_seconds = await longest_waits(rows)
    offered = await rows.all(select(Team).where(Team.archived_at.is_(None)).order_by(Team.name))
    return [team_view(team, set_seconds.get(team.id)) for team in offered]


async def longest_waits(rows: Rows) -> dict[str, int]:
    """Team to how many seconds of waiting are too long, where that was set."""
    return dict(await rows.rows(select(TeamThresholds.team_id, TeamThresholds.longest_seconds)))


def agent_view(agent: Agent, team_ids: list[str], load: Load, now: datetime) -> AgentView:
    """The agent as colleagues see them at `now`."""
    is_here = agent.lease_until is not None and agent.lease_until > now
    capacities = agent.channel_capacity or {}
    return AgentView(
        id=agent.id,
        name=agent.name,
        email=agent.email,
        role=cast(Role, agent.role),
        presence=cast(Presence, agent.presence) if is_here else "offline",
        presence_since=agent.presence_since,
        reason=(agent.presence_reason or "") if is_here else "",
        is_idle=bool(agent.is_idle) and is_here,
        forced_by_id=agent.presence_by_id if is_here else None,
        load=load.count,
        weight=load.weight,
        capacity=agent.capacity,
        takes_chats=agent.takes_chats is not False,
        channel_capacity=[
            ChannelCapacityView(channel=cast(Channel, channel), capacity=capacity)
            for channel, capacity in sorted(capacities.items())
        ],
        skills=list(agent.skills or []),
        languages=list(agent.languages or []),
        idle_seconds=agent.idle_seconds,
        team_ids=team_ids,
    )


def team_view(team: Team, longest_seconds: int | None) -> TeamView:
    """The team as agents see it."""
    return TeamView(
        id=team.id,
        name=team.name,
        mode=cast(RoutingMode, team.mode or "least_load"),
        accept_seconds=team.accept_seconds or 0,
        lead_id=team.lead_id,
        takes_on_reply=team.takes_on_reply is not False,
        longest_seconds=longest_seconds,
    )
