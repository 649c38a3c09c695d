"""Candidates for a team's conversations, as the rows stand now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.people.load import Load, loads_of
from app.routing.next_agent import Candidate
from app.work import Rows
from models import Agent, TeamMember

NOBODY = Load()


async def candidates_of(
    rows: Rows, now: datetime, team_id: str | None, agent_ids: Sequence[str] | None = None
) -> list[Candidate]:
    """Active agents of a team (of none: everybody), or of all teams those with these ids; by id."""
    wanted = select(
        Agent.id,
        Agent.name,
        Agent.presence,
        Agent.lease_until,
        Agent.capacity,
        Agent.last_assigned_at,
        Agent.skills,
        Agent.languages,
        Agent.channel_capacity,
        Agent.takes_chats,
    ).where(Agent.is_active)
    if agent_ids is not None:
        wanted = wanted.where(Agent.id.in_(agent_ids))
    elif team_id:
        wanted = wanted.join(TeamMember, TeamMember.agent_id == Agent.id).where(TeamMember.team_id == team_id)
    found = await rows.rows(wanted.order_by(Agent.id))
    team = select(TeamMember.agent_id).where(TeamMember.team_id == team_id)
    loads = await loads_of(rows, now, team if agent_ids is None and team_id else agent_ids)
    return [
        Candidate(
            agent_id=id,
            name=name,
            presence=presence,
            has_lease=lease_until is not None and lease_until > now,
            load=loads.get(id, NOBODY).weight,
            capacity=capacity,
            last_assigned_at=last_assigned_at,
            skills=skills or [],
            languages=languages or [],
            channels=loads.get(id, NOBODY).channels,
            channel_capacity=channel_capacity or {},
            takes_chats=takes_chats is not False,
        )
        for id, name, presence, lease_until, capacity, last_assigned_at, skills, languages, channel_capacity, takes_chats in found
    ]
