"""Positions in a queue: counted in the queues' own index, whose order is the queue's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, literal_column, select, tuple_

from app.contract.queue import QueueView
from app.conversations.queue.wait_estimate import pace_of, place_view
from app.database import Prepared
from app.work import Rows
from models import Conversation
from models.base import IdColumn, UtcDateTime

_QUEUED = [literal_column("'new'"), literal_column("'open'")]
"""Written out, for that is how the index of the queues has them."""


async def queue_view(rows: Rows, conversation: Conversation) -> QueueView:
    """The place in the queue, 1 is next, with an estimate. One that is offered to somebody stands before everyone."""
    return (await queue_views(rows, [conversation]))[conversation.id]


async def queue_views(rows: Rows, waiting: Sequence[Conversation]) -> dict[str, QueueView]:
    """Return the places of many conversations, by id: as many queries a team as for one, however many of its queue they are."""
    views: dict[str, QueueView] = {}
    for team_id in {conversation.team_id for conversation in waiting}:
        pace = await pace_of(rows, team_id)
        own = [conversation for conversation in waiting if conversation.team_id == team_id]
        queued = [conversation for conversation in own if conversation.agent_id is None]
        places = await _places_of(rows, team_id, queued) if queued else {}
        views |= {one.id: place_view(places.get(one.id, 1), pace) for one in own}
    return views


async def _places_of(rows: Rows, team_id: str | None, queued: Sequence[Conversation]) -> dict[str, int]:
    if len(queued) == 1:
        (one,) = queued
        given = {"rank": one.priority_rank, "since": one.queued_at, "own": one.id}
        team = {"team": team_id} if team_id else {}
        ((ahead,),) = await rows.tuples(_AHEAD_IN_TEAM if team_id else _AHEAD_WITHOUT_TEAM, **given, **team)
        return {one.id: 1 + ahead}
    order = (Conversation.priority_rank, Conversation.queued_at, Conversation.id)
    numbered = (
        select(Conversation.id, func.row_number().over(order_by=order).label("place")).where(in_queue_of(team_id)).subquery()
    )
    found = await rows.rows(select(numbered.c.id, numbered.c.place).where(numbered.c.id.in_([one.id for one in queued])))
    return dict[str, int]((id, place) for id, place in found)


def in_queue_of(team_id: str | ColumnElement[str] | None) -> ColumnElement[bool]:
    """Open, unassigned conversations of a team (or of none)."""
    of_team = Conversation.team_id.is_(None) if team_id is None else Conversation.team_id == team_id
    return and_(Conversation.agent_id.is_(None), Conversation.category.in_(_QUEUED), of_team)


def _ahead_in(queue: ColumnElement[bool]) -> Prepared[Any]:
    """Count those in a queue before one of this rank that has waited since then."""
    mine = tuple_(bindparam("rank", type_=Integer), bindparam("since", type_=UtcDateTime), bindparam("own", type_=IdColumn))
    ahead = tuple_(Conversation.priority_rank, Conversation.queued_at, Conversation.id) < mine
    return Prepared(select(func.count()).select_from(Conversation).where(queue, ahead))


_AHEAD_IN_TEAM, _AHEAD_WITHOUT_TEAM = _ahead_in(in_queue_of(bindparam("team"))), _ahead_in(in_queue_of(None))
