"""Snoozes whose time has come, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal, update

from app.activity.actor import PARLEY
from app.conversations.announcements import announce_conversations
from app.conversations.assignments.history import AssignmentRecord, begin_assignments, present_among
from app.conversations.due import do_all_due, select_due
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import status_values
from app.job_kinds import TimerKind, does
from app.people.presence import announce_loads
from app.work import Work, Works
from models import Conversation

WAKE_JOB = TimerKind(name="conversation.wake", unique_by=("until",))
"""When it falls due, every conversation whose snooze is over wakes."""
MAX_AT_ONCE = 200


async def wake_conversations(work: Work, *, skip_locked: bool = True) -> int:
    """Back to the same agent, or to the queue when the contact waits and the agent has left; how many. Woken earlier, or
    snoozed anew for later: nothing happens. Those somebody is at are passed over, or waited for."""
    is_waiting = Conversation.category == "waiting"
    over = select_due(Conversation.snoozed_until, work.now, is_waiting, most=MAX_AT_ONCE, skip_locked=skip_locked)
    conversations = await work.all(over)
    former, facts = {one.id: one.agent_id for one in conversations}, {one.id: facts_of(one) for one in conversations}
    here = await present_among(work, [agent_id for agent_id in former.values() if agent_id])
    queued = {one.id for one in conversations if _is_sought(one) and one.agent_id not in here}
    opened = await status_values(work, "open") if conversations else {}
    back = await _change(work, former.keys() - queued, opened)
    since = func.coalesce(Conversation.waiting_since, literal(work.now, Conversation.__table__.c.waiting_since.type))
    nobodys: dict[str, Any] = {"agent_id": None, "assigned_at": None, "offer_until": None, "queued_at": since}
    forsaken = await _change(work, queued, opened | nobodys)
    await begin_assignments(work, [AssignmentRecord(one, "agent_left", {}) for one in forsaken if former[one.id]], "routing")
    for one in [*back, *forsaken]:
        record_change(work, PARLEY, "conversation.wake", facts[one.id], one, cause="timer:snooze")
    await announce_loads(work, [agent_id for agent_id in former.values() if agent_id])
    await announce_conversations(work, [*back, *forsaken])
    return len(conversations)


@does(WAKE_JOB)
async def wake_all(works: Works) -> None:
    """Wake every conversation whose snooze is over."""
    await do_all_due(works, wake_conversations)


def _is_sought(conversation: Conversation) -> bool:
    return conversation.agent_id is None or conversation.waiting_since is not None


async def _change(work: Work, ids: set[str], values: dict[str, Any]) -> Sequence[Conversation]:
    if not ids:
        return []
    woken = update(Conversation).where(Conversation.id.in_(sorted(ids)))
    changes = {"snoozed_until": None, "rev": Conversation.rev + 1, "changed_at": work.now, **values}
    return await work.all(woken.values(**changes).returning(Conversation).execution_options(synchronize_session=False))
