"""Stories of conversations, from the rows that triggers write, and which promises applied to them from when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import cast

import msgspec
from msgspec import Struct
from sqlalchemy import and_, or_, select

from app.contract.sla import SlaTarget
from app.contract.values import CATEGORY_CLOCKS, Priority
from app.sla.calendar import Calendar
from app.sla.clocks import (
    Book,
    Escalated,
    EscalationAnswered,
    EscalationWithdrawn,
    Happened,
    Merged,
    Opened,
    OwnerSet,
    Policy,
    PrioritySet,
    StatusSet,
    TermsSet,
    Ticking,
    Version,
    Wrote,
)
from app.sla.policies import Subject, calendar_of_version, policy_of
from app.work import Rows
from models import Contact, Conversation, HoursVersion, Message, SlaEvent, SlaPolicyVersion, Status

TICKING: Mapping[str, Ticking] = CATEGORY_CLOCKS  # pyright: ignore[reportAssignmentType] (keys are narrower)
"""What clocks do in each category, in statuses that do not say it themselves."""

ENDS = ("resolved", "closed", "ended_by_contact")
REOPENS = "reopened"
"""System lines that say so."""


class Subjects(Struct, frozen=True):
    """A conversation with what policies are chosen by."""

    conversation: Conversation
    subject: Subject
    contact_name: str


async def subjects_of(rows: Rows, conversation_ids: Sequence[str]) -> dict[str, Subjects]:
    """Return what policies are chosen by, for each of these that is there."""
    found = await rows.rows(
        select(Conversation, Contact.company, Contact.name)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Conversation.id.in_(conversation_ids))
    )
    return {
        one.id: Subjects(
            one,
            Subject(
                inbox_id=one.inbox_id,
                team_id=one.team_id,
                topic=one.topic or "",
                priority=one.priority,
                company=company or "",
            ),
            name,
        )
        for one, company, name in found
    }


async def stories_of(rows: Rows, conversation_ids: Sequence[str]) -> dict[str, list[SlaEvent]]:
    """Return the events of each of these, in order."""
    wanted = select(SlaEvent).where(SlaEvent.conversation_id.in_(conversation_ids), SlaEvent.happened != "recheck")
    found = await rows.all(wanted.order_by(SlaEvent.conversation_id, SlaEvent.id))
    return {id: list(events) for id, events in groupby(found, lambda event: event.conversation_id)}


def is_whole(story: Sequence[SlaEvent]) -> bool:
    """Return whether the story begins where the conversation does."""
    return bool(story) and story[0].happened == "opened"


async def retell(rows: Rows, conversations: Sequence[Conversation]) -> dict[str, list[SlaEvent]]:
    """Return the stories of conversations that began before there was a policy: messages, ends and reopenings as they were
    written, and status, owner and escalation as they are, for nobody wrote down when those came about."""
    found = await rows.rows(
        select(Message.conversation_id, Message.author_kind, Message.system, Message.created_at)
        .where(
            Message.conversation_id.in_([one.id for one in conversations]),
            or_(
                and_(Message.seq.is_not(None), Message.system.is_(None), Message.author_kind.in_(("contact", "agent"))),
                Message.system.in_([*ENDS, REOPENS]),
            ),
        )
        .order_by(Message.conversation_id, Message.rev)
    )
    written = {id: list(lines) for id, lines in groupby(found, lambda line: line[0])}
    modes = {key: clock for key, clock in await rows.rows(select(Status.key, Status.clock))}  # noqa: C416 - to the type checker a row is no pair
    return {
        one.id: _retold(one, [(kind, system, at) for _, kind, system, at in written.get(one.id, [])], modes.get(one.status))
        for one in conversations
    }


def _retold(conversation: Conversation, lines: Sequence[tuple[str, str | None, datetime]], clock: str | None) -> list[SlaEvent]:
    story = [_event(conversation, "opened", conversation.created_at, category="open", priority=conversation.priority)]
    for kind, system, at in lines:
        if system is None:
            story.append(_event(conversation, "customer" if kind == "contact" else "agent", at))
        else:
            category = "open" if system == REOPENS else "resolved"
            story.append(_event(conversation, "state", at, category=category, priority=conversation.priority))
    stands = _event(
        conversation,
        "state",
        max(conversation.changed_at, *(event.at for event in story)),
        category=conversation.category,
        priority=conversation.priority,
        agent_id=None if conversation.offer_until else conversation.agent_id,
        escalation_level=conversation.escalation_level,
        clock=clock,
    )
    return [*story, stands]


def terms_of(conversation_id: str, at: datetime, policy: Version | None, hours: Version | None) -> SlaEvent:
    """Return the event from which on these versions apply."""
    return SlaEvent(
        conversation_id=conversation_id,
        at=at,
        happened="terms",
        is_new=False,
        policy_id=policy[0] if policy else None,
        policy_version=policy[1] if policy else None,
        hours_id=hours[0] if hours else None,
        hours_version=hours[1] if hours else None,
    )


def versions_in(event: SlaEvent) -> tuple[Version | None, Version | None]:
    """Return the policy and the hours that an event names."""
    policy = (event.policy_id, event.policy_version) if event.policy_id and event.policy_version else None
    hours = (event.hours_id, event.hours_version) if event.hours_id and event.hours_version else None
    return policy, hours


def events_of(story: Iterable[SlaEvent]) -> list[Happened]:
    """Return a story as the clocks take it. Times never go back: a clock that was set back cannot undo what came before."""
    told: list[Happened] = []
    before: SlaEvent | None = None
    latest: datetime | None = None
    for event in _terms_first(list(story)):
        latest = event.at if latest is None else max(latest, event.at)
        match event.happened:
            case "customer" | "agent":
                told.append(Wrote(at=latest, by="customer" if event.happened == "customer" else "agent"))
            case "terms":
                policy, hours = versions_in(event)
                told.append(TermsSet(at=latest, policy=policy, calendar=hours))
            case "escalation_answered":
                told.append(EscalationAnswered(at=latest))
            case "merged":
                told.append(Merged(at=latest))
            case _:
                told += _changes(before, event, latest)
                before = event
    return told


async def book_for(rows: Rows, stories: Iterable[Sequence[SlaEvent]]) -> Book:
    """Return every version that these stories name."""
    named = [versions_in(event) for story in stories for event in story if event.happened == "terms"]
    policies = {policy for policy, _ in named if policy}
    hours = {kept for _, kept in named if kept}
    return Book(await _policies(rows, policies), await _calendars(rows, hours))


async def _policies(rows: Rows, versions: set[Version]) -> dict[Version, Policy]:
    kept = SlaPolicyVersion
    wanted = [and_(kept.policy_id == id, kept.version == version) for id, version in versions]
    found = await rows.all(select(kept).where(or_(*wanted))) if wanted else []
    return {
        (one.policy_id, one.version): policy_of(
            one.policy_id, one.version, one.name, msgspec.convert(one.targets, list[SlaTarget])
        )
        for one in found
    }


async def _calendars(rows: Rows, versions: set[Version]) -> dict[Version, Calendar]:
    kept = HoursVersion
    wanted = [and_(kept.hours_id == id, kept.version == version) for id, version in versions]
    found = await rows.all(select(kept).where(or_(*wanted))) if wanted else []
    return {(one.hours_id, one.version): calendar_of_version(one) for one in found}


def _terms_first(story: list[SlaEvent]) -> list[SlaEvent]:
    """The first promise is noted a moment after the conversation was opened, and applies from its beginning."""
    return sorted(story, key=lambda event: event.happened != "terms" or event.at > story[0].at)


def _changes(before: SlaEvent | None, event: SlaEvent, at: datetime) -> Iterator[Happened]:
    """Yield the changes since the event before. A colleague who takes an escalated conversation over has answered the
    escalation.
    """
    if event.happened == "opened":
        yield Opened(at=at)
    if before is None or event.priority != before.priority:
        yield PrioritySet(at=at, priority=cast(Priority, event.priority))
    was_escalated, is_escalated = bool(before and before.escalation_level), bool(event.escalation_level)
    owner = before.agent_id if before else None
    if was_escalated and is_escalated and event.agent_id and event.agent_id != owner:
        yield EscalationAnswered(at=at)
    if event.agent_id != owner:
        yield OwnerSet(at=at, is_assigned=event.agent_id is not None)
    if is_escalated and not was_escalated:
        yield Escalated(at=at)
    if was_escalated and not is_escalated:
        yield EscalationWithdrawn(at=at)
    if before is None or _ticking(event) != _ticking(before):
        yield StatusSet(at=at, clock=_ticking(event))


def _ticking(event: SlaEvent) -> Ticking:
    """Return what clocks do as the conversation stood then: as its status said, or else its category."""
    return cast(Ticking, event.clock) if event.clock else TICKING[event.category or "open"]


def _event(conversation: Conversation, happened: str, at: datetime, **stands: str | int | None) -> SlaEvent:
    return SlaEvent(conversation_id=conversation.id, at=at, happened=happened, is_new=False, **stands)
