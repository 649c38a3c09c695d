"""The clocks of a conversation as agents see them, each with the account of its due time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.contract.sla import SlaAccountView, SlaClockList, SlaClockView, SlaPauseView, SlaStretchView
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.sla.clocks import Book, Cycle, Why, cycles_at, why
from app.sla.stories import book_for, events_of, is_whole, stories_of
from app.work import Rows
from models import Conversation, SlaClock


async def clocks_of(rows: Rows, agent: SignedInAgent, conversation_id: str, now: datetime) -> SlaClockList:
    """Return every cycle of a conversation, computed from what has happened until now; none while there is no policy.
    Raises NotFound."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    inbox_id = await rows.one(select(Conversation.inbox_id).where(Conversation.id == conversation_id))
    if inbox_id is None or not agent.may(Permission.VIEW_CONVERSATIONS, inbox_id):
        raise NotFound("conversation", conversation_id)
    story = (await stories_of(rows, [conversation_id])).get(conversation_id, [])
    if not is_whole(story):
        return SlaClockList(at=now, clocks=[])
    book = await book_for(rows, [story])
    kept = await rows.all(select(SlaClock).where(SlaClock.conversation_id == conversation_id))
    fired = {(one.clock, one.cycle): (one.warned_at, one.breached_at) for one in kept}
    until = max(now, story[-1].at)
    cycles = cycles_at(events_of(story), book, until)
    return SlaClockList(at=now, clocks=[_view(cycle, book, until, fired.get((cycle.clock, cycle.number))) for cycle in cycles])


def _view(cycle: Cycle, book: Book, now: datetime, fired: tuple[datetime | None, datetime | None] | None) -> SlaClockView:
    warned_at, breached_at = fired or (None, None)
    account = why(cycle, book, now)
    return SlaClockView(
        clock=cycle.clock,
        cycle=cycle.number,
        progress=cycle.progress,
        is_overdue=cycle.is_overdue(now),
        started_at=cycle.started_at,
        ended_at=cycle.ended_at,
        due_at=cycle.due_at,
        warn_at=cycle.warn_at,
        remaining_minutes=cycle.remaining_minutes,
        warned_at=warned_at,
        breached_at=breached_at,
        account=_account(account) if account else None,
    )


def _account(account: Why) -> SlaAccountView:
    cycle = account.cycle
    policy, calendar = cycle.policy, None if account.target.around_the_clock else cycle.calendar
    assert policy is not None
    return SlaAccountView(
        policy_id=policy[0],
        policy_name=account.policy_name,
        policy_version=policy[1],
        hours_id=calendar[0] if calendar else None,
        hours_version=calendar[1] if calendar else None,
        time_zone=account.time_zone,
        target_minutes=account.target.minutes,
        warn_minutes=account.target.warn_minutes,
        around_the_clock=account.target.around_the_clock or calendar is None,
        counted_minutes=account.counted_minutes,
        stretches=[SlaStretchView(start=one.start, end=one.end, minutes=one.minutes) for one in account.stretches],
        pauses=[SlaPauseView(start=one.start, end=one.end, because=list(one.because)) for one in account.pauses],
        holidays=[day.isoformat() for day in account.holidays],
    )
