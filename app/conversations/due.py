"""Work that has fallen due, however much: a batch a transaction, and several nodes share it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from app.work import Work, Works
from models import Conversation


class Batch(Protocol):
    """Does what is due of one kind, some hundreds at most; how many. Those somebody is at are passed over, or waited for."""

    async def __call__(self, work: Work, *, skip_locked: bool = True) -> int: ...


def select_due(
    due_at: InstrumentedAttribute[datetime | None], now: datetime, *further: ColumnElement[bool], most: int, skip_locked: bool
) -> Select[Any]:
    """Return the conversations due longest, locked. Read along the index of when they fall due, so that looking for what is
    due costs nothing while nothing is, however many conversations there are.

    Passing over those somebody is at, it waits for nobody and locks them as they fall due. Waiting, it locks them by their
    ids as everybody else does, so that no two can wait for each other.
    """
    is_due = due_at <= now, *further
    if skip_locked:
        return select(Conversation).where(*is_due).order_by(due_at).limit(most).with_for_update(skip_locked=True)
    first = select(Conversation.id).where(*is_due).order_by(due_at).limit(most)
    return select(Conversation).where(Conversation.id.in_(first), *is_due).order_by(Conversation.id).with_for_update()


async def do_all_due(works: Works, batch: Batch) -> None:
    """Until nothing is due: what nobody else is at first."""
    while await works.run(batch):
        pass
    while await works.run(batch, skip_locked=False):
        pass
