"""Last agent of a contact, so that contacts need not repeat themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.work import Rows
from models import Assignment, Conversation

REMEMBERED = timedelta(days=30)
LOOKED_AT = 4
CAME_BACK = ("reopened", "agent_left")
"""Why a conversation may stand in the queue without anybody having wanted it to leave its agent."""


async def last_agents(rows: Rows, now: datetime, waiting: Sequence[Conversation]) -> dict[str, str]:
    """By contact, the agent who last had one of their conversations. Nobody, when that agent (or a colleague, by hand) has
    just sent this one away, declined it or let it pass."""
    contacts = {conversation.contact_id for conversation in waiting}
    if not contacts:
        return {}
    newest_first = (Assignment.started_at.desc(), Assignment.id.desc())
    latest = aliased(Assignment)
    of_conversation = (  # or one that went from hand to hand a hundred times would have all of them read
        select(latest.id)
        .where(latest.conversation_id == Conversation.id)
        .order_by(latest.started_at.desc(), latest.id.desc())
        .limit(LOOKED_AT)
        .correlate(Conversation)
        .scalar_subquery()
    )
    place = func.row_number().over(partition_by=Conversation.contact_id, order_by=newest_first).label("place")
    numbered = (
        select(Conversation.contact_id, Assignment.agent_id, Assignment.reason, Assignment.outcome, Assignment.id, place)
        .join(Assignment, Assignment.id.in_(of_conversation))
        .where(Conversation.contact_id.in_(contacts), Assignment.started_at >= now - REMEMBERED)
        .subquery()
    )
    found = await rows.rows(
        select(numbered.c.contact_id, numbered.c.agent_id, numbered.c.reason, numbered.c.outcome)
        .where(numbered.c.place <= LOOKED_AT)
        .order_by(numbered.c.place)
    )
    last: dict[str, str | None] = {}
    for contact_id, agent_id, reason, outcome in found:
        if contact_id in last or (agent_id is None and reason in CAME_BACK):
            continue
        last[contact_id] = agent_id if outcome in (None, "accepted") else None
    return {contact_id: agent_id for contact_id, agent_id in last.items() if agent_id}
