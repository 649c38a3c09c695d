"""A conversation that waits too long in one team's queue moves on to the next team the rule names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import json
from sqlalchemy import Select, select, update

from app.activity.actor import PARLEY
from app.conversations.announcements import announce_conversations
from app.conversations.assignments.history import AssignmentRecord, begin_assignments
from app.conversations.due import do_all_due
from app.conversations.recorded_facts import facts_of, record_change
from app.job_kinds import TimerKind, does
from app.work import Work, Works
from models import Conversation, Routing, Team

OVERFLOW_JOB = TimerKind(name="conversation.overflow", unique_by=("conversation_id",))
"""When it falls due, every conversation that has waited too long in its queue moves on."""
MAX_AT_ONCE = 200


async def arm_overflow(work: Work, conversation_id: str, steps: Sequence[dict[str, Any]]) -> None:
    """Note the teams still to come, and set the timer for the first."""
    await _arm(work, [conversation_id], steps)


async def overflow_conversations(work: Work, *, skip_locked: bool = True) -> int:
    """The time of these in their queue is over: on to the next team, with the time they have waited; how many. Had by
    somebody meanwhile: nothing more happens. Those somebody is at are passed over, or waited for."""
    found = await work.rows(_select_due(work.now, skip_locked=skip_locked))
    moving: dict[str, list[tuple[Conversation, Routing]]] = {}
    steps: dict[str, tuple[list[Any], list[str]]] = {}
    for conversation, routing in found:
        still_waits = conversation.agent_id is None and conversation.category in ("new", "open")
        step, rest = (routing.overflow[0], routing.overflow[1:]) if still_waits else (None, [])
        steps.setdefault(json.encode(rest).decode(), (rest, []))[1].append(conversation.id)
        if step is not None:
            moving.setdefault(step["team_id"], []).append((conversation, routing))
    for rest, conversation_ids in steps.values():
        await _arm(work, conversation_ids, rest)
    there = set(await work.all(select(Team.id).where(Team.id.in_(moving))))
    for team_id in moving.keys() & there:
        rules = {one.id: routing.rule_id for one, routing in moving[team_id]}
        await _move(work, team_id, [one for one, _ in moving[team_id]], rules)
    return len(found)


@does(OVERFLOW_JOB)
async def overflow_all(works: Works) -> None:
    """Move on every conversation that has waited too long in its queue."""
    await do_all_due(works, overflow_conversations)


def _select_due(now: datetime, *, skip_locked: bool) -> Select[Conversation, Routing]:
    """Return those due longest, locked: along the index of when they fall due, as `falling_due.select_due` does."""
    due = select(Conversation, Routing).join(Routing, Routing.conversation_id == Conversation.id)
    is_due = Routing.overflow_at <= now
    if skip_locked:
        return due.where(is_due).order_by(Routing.overflow_at).limit(MAX_AT_ONCE).with_for_update(skip_locked=True)
    first = select(Routing.conversation_id).where(is_due).order_by(Routing.overflow_at).limit(MAX_AT_ONCE)
    return due.where(Routing.conversation_id.in_(first), is_due).order_by(Conversation.id).with_for_update()


async def _move(work: Work, team_id: str, waiting: Sequence[Conversation], rules: Mapping[str, str | None]) -> None:
    facts = {one.id: facts_of(one) for one in waiting}
    moved = await work.all(
        update(Conversation)
        .where(Conversation.id.in_(rules))
        .values(team_id=team_id, rev=Conversation.rev + 1, changed_at=work.now)
        .returning(Conversation)
        .execution_options(synchronize_session=False)
    )
    for one in moved:
        cause = f"rule:{rules[one.id]}" if rules[one.id] else "routing"
        record_change(work, PARLEY, "conversation.overflow", facts[one.id], one, cause=cause, team_id=team_id)
    await begin_assignments(work, [AssignmentRecord(one, "overflow", {"rule_id": rules[one.id]}) for one in moved], "routing")
    await announce_conversations(work, moved)


async def _arm(work: Work, conversation_ids: Sequence[str], steps: Sequence[dict[str, Any]]) -> None:
    due_at = work.now + timedelta(seconds=steps[0]["after_seconds"]) if steps else None
    mine = Routing.conversation_id.in_(conversation_ids)
    await work.change(update(Routing).where(mine).values(overflow=list(steps), overflow_at=due_at))
    if due_at:
        one = conversation_ids[0]
        await work.later(OVERFLOW_JOB, {"conversation_id": one}, due_at - work.now)
