"""When a queue needs somebody: set by supervisors, one row a team, sensible without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, literal, select

from app.contract.views import ThresholdsView
from app.work import Rows
from models import TeamThresholds
from models.base import UtcDateTime

DEFAULT = ThresholdsView(waiting_count=10, longest_seconds=300, p90_seconds=300, answer_seconds=120)
NEAR = 0.8
"""From this part of a threshold on, a figure is near it."""

Thresholds = Mapping[str, ThresholdsView]


async def thresholds_of(rows: Rows) -> Thresholds:
    """Team to what was set for it; a team that is not in it has DEFAULT."""
    return {
        row.team_id: ThresholdsView(
            waiting_count=row.waiting_count,
            longest_seconds=row.longest_seconds,
            p90_seconds=row.p90_seconds,
            answer_seconds=row.answer_seconds,
        )
        for row in await rows.all(select(TeamThresholds))
    }


def risky_before(thresholds: Thresholds, team_id: SQLColumnExpression[Any], now: datetime) -> ColumnElement[Any]:
    """As SQL: whoever began to wait by then is at risk, by the team's own threshold."""

    def cutoff(of: ThresholdsView) -> ColumnElement[Any]:
        return literal(now - risk_after(of), UtcDateTime())

    if not thresholds:
        return cutoff(DEFAULT)
    return case(*((team_id == id, cutoff(of)) for id, of in thresholds.items()), else_=cutoff(DEFAULT))


def promised_seconds(thresholds: Thresholds, team_id: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """As SQL: how soon a first answer is promised, by the team's own threshold."""
    if not thresholds:
        return literal(DEFAULT.answer_seconds)
    return case(*((team_id == id, literal(of.answer_seconds)) for id, of in thresholds.items()), else_=DEFAULT.answer_seconds)


def risk_after(thresholds: ThresholdsView) -> timedelta:
    """How long one may wait before they are at risk."""
    return timedelta(seconds=NEAR * thresholds.longest_seconds)
