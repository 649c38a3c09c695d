"""The queue: open, unassigned conversations of a team in the order they will be served. A query, not a table."""

from __future__ import annotations

from sqlalchemy import select

from app.contract.audiences import ToContact
from app.contract.events import ConversationQueued
from app.contract.views import QueueView
from app.conversations.views import in_queue_of, queue_view
from app.work import Rows, Work
from models import Conversation

MOST_TOLD = 200


def queue_of(team_id: str | None):
    """A team's queue, next first."""
    return (
        select(Conversation)
        .where(in_queue_of(team_id))
        .order_by(Conversation.priority_rank, Conversation.queued_at, Conversation.id)
    )


async def tell_positions(work: Work, team_id: str | None) -> None:
    """Tell everyone who waits where they stand now."""
    waiting = await work.all(queue_of(team_id).limit(MOST_TOLD))
    if not waiting:
        return
    wait = (await queue_view(work, waiting[0])).wait_seconds
    for position, conversation in enumerate(waiting, 1):
        place = QueueView(position=position, wait_seconds=None if wait is None else wait * position)
        work.announce(
            ConversationQueued(conversation_id=conversation.id, queue=place), to=ToContact(contact_id=conversation.contact_id)
        )


async def teams_with_queues(rows: Rows) -> list[str | None]:
    """Teams somebody waits for."""
    queued = (
        select(Conversation.team_id).where(Conversation.agent_id.is_(None), Conversation.category.in_(("new", "open"))).distinct()
    )
    return list(await rows.all(queued))
