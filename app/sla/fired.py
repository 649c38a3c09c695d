"""Warnings and missed promises in the record of changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select

from app.activity.record import PARLEY, record
from app.work import Work
from models import Activity, Conversation


class FiredClock(Struct, frozen=True):
    """One cycle of a clock that has warned, or was missed."""

    conversation_id: str
    clock: str
    cycle: int
    due_at: datetime | None

    @property
    def cause(self) -> str:
        return f"sla:{self.clock}:{self.cycle}"


async def record_fired(work: Work, action: str, fired: Sequence[FiredClock]) -> None:
    """Record each (conversation, clock, cycle) once, also when its clocks are written down anew."""
    if not fired:
        return
    ids = {one.conversation_id for one in fired}
    conversations = {one.id: one for one in await work.all(select(Conversation).where(Conversation.id.in_(ids)))}
    known = await work.rows(
        select(Activity.conversation_id, Activity.cause).where(Activity.conversation_id.in_(ids), Activity.action == action)
    )
    recorded = {(conversation_id, cause) for conversation_id, cause in known}
    for one in fired:
        if (one.conversation_id, one.cause) not in recorded:
            after = {"clock": one.clock, "cycle": one.cycle, "due_at": one.due_at}
            record(work, PARLEY, action, conversation=conversations[one.conversation_id], after=after, cause=one.cause)
