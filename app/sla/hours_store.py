"""Business hours kept by admins, and whether an inbox is open."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.hours import HoursView, OpenPeriod, SaveHours
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.sla.calendar import day_of, zone_of
from app.sla.hours import is_open, next_closing, next_opening, periods_of
from app.sla.policies import recheck_hours, refuse_hours_in_use
from app.text import clean_line
from app.work import Rows, Work
from models import BusinessHours, Inbox

DIFFERING = ("name", "time_zone", "periods", "closed_on")
"""Fields whose change is recorded."""


class Opening(Struct, frozen=True):
    """State of an inbox by its hours: open or not, and when it opens next, if it does."""

    is_open: bool
    opens_at: datetime | None = None


async def list_hours(rows: Rows, now: datetime) -> list[HoursView]:
    """All of them, by name."""
    return [_view(hours, now) for hours in await rows.all(select(BusinessHours).order_by(BusinessHours.name))]


async def save_hours(work: Work, agent: SignedInAgent, asked: SaveHours, hours_id: str | None = None) -> HoursView:
    """Add hours, or change those with this id. Raises Invalid for an unknown zone or date, Conflict for a name taken,
    NotFound for an unknown id."""
    require(Permission.SET_HOURS, agent)
    name = clean_line(asked.name)
    if not name:
        raise Invalid("Business hours need a name.")
    zone_of(asked.time_zone)
    for day in asked.closed_on:
        day_of(day)
    taken = await work.one(select(BusinessHours.id).where(BusinessHours.name == name))
    if taken and taken != hours_id:
        raise Conflict("Business hours with this name already exist.")
    values = {
        "name": name,
        "time_zone": asked.time_zone,
        "periods": msgspec.to_builtins(asked.periods),
        "closed_on": sorted(set(asked.closed_on)),
        "changed_at": work.now,
        "changed_by": agent.name,
    }
    was = None
    if hours_id is None:
        hours = await work.add(BusinessHours(id=new_id(), created_at=work.now, **values))
    else:
        kept = await work.one(select(BusinessHours).where(BusinessHours.id == hours_id).with_for_update())
        if kept is None:
            raise NotFound("business hours", hours_id)
        was = {name: getattr(kept, name) for name in DIFFERING}
        version = func.coalesce(BusinessHours.version, 1) + 1
        anew = update(BusinessHours).where(BusinessHours.id == hours_id).values(version=version, **values)
        hours = await work.one(anew.returning(BusinessHours))
        assert hours is not None
        await recheck_hours(work, hours_id)
    action, about = "hours.create" if hours_id is None else "hours.change", ("business_hours", hours.id)
    record(work, agent, action, about=about, hours=name, before=was, after={name: values[name] for name in DIFFERING})
    announce_config(work, "hours")
    return _view(hours, work.now)


async def remove_hours(work: Work, agent: SignedInAgent, hours_id: str) -> None:
    """Inboxes that kept these hours are always open from now on. Raises Conflict when an SLA policy counts by them, NotFound."""
    require(Permission.SET_HOURS, agent)
    await refuse_hours_in_use(work, hours_id)
    name = await work.one(select(BusinessHours.name).where(BusinessHours.id == hours_id))
    await work.change(update(Inbox).where(Inbox.hours_id == hours_id).values(hours_id=None))
    if not await work.change(delete(BusinessHours).where(BusinessHours.id == hours_id)):
        raise NotFound("business hours", hours_id)
    record(work, agent, "hours.remove", hours=name)
    announce_config(work, "hours")


async def set_inbox_hours(work: Work, agent: SignedInAgent, inbox_id: str, hours_id: str | None) -> None:
    """The inbox keeps these hours; none for always open. Raises NotFound."""
    require(Permission.SET_HOURS, agent)
    if hours_id and not await work.one(select(BusinessHours.id).where(BusinessHours.id == hours_id)):
        raise NotFound("business hours", hours_id)
    inbox = await work.one(select(Inbox).where(Inbox.id == inbox_id).with_for_update())
    if inbox is None:
        raise NotFound("inbox", inbox_id)
    before = {"hours_id": inbox.hours_id}
    await work.change(update(Inbox).where(Inbox.id == inbox_id).values(hours_id=hours_id))
    about = ("inbox", inbox_id)
    record(work, agent, "inbox.change", about=about, inbox=inbox.name, before=before, after={"hours_id": hours_id})
    announce_config(work, "inboxes")


async def opening_of(rows: Rows, hours_id: str | None, now: datetime) -> Opening:
    """Return whether an inbox with these hours is open, and when it opens next; without hours it always is."""
    hours = await rows.one(select(BusinessHours).where(BusinessHours.id == hours_id)) if hours_id else None
    if hours is None:
        return Opening(is_open=True)
    periods, closed = periods_of(hours.periods), frozenset(hours.closed_on)
    if is_open(hours.time_zone, periods, closed, now):
        return Opening(is_open=True)
    return Opening(is_open=False, opens_at=next_opening(hours.time_zone, periods, closed, now))


async def is_inbox_open(rows: Rows, hours_id: str | None, now: datetime) -> bool:
    """Return whether an inbox with these hours is open; without hours it always is."""
    if hours_id is None:
        return True
    hours = await rows.one(select(BusinessHours).where(BusinessHours.id == hours_id))
    return hours is None or is_open(hours.time_zone, periods_of(hours.periods), hours.closed_on, now)


def _view(hours: BusinessHours, now: datetime) -> HoursView:
    periods, closed = periods_of(hours.periods), frozenset(hours.closed_on)
    return HoursView(
        id=hours.id,
        name=hours.name,
        time_zone=hours.time_zone,
        periods=msgspec.convert(hours.periods, list[OpenPeriod]),
        closed_on=list(hours.closed_on),
        is_open=is_open(hours.time_zone, periods, closed, now),
        opens_at=next_opening(hours.time_zone, periods, closed, now),
        closes_at=next_closing(hours.time_zone, periods, closed, now),
        changed_at=hours.changed_at,
        changed_by=hours.changed_by or "",
    )
