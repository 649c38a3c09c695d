"""SLA policies that admins keep, each with every version it ever had, and which of them a conversation falls under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, insert, literal, select, true, update

from app.activity.record import record
from app.clock import new_id
from app.contract.sla import OrderSlaPolicies, SaveSlaPolicy, SlaConditions, SlaPolicyView, SlaTarget
from app.contract.values import OPEN_CATEGORIES, Priority
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.sla.calendar import ALWAYS, Calendar
from app.sla.clocks import Policy, Target, check_target
from app.sla.conditions import ClockName
from app.sla.hours import calendar_of_hours, periods_of
from app.text import clean_line
from app.work import Rows, Work
from models import BusinessHours, Conversation, HoursVersion, Inbox, SlaEvent, SlaPolicy, SlaPolicyVersion, Team

MAX_POLICIES = 200


class Subject(Struct, frozen=True, kw_only=True):
    """Fields that policies are chosen by."""

    inbox_id: str
    team_id: str | None
    topic: str
    priority: str
    company: str


class Offer(Struct, frozen=True):
    """A policy that may apply: its current version, conditions and hours."""

    id: str
    version: int
    conditions: SlaConditions
    hours_id: str | None


def choose(offers: Sequence[Offer], subject: Subject) -> Offer | None:
    """Return the first policy whose every condition holds, or None."""
    return next((offer for offer in offers if _matches(offer.conditions, subject)), None)


def _matches(wanted: SlaConditions, subject: Subject) -> bool:
    asked: tuple[tuple[Sequence[str], str | None], ...] = (
        (wanted.inbox_ids, subject.inbox_id),
        (wanted.team_ids, subject.team_id),
        ([one.casefold() for one in wanted.topics], subject.topic.casefold()),
        (wanted.priorities, subject.priority),
        ([one.casefold() for one in wanted.companies], subject.company.casefold()),
    )
    return all(not wished or own in wished for wished, own in asked)


def policy_of(id: str, version: int, name: str, targets: Sequence[SlaTarget]) -> Policy:
    """Return a version as the clocks take it."""
    found: dict[ClockName, dict[Priority, Target]] = {}
    for one in targets:
        found.setdefault(one.clock, {})[one.priority] = Target(one.minutes, one.warn_minutes, one.around_the_clock)
    return Policy(id=id, version=version, name=name, targets=found)


async def list_policies(rows: Rows) -> list[SlaPolicyView]:
    """Return every policy in the order they are tried."""
    return [_view(row) for row in await rows.all(select(SlaPolicy).order_by(SlaPolicy.position, SlaPolicy.id))]


async def offers_of(rows: Rows) -> list[Offer]:
    """Return the policies to choose from, in order."""
    return [Offer(view.id, view.version, view.conditions, view.hours_id) for view in await list_policies(rows)]


async def save_policy(work: Work, agent: SignedInAgent, asked: SaveSlaPolicy, policy_id: str | None = None) -> SlaPolicyView:
    """Add a policy after the others, or replace the one with this id by a new version. Open cycles are counted anew.

    Raises Invalid for what `check_policy` refuses, Conflict for a name taken, NotFound for an unknown id.
    """
    require(Permission.SET_SLA, agent)
    name = await check_policy(work, asked, work.now)
    taken = await work.one(select(SlaPolicy.id).where(SlaPolicy.name == name))
    if taken and taken != policy_id:
        raise Conflict("An SLA policy with this name already exists. Give it another name.")
    values: dict[str, Any] = {
        "name": name,
        "conditions": msgspec.to_builtins(asked.conditions),
        "targets": msgspec.to_builtins(asked.targets),
        "hours_id": asked.hours_id,
    }
    change = {"changed_at": work.now, "changed_by": agent.name}
    was: dict[str, Any] | None = None
    if policy_id is None:
        row = await _add(work, values | change)
    else:
        before = await work.one(select(SlaPolicy).where(SlaPolicy.id == policy_id).with_for_update())
        if before is None:
            raise NotFound("SLA policy", policy_id)
        if asked.version is not None and asked.version != before.version:
            raise Conflict("Another admin changed this policy. Reload to see it.")
        was = {name: getattr(before, name) for name in values}
        anew = update(SlaPolicy).where(SlaPolicy.id == policy_id).values(version=SlaPolicy.version + 1, **values, **change)
        row = await work.one(anew.returning(SlaPolicy))
        assert row is not None
    await work.add(SlaPolicyVersion(policy_id=row.id, version=row.version, made_at=work.now, made_by=agent.name, **values))
    await _after_change(work, agent, "sla_policy.create" if policy_id is None else "sla_policy.change", name, was, values)
    return _view(row)


async def remove_policy(work: Work, agent: SignedInAgent, policy_id: str) -> None:
    """Remove a policy. Open cycles fall under the next that matches; those that are over keep what they were measured by.
    Raises NotFound."""
    require(Permission.SET_SLA, agent)
    name = await work.one(select(SlaPolicy.name).where(SlaPolicy.id == policy_id))
    if not await work.change(delete(SlaPolicy).where(SlaPolicy.id == policy_id)):
        raise NotFound("SLA policy", policy_id)
    await _after_change(work, agent, "sla_policy.remove", name or "")


async def order_policies(work: Work, agent: SignedInAgent, asked: OrderSlaPolicies) -> list[SlaPolicyView]:
    """Set the order they are tried in. Raises Conflict when a colleague has added or removed one meanwhile."""
    require(Permission.SET_SLA, agent)
    in_order = select(SlaPolicy.id, SlaPolicy.name).order_by(SlaPolicy.position, SlaPolicy.id)
    names = {policy_id: name for policy_id, name in await work.rows(in_order)}  # noqa: C416 - to the type checker a row is no pair
    if set(asked.policy_ids) != set(names) or len(asked.policy_ids) != len(names):
        raise Conflict("Another admin changed the policies. Reload to see them.")
    for position, policy_id in enumerate(asked.policy_ids):
        await work.change(update(SlaPolicy).where(SlaPolicy.id == policy_id).values(position=position))
    order = {"order": [names[policy_id] for policy_id in asked.policy_ids]}
    await _after_change(work, agent, "sla_policy.order", "", {"order": list(names.values())}, order)
    return await list_policies(work)


async def check_policy(rows: Rows, asked: SaveSlaPolicy, now: datetime) -> str:
    """Return the name, cleaned. Raises Invalid for a policy without a name, with two targets for one clock and priority, a
    target that cannot be counted, or an inbox, team or hours that do not exist."""
    name = clean_line(asked.name)
    if not name:
        raise Invalid("An SLA policy needs a name.")
    if len({(one.clock, one.priority) for one in asked.targets}) < len(asked.targets):
        raise Invalid("There are two targets for the same clock and priority. Keep one of them.")
    for model, ids, kind in ((Inbox, asked.conditions.inbox_ids, "inbox"), (Team, asked.conditions.team_ids, "team")):
        known = set(await rows.all(select(model.id).where(model.id.in_(ids)))) if ids else set[str]()
        if set(ids) - known:
            raise Invalid(f"This {kind} does not exist any more. Reload and choose another.")
    calendar = await _calendar_to_use(rows, asked.hours_id)
    for one in asked.targets:
        check_target(Target(one.minutes, one.warn_minutes, one.around_the_clock), calendar, now)
    return name


async def refuse_hours_in_use(rows: Rows, hours_id: str) -> None:
    """Raise Conflict when a policy counts by these hours."""
    if name := await rows.one(select(SlaPolicy.name).where(SlaPolicy.hours_id == hours_id).limit(1)):
        raise Conflict(f"The SLA policy {name} uses these hours. Give it other hours first.")


async def keep_hours_version(work: Work, hours: BusinessHours) -> int:
    """Keep the hours as they are now under their version, unless they are kept; return the version."""
    version = hours.version or 1
    await work.add_unless_there(
        HoursVersion(
            hours_id=hours.id,
            version=version,
            time_zone=hours.time_zone,
            periods=hours.periods,
            closed_on=hours.closed_on,
            made_at=hours.changed_at or hours.created_at,
        )
    )
    return version


async def recheck_hours(work: Work, hours_id: str) -> None:
    """Count open clocks anew when a policy counts by these hours. Raises Invalid when these no longer allow its targets."""
    policies = await work.all(select(SlaPolicy).where(SlaPolicy.hours_id == hours_id))
    if not policies:
        return
    calendar = await _calendar_to_use(work, hours_id)
    for policy in policies:
        for one in msgspec.convert(policy.targets, list[SlaTarget]):
            check_target(Target(one.minutes, one.warn_minutes, one.around_the_clock), calendar, work.now)
    await recheck_open(work)


async def recheck_open(work: Work) -> None:
    """Have the clocks of every open conversation counted anew."""
    again = select(Conversation.id, literal(work.now, SlaEvent.at.type), literal("recheck"), true()).where(
        Conversation.category.in_(OPEN_CATEGORIES)
    )
    await work.change(insert(SlaEvent).from_select(["conversation_id", "at", "happened", "is_new"], again))


def calendar_of_version(kept: HoursVersion | BusinessHours) -> Calendar:
    """Return the calendar that a version of business hours is."""
    return calendar_of_hours(kept.time_zone, periods_of(kept.periods), kept.closed_on)


async def _add(work: Work, values: Mapping[str, Any]) -> SlaPolicy:
    count = await work.one(select(func.count()).select_from(SlaPolicy)) or 0
    last = await work.one(select(func.max(SlaPolicy.position)))
    if count >= MAX_POLICIES:
        raise Conflict(f"There are {MAX_POLICIES} policies. Remove one first.")
    if not count:
        await _forget_stories(work)
    position = 0 if last is None else last + 1
    return await work.add(SlaPolicy(id=new_id(), position=position, version=1, created_at=work.now, **values))


async def _forget_stories(work: Work) -> None:
    """Delete all stories: events before the first policy, or while there was none, are read from the conversations
    themselves.
    """
    await work.change(delete(SlaEvent))


async def _after_change(
    work: Work,
    agent: SignedInAgent,
    action: str,
    name: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    await recheck_open(work)
    record(work, agent, action, policy=name, before=before, after=after)
    announce_config(work, "sla")


async def _calendar_to_use(rows: Rows, hours_id: str | None) -> Calendar:
    if hours_id is None:
        return ALWAYS
    hours = await rows.one(select(BusinessHours).where(BusinessHours.id == hours_id))
    if hours is None:
        raise Invalid("These business hours do not exist any more. Reload and choose others.")
    return calendar_of_version(hours)


def _view(row: SlaPolicy) -> SlaPolicyView:
    return SlaPolicyView(
        id=row.id,
        name=row.name,
        version=row.version,
        hours_id=row.hours_id,
        conditions=msgspec.convert(row.conditions, SlaConditions),
        targets=msgspec.convert(row.targets, list[SlaTarget]),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
