"""Availability of an inbox to its visitors: whether they can count on an answer now, from whom, and how soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.contract.inboxes import InboxAvailability
from app.sla.hours_store import opening_of
from app.visiting.proactive import who_is_there
from app.work import Rows
from models import Agent, Assignment, Inbox

MAX_NAMES = 4


async def availability_of(rows: Rows, inbox: Inbox, now: datetime) -> InboxAvailability:
    """Return the inbox's availability as its widgets are told it."""
    opening = await opening_of(rows, inbox.hours_id, now)
    is_open = opening.is_open and inbox.archived_at is None
    names = await rows.all(who_is_there(inbox, now).order_by(Agent.name, Agent.id).limit(MAX_NAMES)) if is_open else []
    return InboxAvailability(
        is_open=opening.is_open,
        is_staffed=bool(names),
        opens_at=opening.opens_at,
        reply_seconds=await _reply_seconds(rows, inbox, now),
        agent_names=list(names),
    )


async def _reply_seconds(rows: Rows, inbox: Inbox, now: datetime) -> int | None:
    """Return the median wait of the last day's routed chats, or None when there were too few to promise anything."""
    of_team = Assignment.team_id == inbox.team_id if inbox.team_id else Assignment.team_id.is_(None)
    recent = await rows.all(
        select(Assignment.waited_seconds)
        .where(of_team, Assignment.waited_seconds.is_not(None), Assignment.started_at > now - timedelta(days=1))
        .order_by(Assignment.started_at.desc())
        .limit(50)
    )
    waits = sorted(wait for wait in recent if wait is not None)
    return round(waits[len(waits) // 2]) if len(waits) >= 5 else None
