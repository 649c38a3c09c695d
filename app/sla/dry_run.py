"""Dry run of a policy: the open conversations that saving it would make overdue. Writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import msgspec
from sqlalchemy import select

from app.contract.sla import SlaClockName, SlaDryRunIs, SlaOverdueView, TrySlaPolicy
from app.contract.values import OPEN_CATEGORIES
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.sla.clocks import Book, Version, cycles_at
from app.sla.policies import Offer, calendar_of_version, check_policy, choose, offers_of, policy_of
from app.sla.stories import Subjects, book_for, events_of, is_whole, retell, stories_of, subjects_of, terms_of
from app.work import Rows
from models import BusinessHours, Conversation, SlaEvent

MAX_LOOKED_AT = 2000
MAX_SHOWN = 50
DRAFT = "draft"


async def try_policy(rows: Rows, agent: SignedInAgent, asked: TrySlaPolicy, now: datetime) -> SlaDryRunIs:
    """Return which clocks would be overdue with this policy and are not without it. Raises what saving it would raise."""
    require(Permission.SET_SLA, agent)
    await check_policy(rows, asked.policy, now)
    offers = await offers_of(rows)
    if asked.policy_id and asked.policy_id not in {offer.id for offer in offers}:
        raise NotFound("SLA policy", asked.policy_id)
    is_open = select(Conversation.id).where(Conversation.category.in_(OPEN_CATEGORIES))
    ids = await rows.all(is_open.order_by(Conversation.last_message_at.desc(), Conversation.id).limit(MAX_LOOKED_AT + 1))
    is_complete, ids = len(ids) <= MAX_LOOKED_AT, ids[:MAX_LOOKED_AT]
    found: list[SlaOverdueView] = []
    hours = {one.id: one for one in await rows.all(select(BusinessHours))}
    for first in range(0, len(ids), 200):
        found += await _newly_overdue(rows, ids[first : first + 200], asked, offers, hours, now)
    found.sort(key=lambda one: one.due_at)
    return SlaDryRunIs(looked_at=len(ids), is_complete=is_complete, overdue_count=len(found), overdue=found[:MAX_SHOWN])


async def _newly_overdue(
    rows: Rows,
    ids: Sequence[str],
    asked: TrySlaPolicy,
    offers: Sequence[Offer],
    hours: Mapping[str, BusinessHours],
    now: datetime,
) -> list[SlaOverdueView]:
    subjects, stories = await subjects_of(rows, ids), await stories_of(rows, ids)
    stories |= await retell(rows, [one.conversation for id, one in subjects.items() if not is_whole(stories.get(id, []))])
    book = _with_draft(await book_for(rows, stories.values()), asked, hours)
    return await asyncio.to_thread(_compare, subjects, stories, book, asked, offers, hours, now)


def _compare(
    subjects: Mapping[str, Subjects],
    stories: Mapping[str, Sequence[SlaEvent]],
    book: Book,
    asked: TrySlaPolicy,
    offers: Sequence[Offer],
    hours: Mapping[str, BusinessHours],
    now: datetime,
) -> list[SlaOverdueView]:
    """Count each conversation as it is and as it would be. Not for the event loop."""
    found: list[SlaOverdueView] = []
    for id, subject in subjects.items():
        before = _overdue(stories[id], book, now)
        after = _overdue([*stories[id], _terms(subject, asked, offers, hours, now)], book, now)
        found += [
            SlaOverdueView(
                conversation_id=id,
                contact_id=subject.conversation.contact_id,
                contact_name=subject.contact_name,
                ticket_number=subject.conversation.ticket_number,
                clock=cast(SlaClockName, clock),
                due_at=due_at,
            )
            for (clock, _), due_at in after.items()
            if (clock, _) not in before
        ]
    return found


def _overdue(story: Sequence[SlaEvent], book: Book, now: datetime) -> dict[tuple[str, int], datetime]:
    until = max(now, story[-1].at)
    return {
        (cycle.clock, cycle.number): cycle.due_at
        for cycle in cycles_at(events_of(story), book, until)
        if cycle.due_at and cycle.is_overdue(now)
    }


def _terms(
    subject: Subjects, asked: TrySlaPolicy, offers: Sequence[Offer], hours: Mapping[str, BusinessHours], now: datetime
) -> SlaEvent:
    """Return what would apply from now on. A draft takes the place of its policy, or comes after all others."""
    draft = Offer(DRAFT, 1, asked.policy.conditions, asked.policy.hours_id)
    tried = [draft if offer.id == asked.policy_id else offer for offer in offers] + ([] if asked.policy_id else [draft])
    offer = choose(tried, subject.subject)
    policy: Version | None = (offer.id, offer.version) if offer else None
    kept = hours.get(offer.hours_id) if offer and offer.hours_id else None
    return terms_of(subject.conversation.id, now, policy, (kept.id, kept.version or 1) if kept else None)


def _with_draft(book: Book, asked: TrySlaPolicy, hours: Mapping[str, BusinessHours]) -> Book:
    """Return the book with the draft, and with the hours as they are now."""
    draft = policy_of(DRAFT, 1, asked.policy.name, asked.policy.targets)
    calendars = {(one.id, one.version or 1): calendar_of_version(one) for one in hours.values()}
    return msgspec.structs.replace(book, policies={**book.policies, (DRAFT, 1): draft}, calendars={**book.calendars, **calendars})
