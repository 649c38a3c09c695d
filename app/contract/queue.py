"""The place of a conversation in the queue, as its contact is told it."""

from __future__ import annotations

from app.contract.bases import Event, View


class QueueView(View):
    """A place in the queue, 1 is next, and how long it may still take.

    Four waits in five end between `low_seconds` and `high_seconds`, if the next hour is like the last; `wait_seconds` is the
    middle. All are empty when there is nothing to estimate from, or nobody serves the queue.
    """

    position: int
    wait_seconds: int | None
    low_seconds: int | None
    high_seconds: int | None


class ConversationQueued(Event, tag="conversation.queued"):
    """The contact's place in the queue changed; `queue` is empty once somebody has the conversation."""

    conversation_id: str
    queue: QueueView | None
