"""Figures for those who watch: the wall now, recounted from the rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.contract.views import AgentView, QueueWallView, WallView
from app.people.agents import list_agents, list_teams
from app.work import Rows
from models import Conversation

NO_TEAM = "No team"


async def wall_view(rows: Rows, now: datetime) -> WallView:
    """Every queue and every agent as they are now, and the day (UTC) so far."""
    open_ones = Conversation.category.in_(("new", "open"))
    waiting = {
        team_id: (count, oldest)
        for team_id, count, oldest in await rows.rows(
            select(Conversation.team_id, func.count(), func.min(Conversation.queued_at))
            .where(open_ones, Conversation.agent_id.is_(None))
            .group_by(Conversation.team_id)
        )
    }
    held = {  # noqa: C416 - to the type checker a row is no pair
        team_id: count
        for team_id, count in await rows.rows(
            select(Conversation.team_id, func.count())
            .where(open_ones, Conversation.agent_id.is_not(None))
            .group_by(Conversation.team_id)
        )
    }
    agents = await list_agents(rows, now)
    names: dict[str | None, str] = {team.id: team.name for team in await list_teams(rows)}
    if None in waiting or None in held or not names:
        names[None] = NO_TEAM
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return WallView(
        queues=[
            QueueWallView(
                team_id=team_id,
                name=name,
                waiting_count=waiting.get(team_id, (0, None))[0],
                oldest_waiting_at=waiting.get(team_id, (0, None))[1],
                open_count=held.get(team_id, 0),
                online_count=sum(_serves(agent, team_id) for agent in agents),
            )
            for team_id, name in names.items()
        ],
        agents=agents,
        opened_today=await rows.one(select(func.count()).select_from(Conversation).where(Conversation.created_at >= midnight))
        or 0,
        resolved_today=await rows.one(select(func.count()).select_from(Conversation).where(Conversation.resolved_at >= midnight))
        or 0,
        made_at=now,
    )


def _serves(agent: AgentView, team_id: str | None) -> bool:
    return agent.presence == "online" and (team_id is None or team_id in agent.team_ids)
