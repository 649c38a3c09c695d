"""The timeline of a conversation: its changes in their order, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.activity.changes import UNSEEN, activity_view
from app.contract.activity import ActivityView, TimelineNameView, TimelinePage
from app.conversations.access import access_conversation_to_read
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Rows
from models import Activity, Agent, Team

MAX_PAGE = 200


async def read_timeline(
    rows: Rows, agent: SignedInAgent, conversation_id: str, before: str | None = None, limit: int = 100
) -> TimelinePage:
    """Return the newest changes, or those before an id. Raises NotFound as the conversation itself does."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    await access_conversation_to_read(rows, agent, conversation_id)
    limit = max(1, min(limit, MAX_PAGE))
    mine = select(Activity).where(Activity.conversation_id == conversation_id, Activity.action.not_in(UNSEEN))
    if before:
        mine = mine.where(Activity.id < before)
    found = await rows.all(mine.order_by(Activity.id.desc()).limit(limit + 1))
    page = [activity_view(row) for row in reversed(found[:limit])]
    earlier = page[0].id if len(found) > limit else None
    return TimelinePage(activities=page, names=await _names_in(rows, page), earlier=earlier)


async def _names_in(rows: Rows, page: Sequence[ActivityView]) -> list[TimelineNameView]:
    """Return the names of all agents and teams that changes speak of; they may be suspended or archived by now."""
    agent_ids = _ids(value for one in page for value in (*_values_of(one, "agent_id"), one.agent_id))
    team_ids = _ids(value for one in page for value in (*_values_of(one, "team_id"), one.team_id))
    agents = await rows.rows(select(Agent.id, Agent.name).where(Agent.id.in_(agent_ids))) if agent_ids else []
    teams = await rows.rows(select(Team.id, Team.name).where(Team.id.in_(team_ids))) if team_ids else []
    return [TimelineNameView(id=id, name=name) for id, name in [*agents, *teams]]


def _values_of(one: ActivityView, field: str) -> list[str | None]:
    return [value for change in one.changes if change.name == field for value in (change.before, change.after)]


def _ids(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})
