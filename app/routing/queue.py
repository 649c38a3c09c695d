"""The queue: open, unassigned conversations of a team in the order they will be served. A query, not a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, select

from app.contract.audiences import ToContact
from app.contract.queue import ConversationQueued, QueueView
from app.conversations.queue.positions import in_queue_of
from app.conversations.queue.wait_estimate import pace_of, place_view
from app.work import Rows, Work
from models import Conversation, Team, WaitPromise

MAX_TOLD = 200
NEAR = 20


class LastAnnounced:
    """Last position announced to each waiting contact, so that only changes are announced; leaving the queue clears it.

    The first `NEAR` places are told every change, the others only a new place or an estimate that moved by a fifth.
    """

    def __init__(self) -> None:
        self._told: dict[str | None, dict[str, QueueView]] = {}
        self._begins: dict[str | None, int] = {}
        self._seen: dict[str | None, set[str]] = {}

    def told(self, team_id: str | None) -> Mapping[str, QueueView]:
        """Return the contacts who waited for a team at the last announcement, each with their position."""
        return self._told.get(team_id, {})

    def begins(self, team_id: str | None) -> int:
        """Return how many places behind those who are told every time the next announcement begins."""
        return self._begins.get(team_id, 0)

    def note(self, team_id: str | None, told: dict[str, QueueView], begins: int, looked_at: set[str]) -> None:
        """These wait and have been told: to be noted once it is committed, or who has to try again tells nobody. The next
        time begins so far back."""
        self._begins[team_id] = begins
        seen = self._seen.setdefault(team_id, set())
        seen |= looked_at
        if not begins:  # all have had their turn: whoever was not among them has left
            told = {id: view for id, view in told.items() if id in seen}
            seen.clear()
        self._told[team_id] = told


def queue_of(team_id: str | None):
    """A team's queue, next first."""
    return (
        select(Conversation)
        .where(in_queue_of(team_id))
        .order_by(Conversation.priority_rank, Conversation.queued_at, Conversation.id)
    )


async def announce_positions(work: Work, team_id: str | None, places: LastAnnounced) -> Callable[[], bool]:
    """Tell those who wait where they stand, if that is news to them. The first range anybody is told is kept as a promise.

    The first are told every time, those further back in turns, so many at once. What it returns is to be called after the
    commit, and says whether some have not had their turn.
    """
    first = await work.all(queue_of(team_id).limit(MAX_TOLD))
    pace = await pace_of(work, team_id) if first else None
    begins, further = MAX_TOLD + places.begins(team_id), list[Conversation]()
    if len(first) == MAX_TOLD:
        further = list(await work.all(queue_of(team_id).offset(begins).limit(MAX_TOLD)))
    is_over = len(further) < MAX_TOLD
    waiting = [*enumerate(first, 1), *enumerate(further, begins + 1)]
    last = places.told(team_id)
    told = {} if len(first) < MAX_TOLD else dict(last)
    for position, conversation in waiting:
        id = conversation.id
        place = place_view(position, pace)
        if id in last and not _differs(last[id], place):
            told[id] = last[id]
            continue
        told[id] = place
        queued = ConversationQueued(conversation_id=id, queue=place)
        work.announce(queued, to=ToContact(contact_id=conversation.contact_id))
        if place.low_seconds is not None and place.high_seconds is not None:
            await work.add_unless_there(
                WaitPromise(
                    conversation_id=id,
                    team_id=team_id,
                    position=position,
                    low_seconds=place.low_seconds,
                    high_seconds=place.high_seconds,
                    promised_at=work.now,
                )
            )

    def note() -> bool:
        places.note(team_id, told, 0 if is_over else begins, {conversation.id for _, conversation in waiting})
        return not is_over

    return note


async def teams_with_queues(rows: Rows) -> list[str | None]:
    """Teams somebody waits for; None is among them when somebody waits for no team."""
    found: list[str | None] = list(await rows.all(select(Team.id).where(_next_of(Team.id).scalar_subquery().is_not(None))))
    if await rows.one(_next_of(None)):
        found.append(None)
    return found


def _next_of(team_id: Any) -> Select[str]:
    """Select the next conversation, in the order that leads both databases to the index of the queues."""
    ordered = select(Conversation.id).order_by(Conversation.priority_rank, Conversation.queued_at).limit(1)
    return ordered.where(in_queue_of(team_id))


def _differs(last: QueueView, now: QueueView) -> bool:
    if last.position != now.position or (last.wait_seconds is None) != (now.wait_seconds is None):
        return True
    if last.wait_seconds is None or now.wait_seconds is None:
        return False
    moved = abs(now.wait_seconds - last.wait_seconds)
    return moved > 0 if now.position <= NEAR else moved > last.wait_seconds / 5
