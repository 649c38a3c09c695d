"""Overview of people and teams for admins: who is who, who was invited, and what each team is used for."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import func, select

from app.contract.people import PeoplePage, PersonView, TeamUseView
from app.contract.values import Role
from app.people.actors import SignedInAgent
from app.people.invitations import list_invitations
from app.people.load import loads_of
from app.people.permissions import Permission, require
from app.routing.rule_store import rule_of
from app.work import Rows
from models import Agent, AgentSession, Conversation, Inbox, RoutingRule, Team, TeamMember

QUEUED = ("new", "open")
STILL_OPEN = ("new", "open", "waiting")


async def people_page(rows: Rows, agent: SignedInAgent, now: datetime, *, is_mailing: bool) -> PeoplePage:
    """Return everything the People page shows, in a fixed number of queries."""
    require(Permission.SET_PEOPLE, agent)
    loads = await loads_of(rows, now)
    seen_at = func.max(func.coalesce(AgentSession.last_seen_at, AgentSession.created_at))
    seen = dict(await rows.rows(select(AgentSession.agent_id, seen_at).group_by(AgentSession.agent_id)))
    teams: dict[str, list[str]] = {}
    for team_id, agent_id in await rows.rows(select(TeamMember.team_id, TeamMember.agent_id)):
        teams.setdefault(agent_id, []).append(team_id)
    people = [
        PersonView(
            id=one.id,
            name=one.name,
            email=one.email,
            role=cast(Role, one.role),
            team_ids=teams.get(one.id, []),
            is_active=one.is_active,
            open_count=loads[one.id].count if one.id in loads else 0,
            last_seen_at=seen.get(one.id),
            created_at=one.created_at,
        )
        for one in await rows.all(select(Agent).order_by(Agent.name, Agent.id))
    ]
    uses = await uses_of_teams(rows)
    return PeoplePage(people=people, invitations=await list_invitations(rows), teams=list(uses.values()), is_mailing=is_mailing)


async def uses_of_teams(rows: Rows) -> dict[str, TeamUseView]:
    """Return each team by id, in the order of their names, with what sends conversations to it."""
    inboxes: dict[str, list[str]] = {}
    for team_id, name in await rows.rows(select(Inbox.team_id, Inbox.name).order_by(Inbox.name)):
        if team_id is not None:
            inboxes.setdefault(team_id, []).append(name)
    rules: dict[str, list[str]] = {}
    for row in await rows.all(select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id)):
        rule = rule_of(row)
        for team_id in {rule.actions.team_id, *(step.team_id for step in rule.actions.overflow)} - {None}:
            rules.setdefault(str(team_id), []).append(rule.name)
    active = select(TeamMember.team_id, func.count()).join(Agent, Agent.id == TeamMember.agent_id).where(Agent.is_active)
    members = dict(await rows.rows(active.group_by(TeamMember.team_id)))
    counting = select(Conversation.team_id, func.count()).group_by(Conversation.team_id)
    open_now = dict(await rows.rows(counting.where(Conversation.category.in_(STILL_OPEN))))
    queued = counting.where(Conversation.agent_id.is_(None), Conversation.category.in_(QUEUED))
    waiting = dict(await rows.rows(queued))
    return {
        team.id: TeamUseView(
            id=team.id,
            name=team.name,
            is_archived=team.archived_at is not None,
            member_count=members.get(team.id, 0),
            waiting_count=waiting.get(team.id, 0),
            open_count=open_now.get(team.id, 0),
            inbox_names=inboxes.get(team.id, []),
            rule_names=rules.get(team.id, []),
        )
        for team in await rows.all(select(Team).order_by(Team.name))
    }
