"""Clocks kept up to date: counted anew when something happened to a conversation, and fired in the second they are due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Table, bindparam, delete, exists, func, insert, literal_column, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from app.clock import monotonic
from app.contract.sla import NextDueView
from app.sla.clocks import Cycle, cycles_at
from app.sla.fired import FiredClock, record_fired
from app.sla.next_due import announce_clocks, first_due, next_due_view, put_next_due
from app.sla.policies import Offer, choose, keep_hours_version, offers_of
from app.sla.stories import (
    Subjects,
    book_for,
    events_of,
    is_whole,
    retell,
    stories_of,
    subjects_of,
    terms_of,
    versions_in,
)
from app.work import Rows, Work, Works
from models import BusinessHours, Conversation, SlaClock, SlaEvent
from models import Sequence as Counter

log = structlog.get_logger("sla")

FOLLOWER = "sla_follower"
IS_NEW: ColumnElement[bool] = literal_column("sla_events.is_new")
"""In the very words of the index on what is new."""
EVENTS_AT_ONCE = {"sqlite": 8, "postgresql": 64}
"""On SQLite nobody else writes meanwhile: counting one conversation takes one to two milliseconds."""
LONG_STORY = 100
"""More events than this are counted in a thread, so that the event loop goes on."""
DUE_AT_ONCE = 200
LOOK_SECONDS = 1.0
"""A look takes so long at most where nothing is to do; what falls due meanwhile is fired in its moment."""
ENDED = ("resolved", "closed")


_TABLE: Table = SlaClock.__table__  # pyright: ignore[reportAssignmentType]
_MOVED = ("progress", "started_at", "ended_at", "due_at", "warn_at", "remaining_minutes", "priority")
_MOVED_TO = ("policy_id", "policy_version", "hours_id", "hours_version")
_MOVE = (
    update(_TABLE)
    .where(
        _TABLE.c.conversation_id == bindparam("of_conversation"),
        _TABLE.c.clock == bindparam("of_clock"),
        _TABLE.c.cycle == bindparam("of_cycle"),
    )
    .values(
        {name: bindparam(name) for name in (*_MOVED, *_MOVED_TO)}
        | {"breached_at": func.coalesce(_TABLE.c.breached_at, bindparam("breached_at", type_=_TABLE.c.breached_at.type))}
    )
)
"""Move many clocks at once; what another node has noted meanwhile stays."""


async def run_clocks(works: Works) -> None:
    """Count the clocks of every conversation to which something happened, then fire what is due, until nothing is left and
    nothing falls due before the next look."""
    until = monotonic() + LOOK_SECONDS
    while True:
        async with works.read() as rows:
            is_work, soonest = await _what_is_to_do(rows, works.clock())
        if is_work:
            if not sum([await _do_all(works, step) for step in (follow_events, fire_warnings, fire_breaches)]):
                return  # another node is at it
        elif soonest is None or (wait := (soonest - works.clock()).total_seconds()) > until - monotonic():
            return
        else:
            await asyncio.sleep(max(0.0, wait))


async def _do_all(works: Works, step: Callable[[Work], Awaitable[int]]) -> int:
    """Repeat a step until nothing is left for it; how much it did."""
    count = 0
    while done := await works.run(step):
        count += done
    return count


async def follow_events(work: Work) -> int:
    """Count anew the clocks of conversations with new events, oldest first; how many events. One node at a time does this:
    while another is at it, there is nothing to do."""
    if not await _take_turn(work):
        return 0
    new = await work.rows(
        select(SlaEvent.id, SlaEvent.conversation_id, SlaEvent.happened)
        .where(IS_NEW)
        .order_by(SlaEvent.id)
        .limit(EVENTS_AT_ONCE[work.dialect])
    )
    if not new:
        return 0
    done = [id for id, _, happened in new if happened != "recheck"]
    await work.change(delete(SlaEvent).where(SlaEvent.id.in_({id for id, _, _ in new} - set(done))))
    await work.change(update(SlaEvent).where(SlaEvent.id.in_(done)).values(is_new=False))
    await count_clocks(work, sorted({conversation_id for _, conversation_id, _ in new}))
    return len(new)


async def count_clocks(work: Work, conversation_ids: Sequence[str]) -> None:
    """Count the clocks of these conversations from all that has happened to them, under the policies of now for what is
    open."""
    subjects = await subjects_of(work, conversation_ids)
    stories = await stories_of(work, conversation_ids)
    offers, hours = await offers_of(work), await _current_hours(work)
    begun_at = {id: story[0].at for id, story in stories.items() if is_whole(story)}
    stories |= await _write_stories(work, [one.conversation for id, one in subjects.items() if id not in begun_at])
    for id, subject in subjects.items():
        story, begins_at = stories[id], begun_at.get(id, work.now)
        if terms := await _new_terms(work, story, subject, offers, hours, begins_at):
            await _write(work, [terms])
            story.append(terms)
    book = await book_for(work, stories.values())
    kept = await _kept_clocks(work, conversation_ids)
    fresh: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    due: dict[str, NextDueView | None] = {}
    missed: list[FiredClock] = []
    for id, story in stories.items():
        mine = kept.get(id, {})
        over = {key for key, row in mine.items() if row.ended_at}
        given = (events_of(story), book, max(work.now, story[-1].at), over)
        await asyncio.sleep(0)  # everybody else's turn, between two conversations
        cycles = await asyncio.to_thread(cycles_at, *given) if len(story) > LONG_STORY else cycles_at(*given)
        for cycle in cycles:
            before = mine.get((cycle.clock, cycle.number))
            values = _values_of(cycle, before)
            if values["breached_at"] and not (before and before.breached_at):
                missed.append(FiredClock(id, cycle.clock, cycle.number, cycle.due_at))
            if before is None:
                fresh.append({"warned_at": None, "conversation_id": id, "clock": cycle.clock, "cycle": cycle.number, **values})
            elif any(getattr(before, name) != value for name, value in values.items()):
                moved.append({"of_conversation": id, "of_clock": cycle.clock, "of_cycle": cycle.number, **values})
        due[id] = first_due(cycles)
    if fresh:
        await work.change(insert(SlaClock), fresh)
    if moved:
        await work.change(_MOVE, moved)
    await put_next_due(work, [subjects[id].conversation for id in due], due)
    for id in sorted({row["conversation_id"] for row in fresh} | {row["of_conversation"] for row in moved}):
        announce_clocks(work, subjects[id].conversation, due[id])
    await record_fired(work, "sla.missed", missed)


async def fire_warnings(work: Work) -> int:
    """Note of each clock whose time to warn has come that it has; how many."""
    return await _fire(work, SlaClock.warn_at, SlaClock.warned_at, "sla.warned", "sla warning")


async def fire_breaches(work: Work) -> int:
    """Note of each clock that is due that it is missed; how many."""
    return await _fire(work, SlaClock.due_at, SlaClock.breached_at, "sla.missed", "sla missed")


async def _fire(
    work: Work,
    due: InstrumentedAttribute[datetime | None],
    fired: InstrumentedAttribute[datetime | None],
    action: str,
    words: str,
) -> int:
    """Each (conversation, clock, cycle) once. A conversation with something not yet counted waits until it is: the answer may
    have come in time."""
    uncounted = exists().where(IS_NEW, SlaEvent.conversation_id == SlaClock.conversation_id)
    key = (SlaClock.conversation_id, SlaClock.clock, SlaClock.cycle)
    waiting = await work.rows(
        select(*key)
        .where(*_is_due(due, fired, work.now), ~uncounted)
        .order_by(due)
        .limit(DUE_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    if not waiting:
        return 0
    mine = tuple_(*key).in_([tuple(one) for one in waiting])
    changed = update(SlaClock).where(mine, fired.is_(None)).values({fired.key: work.now})
    found = [FiredClock(*one) for one in await work.rows(changed.returning(*key, SlaClock.due_at))]
    for one in found:
        log.info(words, conversation=one.conversation_id, clock=one.clock, cycle=one.cycle)
    await record_fired(work, action, found)
    of = Conversation.id.in_({one.conversation_id for one in found})
    for conversation in await work.all(select(Conversation).where(of).order_by(Conversation.id)):
        announce_clocks(work, conversation, next_due_view(conversation))
    return len(found)


async def _what_is_to_do(rows: Rows, now: datetime) -> tuple[bool, datetime | None]:
    """Look along three indexes that hold only what is still to be done: is there something, and when is the next thing due?"""
    (found,) = await rows.rows(
        select(
            exists(select(SlaEvent.id).where(IS_NEW)),
            select(func.min(SlaClock.warn_at)).where(*_is_ahead(SlaClock.warn_at, SlaClock.warned_at)).scalar_subquery(),
            select(func.min(SlaClock.due_at)).where(*_is_ahead(SlaClock.due_at, SlaClock.breached_at)).scalar_subquery(),
        )
    )
    is_new, *times = found
    soonest = min((at for at in times if at is not None), default=None)
    return is_new or (soonest is not None and soonest <= now), soonest


def _is_due(
    due: InstrumentedAttribute[datetime | None], fired: InstrumentedAttribute[datetime | None], now: datetime
) -> tuple[ColumnElement[bool], ...]:
    return (*_is_ahead(due, fired), due <= now)


def _is_ahead(
    due: InstrumentedAttribute[datetime | None], fired: InstrumentedAttribute[datetime | None]
) -> tuple[ColumnElement[bool], ...]:
    return SlaClock.ended_at.is_(None), fired.is_(None), due.is_not(None)


async def _take_turn(work: Work) -> bool:
    """Return whether this node may count; its turn lasts until the transaction ends."""
    mine = select(Counter.name).where(Counter.name == FOLLOWER).with_for_update(skip_locked=True)
    return await work.one(mine) is not None


async def _current_hours(work: Work) -> dict[str, BusinessHours]:
    return {one.id: one for one in await work.all(select(BusinessHours))}


async def _write_stories(work: Work, conversations: Sequence[Conversation]) -> dict[str, list[SlaEvent]]:
    """Write down what happened before there was a policy. What happens meanwhile finds the story begun out of order, and has
    it written again."""
    if not conversations:
        return {}
    ids = [one.id for one in conversations]
    await work.change(delete(SlaEvent).where(SlaEvent.conversation_id.in_(ids)))
    await work.change(delete(SlaClock).where(SlaClock.conversation_id.in_(ids)))  # another story has other cycles
    stories = await retell(work, conversations)
    await _write(work, [event for story in stories.values() for event in story])
    return stories


async def _write(work: Work, events: Sequence[SlaEvent]) -> None:
    """Add events in their order; the database numbers them."""
    columns = [column.key for column in SlaEvent.__table__.columns if column.key != "id"]
    await work.change(insert(SlaEvent), [{name: getattr(event, name) for name in columns} for event in events])


async def _new_terms(
    work: Work,
    story: Sequence[SlaEvent],
    subject: Subjects,
    offers: Sequence[Offer],
    hours: Mapping[str, BusinessHours],
    begins_at: datetime,
) -> SlaEvent | None:
    """Return the promise that applies from now on, when it is another than before; the first one from the beginning. What
    was promised for a conversation that is over stays."""
    before = next((versions_in(event) for event in reversed(story) if event.happened == "terms"), None)
    conversation = subject.conversation
    if conversation.category in ENDED and before:
        return None
    offer = choose(offers, subject.subject)
    policy = (offer.id, offer.version) if offer else None
    kept = hours.get(offer.hours_id) if offer and offer.hours_id else None
    calendar = (kept.id, await keep_hours_version(work, kept)) if kept else None
    if (policy, calendar) == (before or (None, None)):
        return None
    return terms_of(conversation.id, work.now if before else begins_at, policy, calendar)


async def _kept_clocks(work: Work, conversation_ids: Sequence[str]) -> dict[str, dict[tuple[str, int], SlaClock]]:
    """Return the cycles written down so far, by conversation."""
    kept: dict[str, dict[tuple[str, int], SlaClock]] = {}
    for one in await work.all(select(SlaClock).where(SlaClock.conversation_id.in_(conversation_ids))):
        kept.setdefault(one.conversation_id, {})[one.clock, one.cycle] = one
    return kept


def _values_of(cycle: Cycle, before: SlaClock | None) -> dict[str, Any]:
    """Return a cycle as its row keeps it. One that was missed between two looks is noted as missed when it was due."""
    noted = before.breached_at if before else None
    return {
        "progress": cycle.progress,
        "started_at": cycle.started_at,
        "ended_at": cycle.ended_at,
        "due_at": cycle.due_at,
        "warn_at": cycle.warn_at,
        "remaining_minutes": cycle.remaining_minutes if cycle.progress != "running" else None,
        "priority": cycle.priority,
        "policy_id": cycle.policy[0] if cycle.policy else None,
        "policy_version": cycle.policy[1] if cycle.policy else None,
        "hours_id": cycle.calendar[0] if cycle.calendar else None,
        "hours_version": cycle.calendar[1] if cycle.calendar else None,
        "breached_at": noted or (cycle.due_at if cycle.progress == "missed" else None),
    }
