"""SLA clocks of open conversations by team, from the clock that is due first on each row: one pass over an index."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import case, func, select

from app.work import Rows
from models import Conversation
from models.conversation import IS_PROMISED


class SlaNow(Struct, frozen=True):
    """Conversations of one team with a missed clock that is still open, and those with a warning and time left."""

    late_count: int = 0
    at_risk_count: int = 0


async def sla_by_team(rows: Rows, now: datetime) -> dict[str | None, SlaNow]:
    """Count what is late and what is at risk by team."""
    is_late = Conversation.next_due_at <= now
    is_warned = Conversation.next_warn_at <= now
    found = await rows.rows(
        select(
            Conversation.team_id,
            func.sum(case((is_late, 1), else_=0)),
            func.sum(case((is_late, 0), (is_warned, 1), else_=0)),
        )
        .where(IS_PROMISED)
        .group_by(Conversation.team_id)
    )
    return {team_id: SlaNow(late, risk) for team_id, late, risk in found if late or risk}
