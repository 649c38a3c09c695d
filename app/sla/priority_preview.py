"""Due times that a conversation would have with each priority, before one is chosen. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import select

from app.contract.sla import DueByPriority, PriorityDueView
from app.contract.values import Priority
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission
from app.sla.clocks import Book, PrioritySet, TermsSet, Version, cycles_at
from app.sla.next_due import first_due
from app.sla.policies import Offer, calendar_of_version, choose, offers_of
from app.sla.stories import Subjects, book_for, events_of, is_whole, stories_of, subjects_of, terms_of
from app.work import Rows
from models import BusinessHours

PRIORITIES: tuple[Priority, ...] = ("low", "medium", "high", "urgent")


async def due_by_priority(rows: Rows, agent: SignedInAgent, conversation_id: str, now: datetime) -> DueByPriority:
    """Return the clock that would be due first with each priority; none while there is no policy. Raises NotFound."""
    subject = (await subjects_of(rows, [conversation_id])).get(conversation_id)
    if subject is None or not agent.may(Permission.VIEW_CONVERSATIONS, subject.conversation.inbox_id):
        raise NotFound("conversation", conversation_id)
    story = (await stories_of(rows, [conversation_id])).get(conversation_id, [])
    if not is_whole(story):
        return DueByPriority(at=now, due=[])
    offers = await offers_of(rows)
    hours = {one.id: one for one in await rows.all(select(BusinessHours))}
    until = max(now, story[-1].at)
    chosen: dict[Priority, tuple[Version | None, Version | None]] = {
        priority: _terms(subject, priority, offers, hours) for priority in PRIORITIES
    }
    named = [terms_of(conversation_id, until, *terms) for terms in chosen.values()]
    book = _with_hours(await book_for(rows, [[*story, *named]]), hours)
    told = events_of(story)
    due: list[PriorityDueView] = []
    for priority, (policy, calendar) in chosen.items():
        changed = [PrioritySet(at=until, priority=priority), TermsSet(at=until, policy=policy, calendar=calendar)]
        due.append(PriorityDueView(priority=priority, next_due=first_due(cycles_at([*told, *changed], book, until))))
    return DueByPriority(at=now, due=due)


def _terms(
    subject: Subjects, priority: Priority, offers: list[Offer], hours: Mapping[str, BusinessHours]
) -> tuple[Version | None, Version | None]:
    """Return the versions of the policy and the hours that would apply."""
    offer = choose(offers, replace(subject.subject, priority=priority))
    kept = hours.get(offer.hours_id) if offer and offer.hours_id else None
    return (offer.id, offer.version) if offer else None, (kept.id, kept.version or 1) if kept else None


def _with_hours(book: Book, hours: Mapping[str, BusinessHours]) -> Book:
    """Return the book with the hours as they are now, whose version may not be kept yet."""
    calendars = {(one.id, one.version or 1): calendar_of_version(one) for one in hours.values()}
    return replace(book, calendars={**book.calendars, **calendars})
