"""The wall: every queue, every agent and the day so far."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from app.contract.people import AgentView
from app.contract.values import Unserved
from app.contract.wall import AgentWallView, QueueWallView, WallView
from app.people.agents import list_agents, list_teams
from app.reports import today
from app.reports.queues import Open, Unanswered, Waiting, chats_by_agent, count_open
from app.reports.sla_now import SlaNow, sla_by_team
from app.reports.stuck import stuck_conversations
from app.reports.thresholds import DEFAULT, Thresholds, risk_after, thresholds_of
from app.reports.today import Answers, Promises, Waits, midnight_of
from app.work import Rows

NO_TEAM = "No team"


CountOpen = Callable[[Rows, Thresholds, datetime], Awaitable[Open]]


async def wall_view(rows: Rows, now: datetime, count: CountOpen = count_open) -> WallView:
    """Everything a supervisor watches. Times are for the reader to count from: nothing on the wall moves by itself
    except who is at risk, and `repaint_at` says when. `count` says what is open."""
    midnight = midnight_of(now)
    thresholds = await thresholds_of(rows)
    open_now = await count(rows, thresholds, now)
    waiting, unanswered, held = open_now.waiting, open_now.unanswered, open_now.held
    chats = await chats_by_agent(rows, held)
    waits = await today.waits_by_team(rows, midnight)
    answers = await today.answers_by_team(rows, thresholds, midnight)
    abandoned = await today.abandoned_by_team(rows, midnight)
    promises = await today.promises_by_team(rows, midnight)
    sla = await sla_by_team(rows, now)
    missed = await today.missed_by_agent(rows, midnight)
    agents = await list_agents(rows, now, loads=open_now.loads)
    names: dict[str | None, str] = {team.id: team.name for team in await list_teams(rows)}
    if not names or any(
        None in figures for figures in (waiting, unanswered, held.by_team, waits, answers, abandoned, promises, sla)
    ):
        names[None] = NO_TEAM

    def queue(team_id: str | None, name: str) -> QueueWallView:
        here, answered = waiting.get(team_id, Waiting()), answers.get(team_id, Answers())
        late = unanswered.get(team_id, Unanswered())
        wait, limits = waits.get(team_id, Waits()), thresholds.get(team_id or "", DEFAULT)
        return QueueWallView(
            team_id=team_id,
            name=name,
            waiting_count=here.count,
            unserved=_why_unserved(agents, team_id) if here.count else None,
            oldest_waiting_at=here.oldest_at,
            at_risk_count=here.risky_count,
            next_at_risk_at=here.next_queued_at + risk_after(limits) if here.next_queued_at else None,
            open_count=held.by_team.get(team_id, 0),
            online_count=sum(_serves(agent, team_id) for agent in agents),
            wait_p50_seconds=wait.p50,
            wait_p90_seconds=wait.p90,
            abandoned_today=abandoned.get(team_id, 0),
            answered_today=answered.count,
            answered_in_time_today=answered.in_time_count,
            unanswered_late_count=late.late_count,
            next_late_at=late.next_created_at + timedelta(seconds=limits.answer_seconds) if late.next_created_at else None,
            promised_today=promises.get(team_id, Promises()).count,
            kept_today=promises.get(team_id, Promises()).kept_count,
            sla_late_count=sla.get(team_id, SlaNow()).late_count,
            sla_at_risk_count=sla.get(team_id, SlaNow()).at_risk_count,
            thresholds=limits,
        )

    return WallView(
        queues=[queue(team_id, name) for team_id, name in names.items()],
        stuck=await stuck_conversations(rows, agents, waiting),
        agents=[
            AgentWallView(
                agent=agent,
                missed_today=missed.get(agent.id, 0),
                chat_count=held.by_agent.get(agent.id, 0),
                chats=chats.get(agent.id, []),
            )
            for agent in agents
        ],
        csat=await today.satisfaction(rows, midnight),
        opened_today=await today.opened_since(rows, midnight),
        resolved_today=await today.resolved_since(rows, midnight),
        made_at=now,
    )


def repaint_at(wall: WallView) -> datetime:
    """When the wall changes without anything happening: somebody has waited too long, or the day is over."""
    risks = [at for queue in wall.queues for at in (queue.next_at_risk_at, queue.next_late_at) if at]
    return min([*risks, midnight_of(wall.made_at) + timedelta(days=1)])


def _why_unserved(agents: Sequence[AgentView], team_id: str | None) -> Unserved | None:
    members = [agent for agent in agents if team_id is None or team_id in agent.team_ids]
    able = [agent for agent in members if agent.capacity > 0 and agent.takes_chats]
    if not members:
        return "no_members"
    if not able:
        return "no_capacity"
    return None if any(agent.presence == "online" for agent in able) else "nobody_online"


def _serves(agent: AgentView, team_id: str | None) -> bool:
    return agent.presence == "online" and agent.takes_chats and (team_id is None or team_id in agent.team_ids)
