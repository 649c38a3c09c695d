"""When a queue needs somebody: set by supervisors, one row a team, sensible without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, SQLColumnExpression, case, literal, select, update

from app.activity.record import record
from app.contract.audiences import ToAllAgents
from app.contract.wall import SetThresholds, ThresholdsChanged, ThresholdsView
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.agents import LONGEST_SECONDS
from app.people.permissions import Permission, require
from app.work import Rows, Work
from models import Team, TeamThresholds
from models.base import UtcDateTime

DEFAULT = ThresholdsView(waiting_count=10, longest_seconds=LONGEST_SECONDS, p90_seconds=300, answer_seconds=120)
NEAR = 0.8
"""From this part of a threshold on, a figure is near it."""

Thresholds = Mapping[str, ThresholdsView]


async def set_thresholds(work: Work, supervisor: SignedInAgent, command: SetThresholds) -> None:
    """Set them for a team, on every wall. Raises NotFound for a team that is not."""
    require(Permission.SET_THRESHOLDS, supervisor)
    if await work.one(select(Team.id).where(Team.id == command.team_id)) is None:
        raise NotFound("team", command.team_id)
    view = ThresholdsView(
        waiting_count=command.waiting_count,
        longest_seconds=command.longest_seconds,
        p90_seconds=command.p90_seconds,
        answer_seconds=command.answer_seconds,
    )
    before = (await thresholds_of(work)).get(command.team_id, DEFAULT)
    values = {**asdict(view), "set_by_id": supervisor.id, "set_at": work.now}
    if not await work.change(update(TeamThresholds).where(TeamThresholds.team_id == command.team_id).values(**values)):
        await work.add(TeamThresholds(team_id=command.team_id, **values))
    record(work, supervisor, "team.set_thresholds", team_id=command.team_id, before=asdict(before), after=asdict(view))
    work.announce(ThresholdsChanged(team_id=command.team_id, thresholds=view), to=ToAllAgents())


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


def late_before(thresholds: Thresholds, team_id: SQLColumnExpression[Any], now: datetime) -> ColumnElement[Any]:
    """As SQL: whoever began by then and has no answer yet has waited longer than promised, by the team's own threshold."""

    def cutoff(of: ThresholdsView) -> ColumnElement[Any]:
        return literal(now - timedelta(seconds=of.answer_seconds), UtcDateTime())

    if not thresholds:
        return cutoff(DEFAULT)
    return case(*((team_id == id, cutoff(of)) for id, of in thresholds.items()), else_=cutoff(DEFAULT))


def promised_seconds(thresholds: Thresholds, team_id: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """As SQL: how soon a first answer is promised, by the team's own threshold."""
    if not thresholds:
        return literal(DEFAULT.answer_seconds)
    return case(*((team_id == id, literal(of.answer_seconds)) for id, of in thresholds.items()), else_=DEFAULT.answer_seconds)


def risk_after(thresholds: ThresholdsView) -> timedelta:
    """Return how long a conversation may wait before it is at risk."""
    return timedelta(seconds=NEAR * thresholds.longest_seconds)
