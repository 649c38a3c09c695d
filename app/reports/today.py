"""The day so far. A day is one of UTC, so that every wall everywhere shows the same."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import case, func, select

from app.contract.wall import CsatWallView
from app.database.durations import seconds_between
from app.reports.thresholds import Thresholds, promised_seconds
from app.work import Rows
from models import Assignment, Conversation, CsatScore, WaitPromise
from models.conversation import IS_ABANDONED, IS_ANSWERED

SATISFIED_FROM = 4


class Waits(Struct, frozen=True):
    """Percentiles of how long people waited, by nearest rank."""

    p50: float | None = None
    p90: float | None = None


class Answers(Struct, frozen=True):
    """First answers, and how many of them came within what is promised."""

    count: int = 0
    in_time_count: int = 0


class Promises(Struct, frozen=True):
    """Ranges of waiting time that were told, and how many of the waits ended within."""

    count: int = 0
    kept_count: int = 0


def midnight_of(now: datetime) -> datetime:
    """When the day (UTC) began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


async def waits_by_team(rows: Rows, midnight: datetime) -> dict[str | None, Waits]:
    """Return, by team, how long the conversations waited that an agent took from a queue today."""
    of_team = case((Assignment.waited_seconds.is_not(None), Assignment.team_id))  # or SQLite walks all of an index by team
    waits = (
        select(
            Assignment.team_id,
            Assignment.waited_seconds,
            func.row_number().over(partition_by=of_team, order_by=Assignment.waited_seconds).label("place"),
            func.count().over(partition_by=of_team).label("total"),
        )
        .where(Assignment.started_at >= midnight, Assignment.waited_seconds.is_not(None))
        .subquery()
    )
    at_p50 = waits.c.place == (waits.c.total + 1) // 2
    at_p90 = waits.c.place == (9 * waits.c.total + 9) // 10
    found = await rows.rows(
        select(
            waits.c.team_id,
            func.max(case((at_p50, waits.c.waited_seconds))),
            func.max(case((at_p90, waits.c.waited_seconds))),
        ).group_by(waits.c.team_id)
    )
    return {team_id: Waits(p50, p90) for team_id, p50, p90 in found}


async def answers_by_team(rows: Rows, thresholds: Thresholds, midnight: datetime) -> dict[str | None, Answers]:
    """First answers given today, whenever their conversations began."""
    seconds = seconds_between(Conversation.created_at, Conversation.first_answered_at)
    in_time = case((seconds <= promised_seconds(thresholds, Conversation.team_id), 1), else_=0)
    found = await rows.rows(
        select(Conversation.team_id, func.count(), func.sum(in_time))
        .where(IS_ANSWERED, Conversation.first_answered_at >= midnight)
        .group_by(Conversation.team_id)
    )
    return {team_id: Answers(count, in_time_count) for team_id, count, in_time_count in found}


async def abandoned_by_team(rows: Rows, midnight: datetime) -> dict[str | None, int]:
    """Ended today by their contact before anybody answered, and not begun again."""
    found = await rows.rows(
        select(Conversation.team_id, func.count())
        .where(IS_ABANDONED, Conversation.resolved_at >= midnight)
        .group_by(Conversation.team_id)
    )
    return dict(found)


async def promises_by_team(rows: Rows, midnight: datetime) -> dict[str | None, Promises]:
    """Promised today, and the wait is over."""
    promise = WaitPromise
    is_kept = case((promise.waited_seconds.between(promise.low_seconds, promise.high_seconds), 1), else_=0)
    found = await rows.rows(
        select(promise.team_id, func.count(), func.sum(is_kept))
        .where(promise.promised_at >= midnight, promise.waited_seconds.is_not(None))
        .group_by(promise.team_id)
    )
    return {team_id: Promises(count, kept_count) for team_id, count, kept_count in found}


async def missed_by_agent(rows: Rows, midnight: datetime) -> dict[str, int]:
    """Offered today, and not taken in time."""
    found = await rows.rows(
        select(Assignment.agent_id, func.count())
        .where(Assignment.started_at >= midnight, Assignment.outcome == "missed")
        .group_by(Assignment.agent_id)
    )
    return {agent_id: count for agent_id, count in found if agent_id is not None}


async def satisfaction(rows: Rows, midnight: datetime) -> CsatWallView:
    """Return today's answers to the survey."""
    score = CsatScore.score
    ((average, count, satisfied),) = await rows.rows(
        select(func.avg(score), func.count(), func.sum(case((score >= SATISFIED_FROM, 1), else_=0))).where(
            CsatScore.answered_at >= midnight
        )
    )
    return CsatWallView(average=None if average is None else float(average), answered_count=count, satisfied_count=satisfied or 0)


async def opened_since(rows: Rows, midnight: datetime) -> int:
    """Conversations begun."""
    return await rows.one(select(func.count()).select_from(Conversation).where(Conversation.created_at >= midnight)) or 0


async def resolved_since(rows: Rows, midnight: datetime) -> int:
    """Conversations ended, and not begun again."""
    return await rows.one(select(func.count()).select_from(Conversation).where(Conversation.resolved_at >= midnight)) or 0
