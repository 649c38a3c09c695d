"""The SLA clock of a conversation that is due first, kept on its row: lists, tickets and the wall read it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Table, bindparam, update

from app.contract.audiences import ToInboxAgents
from app.contract.sla import NextDueView, SlaChanged, SlaClockName
from app.sla.clocks import Cycle
from app.work import Work
from models import Conversation

_TABLE: Table = Conversation.__table__  # pyright: ignore[reportAssignmentType]
_PUT = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("of_conversation"))
    .values({name: bindparam(name) for name in ("next_due_clock", "next_due_at", "next_warn_at")})
)


def next_due_view(conversation: Conversation) -> NextDueView | None:
    """Return the clock that is due first, as it was last counted."""
    if conversation.next_due_at is None:
        return None
    clock = cast(SlaClockName, conversation.next_due_clock)
    return NextDueView(clock=clock, due_at=conversation.next_due_at, warn_at=conversation.next_warn_at)


def first_due(cycles: Sequence[Cycle]) -> NextDueView | None:
    """Return the open cycle that is due first."""
    found = [(cycle.due_at, cycle) for cycle in cycles if cycle.is_open and cycle.due_at]
    if not found:
        return None
    due_at, cycle = min(found, key=lambda one: one[0])
    return NextDueView(clock=cycle.clock, due_at=due_at, warn_at=cycle.warn_at)


async def put_next_due(work: Work, conversations: Sequence[Conversation], due: Mapping[str, NextDueView | None]) -> None:
    """Write it into the rows that say something else, in the order of their ids, so that no two writers wait for each
    other."""
    changed = [
        {
            "of_conversation": one.id,
            "next_due_clock": view.clock if view else None,
            "next_due_at": view.due_at if view else None,
            "next_warn_at": view.warn_at if view else None,
        }
        for one in sorted(conversations, key=lambda one: one.id)
        if (view := due[one.id]) != next_due_view(one)
    ]
    if changed:
        await work.change(_PUT, changed)


def announce_clocks(work: Work, conversation: Conversation, due: NextDueView | None) -> None:
    """Tell the agents of its inbox that a clock of the conversation changed."""
    changed = SlaChanged(conversation_id=conversation.id, next_due=due)
    work.announce(changed, to=ToInboxAgents(inbox_id=conversation.inbox_id))
