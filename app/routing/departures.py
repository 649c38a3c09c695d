"""Agents who are suspended and teams that are archived: what they hold goes on to others, in the same transaction."""

from __future__ import annotations

from sqlalchemy import select, update

from app.activity.record import record
from app.contract.people import AgentView, ArchiveTeam
from app.conversations.announcements import announce_conversations
from app.conversations.assignments.history import AssignmentRecord, begin_assignments
from app.conversations.recorded_facts import facts_of, record_change
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.admins import keep_an_admin
from app.people.agents import announce_warnings
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.people.team_routing import deactivate_agent
from app.routing.dispatch import hand_on
from app.routing.team_use import uses_of_teams
from app.work import Work
from models import Conversation, Team

STILL_OPEN = ("new", "open", "waiting")


async def suspend_agent(work: Work, agent: SignedInAgent, agent_id: str) -> AgentView:
    """Suspend an agent: signed out everywhere, and what they hold goes back to the head of its queue.

    Raises Forbidden for oneself, Conflict for the last active admin, NotFound for one who is not active.
    """
    require(Permission.SET_PEOPLE, agent)
    if agent_id == agent.id:
        raise Forbidden("You cannot suspend yourself. Ask another admin.")
    await keep_an_admin(work, agent, agent_id)
    view = await deactivate_agent(work, agent, agent_id)
    await hand_on(work, [agent_id], "deactivated", all_of_it=True, by=agent)
    record(work, agent, "agent.suspend", agent_id=agent_id, returned=view.load)
    announce_config(work, "people")
    return view


async def archive_team(work: Work, agent: SignedInAgent, team_id: str, asked: ArchiveTeam) -> int:
    """Offer a team nowhere any more; its open conversations go to another team, or to everyone. How many went.

    Raises Conflict, naming them, while inboxes or rules send conversations to it; NotFound for an unknown team.
    """
    require(Permission.SET_PEOPLE, agent)
    if asked.move_to == team_id:
        raise Invalid("Choose another team for its open conversations.")
    if asked.move_to and not await work.one(select(Team.id).where(Team.id == asked.move_to, Team.archived_at.is_(None))):
        raise NotFound("team", asked.move_to)
    use = (await uses_of_teams(work)).get(team_id)
    if use is not None and (use.inbox_names or use.rule_names):
        named = [*(f"inbox {name}" for name in use.inbox_names), *(f"rule {name}" for name in use.rule_names)]
        raise Conflict(f"Still used by {', '.join(named)}. Give them another team first.")
    archiving = update(Team).where(Team.id == team_id, Team.archived_at.is_(None))
    name = await work.one(archiving.values(archived_at=work.now).returning(Team.name))
    if name is None:
        raise NotFound("team", team_id)
    moved = await work.all(
        update(Conversation)
        .where(Conversation.team_id == team_id, Conversation.category.in_(STILL_OPEN))
        .values(team_id=asked.move_to, rev=Conversation.rev + 1, changed_at=work.now)
        .returning(Conversation)
        .execution_options(synchronize_session=False)
    )
    for one in moved:
        before = facts_of(one) | {"team_id": team_id}
        record_change(work, agent, "conversation.transfer", before, one, cause=f"team.archive:{team_id}", team_id=asked.move_to)
    queued = [one for one in moved if one.agent_id is None]
    await begin_assignments(work, [AssignmentRecord(one, "transferred", {}) for one in queued], agent.id)
    await announce_conversations(work, moved)
    record(work, agent, "team.archive", team_id=team_id, name=name, moved=len(moved))
    announce_warnings(work)
    announce_config(work, "people")
    return len(moved)
