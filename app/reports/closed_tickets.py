"""Tickets closed over time: how many in each day, week or month of a reader's time zone, in one read along an index."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select, union_all

from app.contract.work_list import ClosedBar, ClosedTickets, Step
from app.conversations.access import visible_to
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.sla.calendar import zone_of
from app.work import Rows
from models import Conversation
from models.conversation import IS_ENDED_TICKET

STEPS: dict[Step, int] = {"day": 30, "week": 26, "month": 24}
"""How many of each are shown."""


async def closed_tickets(rows: Rows, agent: SignedInAgent, step: Step, zone: str, now: datetime) -> ClosedTickets:
    """Count the tickets closed in each of the latest steps. Raises Invalid for a time zone that there is not."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    bounds = bounds_of(step, zone_of(zone), now)
    each = [
        select(literal(place).label("place"), func.count().label("number"))
        .select_from(Conversation)
        .where(visible_to(agent), IS_ENDED_TICKET, Conversation.ticket_closed_at >= start, Conversation.ticket_closed_at < end)
        for place, (start, end) in enumerate(itertools.pairwise(bounds))
    ]
    statement: Any = union_all(*each)
    counted: dict[int, int] = dict(await rows.rows_beside(statement))
    bars = [
        ClosedBar(starts_at=start, ends_at=end, count=counted.get(place, 0))
        for place, (start, end) in enumerate(itertools.pairwise(bounds))
    ]
    return ClosedTickets(step=step, bars=bars)


def bounds_of(step: Step, zone: ZoneInfo, now: datetime) -> list[datetime]:
    """Return the moments at which the latest steps begin, and the one at which the last of them ends."""
    today = now.astimezone(zone).date()
    first = {"day": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}[step]
    starts = [_moved(step, first, by - STEPS[step] + 1) for by in range(STEPS[step] + 1)]
    return [datetime.combine(day, time(), zone).astimezone(now.tzinfo) for day in starts]


def _moved(step: Step, day: date, by: int) -> date:
    if step == "month":
        months = day.year * 12 + day.month - 1 + by
        return date(months // 12, months % 12 + 1, 1)
    return day + timedelta(days=by * (7 if step == "week" else 1))
