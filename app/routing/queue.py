"""The queue: open, unassigned conversations of a team in the order they will be served. A query, not a table."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from sqlalchemy import Select, select

from app.contract.audiences import ToContact
from app.contract.events import ConversationQueued
from app.contract.views import QueueView
from app.conversations.estimate import pace_of, place_view
from app.conversations.views import in_queue_of
from app.work import Rows, Work
from models import Conversation, Team, WaitPromise

MOST_TOLD = 200
NEAR = 20
REMEMBERED = 5_000


class Places:
    """What each one who waits was told last, so that only changes are told.

    The first `NEAR` places are told every change, the others only a new place or an estimate that moved by a fifth.
    """

    def __init__(self) -> None:
        self._told: OrderedDict[str, QueueView] = OrderedDict()

    def is_news(self, conversation_id: str, place: QueueView) -> bool:
        """Whether it differs from what was told last; it counts as told from now on."""
        last = self._told.get(conversation_id)
        if last is not None and not _differs(last, place):
            return False
        self._told[conversation_id] = place
        self._told.move_to_end(conversation_id)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True


def queue_of(team_id: str | None):
    """A team's queue, next first."""
    return (
        select(Conversation)
        .where(in_queue_of(team_id))
        .order_by(Conversation.priority_rank, Conversation.queued_at, Conversation.id)
    )


async def tell_positions(work: Work, team_id: str | None, places: Places) -> None:
    """Tell those who wait where they stand, if that is news to them. The first range anybody is told is kept as a promise."""
    waiting = await work.all(queue_of(team_id).limit(MOST_TOLD))
    if not waiting:
        return
    pace = await pace_of(work, team_id)
    for position, conversation in enumerate(waiting, 1):
        place = place_view(position, pace)
        if not places.is_news(conversation.id, place):
            continue
        queued = ConversationQueued(conversation_id=conversation.id, queue=place)
        work.announce(queued, to=ToContact(contact_id=conversation.contact_id))
        if place.low_seconds is not None and place.high_seconds is not None:
            await work.add_unless_there(
                WaitPromise(
                    conversation_id=conversation.id,
                    team_id=team_id,
                    position=position,
                    low_seconds=place.low_seconds,
                    high_seconds=place.high_seconds,
                    promised_at=work.now,
                )
            )


async def teams_with_queues(rows: Rows) -> list[str | None]:
    """Teams somebody waits for; None is among them when somebody waits for no team."""
    found: list[str | None] = list(await rows.all(select(Team.id).where(_next_of(Team.id).scalar_subquery().is_not(None))))
    if await rows.one(_next_of(None)):
        found.append(None)
    return found


def _next_of(team_id: Any) -> Select[str]:
    """Who is next, whose order leads both databases to the index of the queues."""
    ordered = select(Conversation.id).order_by(Conversation.priority_rank, Conversation.queued_at).limit(1)
    return ordered.where(in_queue_of(team_id))


def _differs(last: QueueView, now: QueueView) -> bool:
    if last.position != now.position or (last.wait_seconds is None) != (now.wait_seconds is None):
        return True
    if last.wait_seconds is None or now.wait_seconds is None:
        return False
    moved = abs(now.wait_seconds - last.wait_seconds)
    return moved > 0 if now.position <= NEAR else moved > last.wait_seconds / 5
