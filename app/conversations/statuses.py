"""Statuses: how admins name, order and retire them, and which may follow which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec.structs import asdict
from sqlalchemy import and_, case, exists, func, insert, literal, or_, select, update

from app.activity.actor import PARLEY
from app.activity.record import record
from app.clock import new_id
from app.contract.statuses import LocalNameView, OrderStatuses, RetireStatus, SaveStatus, StatusUseView, StatusView
from app.contract.values import CATEGORY_CLOCKS, Category, ClockMode, StatusColor
from app.conversations.announcements import announce_conversations
from app.conversations.recorded_facts import facts_of, record_change
from app.errors import Conflict, Invalid, NotFound
from app.job_kinds import JobKind, does
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.text import clean_line
from app.work import Rows, Work
from models import Conversation, SavedView, SlaEvent, SlaPolicy, Status
from models.conversation import IS_ENDED, IS_OPEN

MAX_STATUSES = 100
FIXED = ("new", "open", "reopened", "snoozed", "resolved", "closed", "duplicate")
"""Keys of those that Parley itself puts conversations into."""
CATEGORIES: tuple[Category, ...] = ("new", "open", "waiting", "resolved", "closed")
REPLACE_JOB = JobKind(name="status.replace", unique_by=("status", "after"))
"""Moves conversations out of a status that was retired, some at a time."""
MOVED_AT_ONCE = 200


async def list_statuses(rows: Rows) -> list[StatusView]:
    """Return every status in order, retired ones included."""
    return [status_view(one) for one in await rows.all(select(Status).order_by(Status.position, Status.key))]


async def list_status_use(rows: Rows, agent: SignedInAgent) -> list[StatusUseView]:
    """Return every status with how much it is used."""
    require(Permission.SET_TICKETS, agent)
    counted = await rows.rows(select(Conversation.status, func.count()).where(IS_OPEN).group_by(Conversation.status))
    counts = {key: count for key, count in counted}  # noqa: C416 - to the type checker a row is no pair
    ended = exists(select(Conversation.id).where(Conversation.status == Status.key, IS_ENDED))
    used = set(await rows.all(select(Status.key).where(ended)))
    return [
        StatusUseView(status=one, open_count=counts.get(one.key, 0), is_used=one.key in counts or one.key in used)
        for one in await list_statuses(rows)
    ]


async def save_status(work: Work, agent: SignedInAgent, asked: SaveStatus, key: str | None = None) -> StatusView:
    """Add a status at the end of its category, or replace what is said of one.

    Raises Invalid for what makes no sense, Conflict for a name that another one has, NotFound for an unknown key.
    """
    require(Permission.SET_TICKETS, agent)
    kept = {one.key: one for one in await _all_locked(work)}
    status = kept.get(key) if key else None
    if key and (status is None or status.retired_at):
        raise NotFound("status", key)
    if status and asked.category != status.category:
        raise Invalid("The category of a status never changes. Add another status instead.")
    values, former = _values_of(asked, kept, key), status_view(status) if status else None
    change: dict[str, Any] = {"changed_at": work.now, "changed_by": agent.name}
    if status is None:
        if len(kept) >= MAX_STATUSES:
            raise Invalid(f"There can be up to {MAX_STATUSES} statuses. Retire one first.")
        position = max((one.position for one in kept.values()), default=0) + 1
        row = Status(key=_free_key(values["name"], kept), category=asked.category, position=position, **values, **change)
        await work.add(row)
        await _set_positions(work, _in_order([*kept.values(), row]))
    else:
        has_other_clock = values["clock"] != status.clock
        await work.change(update(Status).where(Status.key == status.key).values(**values, **change))
        if has_other_clock:
            await _tell_clocks(work, status.key, values["clock"])
        row = Status(
            key=status.key, category=status.category, position=status.position, replaced_by=None, retired_at=None, **values
        )
    view = status_view(row)
    record(
        work,
        agent,
        "status.change" if former else "status.create",
        about=("status", row.key),
        before=asdict(former) if former else {},
        after=asdict(view),
    )
    announce_config(work, "tickets")
    return view


async def order_statuses(work: Work, agent: SignedInAgent, asked: OrderStatuses) -> list[StatusView]:
    """Set the order menus and lists show statuses in. Raises Conflict when another admin added or retired one meanwhile."""
    require(Permission.SET_TICKETS, agent)
    kept = await _all_locked(work)
    there = {one.key: one for one in kept if not one.retired_at}
    if sorted(asked.keys) != sorted(there):
        raise Conflict("Another admin changed the statuses. Reload to see them.")
    await _set_positions(work, _in_order([there[key] for key in asked.keys], is_sorted=True))
    record(work, agent, "status.order", order=", ".join(asked.keys))
    announce_config(work, "tickets")
    return await list_statuses(work)


async def retire_status(work: Work, agent: SignedInAgent, key: str, asked: RetireStatus) -> StatusView:
    """Take a status out of use; conversations in it move to the one that replaces it, a few at a time.

    Raises Invalid for one that Parley itself needs, or a replacement that is none, Conflict for one in use without a
    replacement, NotFound for an unknown key.
    """
    require(Permission.SET_TICKETS, agent)
    kept = {one.key: one for one in await _all_locked(work) if not one.retired_at}
    status = kept.get(key)
    if status is None:
        raise NotFound("status", key)
    if key in FIXED:
        raise Invalid(f"Parley itself uses “{status.name}”. Rename it instead.")
    followed = [one for one in kept.values() if key in (one.next_keys or [])]
    is_used = await work.one(select(Conversation.id).where(Conversation.status == key, or_(IS_OPEN, IS_ENDED)).limit(1))
    replacement = kept.get(asked.replace_by) if asked.replace_by else None
    if asked.replace_by and (replacement is None or replacement.key == key or replacement.category != status.category):
        raise Invalid(f"Choose another status of the same category to replace “{status.name}”.")
    if replacement is None and (is_used or followed):
        raise Conflict(f"“{status.name}” is in use. Choose the status that replaces it.")
    to = replacement.key if replacement else None
    change: dict[str, Any] = {"changed_at": work.now, "changed_by": agent.name}
    await work.change(update(Status).where(Status.key == key).values(retired_at=work.now, replaced_by=to, **change))
    await work.change(update(Status).where(Status.replaced_by == key).values(replaced_by=to))
    for one in followed:
        next_keys = dict.fromkeys(to if it == key else it for it in one.next_keys or [])
        await work.change(update(Status).where(Status.key == one.key).values(next_keys=[it for it in next_keys if it]))
    for view in await work.all(select(SavedView)):
        if view.filter.get("status") == key:
            await work.change(update(SavedView).where(SavedView.id == view.id).values(filter=view.filter | {"status": to or ""}))
    if to and is_used:
        await work.later(REPLACE_JOB, {"status": key, "after": ""})
    record(work, agent, "status.retire", about=("status", key), name=status.name, replaced_by=to)
    announce_config(work, "tickets")
    retired = await work.one(select(Status).where(Status.key == key).execution_options(populate_existing=True))
    assert retired is not None
    return status_view(retired)


@does(REPLACE_JOB)
async def replace_status(work: Work, payload: dict[str, Any]) -> None:
    """Move some conversations out of a retired status, and queue what is left."""
    status = await work.one(select(Status).where(Status.key == payload["status"]))
    if status is None or not status.replaced_by:
        return
    found = [
        *await work.all(_in_status(status.key, IS_OPEN)),
        *await work.all(_in_status(status.key, IS_ENDED)),
    ][:MOVED_AT_ONCE]
    if not found:
        return
    ids = [one.id for one in found]
    before = {one.id: facts_of(one) for one in found}
    moved = update(Conversation).where(Conversation.id.in_(ids), Conversation.status == status.key)
    values = {"status": status.replaced_by, "rev": Conversation.rev + 1, "changed_at": work.now}
    changed = await work.all(moved.values(**values).returning(Conversation).execution_options(synchronize_session=False))
    for one in changed:
        record_change(work, PARLEY, "conversation.set_status", before[one.id], one, cause=f"status:{status.key}")
    await announce_conversations(work, changed)
    await work.later(REPLACE_JOB, {"status": status.key, "after": ids[-1]})


async def check_may_follow(rows: Rows, key: str, next_key: str) -> None:
    """Raise Invalid when admins do not let this status follow the other."""
    statuses = {one.key: one for one in await rows.all(select(Status))}
    now = statuses.get(key)
    if now is None or not now.next_keys or next_key in now.next_keys:
        return
    allowed = ", ".join(statuses[one].name for one in now.next_keys if one in statuses)
    raise Invalid(f"“{statuses[next_key].name}” cannot follow “{now.name}”. Choose one of: {allowed}.")


def status_view(status: Status) -> StatusView:
    """A status as agents and admins see it."""
    category = cast(Category, status.category)
    return StatusView(
        key=status.key,
        name=status.name,
        names=names_view(status.names),
        category=category,
        color=cast(StatusColor, status.color or "gray"),
        clock=cast(ClockMode, status.clock or CATEGORY_CLOCKS[category]),
        next_keys=list(status.next_keys or []),
        is_fixed=status.key in FIXED,
        is_retired=status.retired_at is not None,
        replaced_by=status.replaced_by,
    )


def names_view(names: Mapping[str, str] | None) -> list[LocalNameView]:
    """Return names by language as they are shown."""
    return [LocalNameView(locale=locale, name=name) for locale, name in (names or {}).items()]


def names_of(asked: Sequence[Any]) -> dict[str, str]:
    """Return names by language, cleaned. Raises Invalid for a language named twice."""
    names = {one.locale: clean_line(one.name) for one in asked}
    if len(names) < len(asked):
        raise Invalid("A language is named twice. Remove one of the two.")
    return {locale: name for locale, name in names.items() if name}


def _values_of(asked: SaveStatus, kept: Mapping[str, Status], key: str | None) -> dict[str, Any]:
    name = clean_line(asked.name)
    if not name:
        raise Invalid("A status needs a name.")
    if any(one.name.casefold() == name.casefold() and one.key != key and not one.retired_at for one in kept.values()):
        raise Conflict("Another status has this name. Choose a different one.")
    unknown = [one for one in asked.next_keys if one not in kept or kept[one].retired_at]
    if unknown:
        raise Invalid(f"There is no status {unknown[0]}.")
    return {
        "name": name,
        "names": names_of(asked.names),
        "color": asked.color,
        "clock": None if asked.clock == CATEGORY_CLOCKS[asked.category] else asked.clock,
        "next_keys": [one for one in dict.fromkeys(asked.next_keys) if one != key],
    }


async def _all_locked(work: Work) -> Sequence[Status]:
    return await work.all(select(Status).order_by(Status.key).with_for_update())


def _in_status(key: str, shelf: Any) -> Any:
    wanted = select(Conversation).where(Conversation.status == key, shelf).order_by(Conversation.id.desc())
    return wanted.limit(MOVED_AT_ONCE).with_for_update()


def _in_order(statuses: Sequence[Status], *, is_sorted: bool = False) -> list[Status]:
    """Return them by category, as they are given or by their positions; retired ones come last."""
    given = list(statuses) if is_sorted else sorted(statuses, key=lambda one: one.position)
    return sorted(given, key=lambda one: (one.retired_at is not None, CATEGORIES.index(cast(Category, one.category))))


async def _set_positions(work: Work, statuses: Sequence[Status]) -> None:
    for position, status in enumerate(statuses):
        await work.change(update(Status).where(Status.key == status.key).values(position=position))


async def _tell_clocks(work: Work, key: str, clock: str | None) -> None:
    """Write down for the clocks of every open conversation in this status that it now says something else."""
    owner = case((Conversation.offer_until.is_(None), Conversation.agent_id), else_=None)
    held = (Conversation.id, literal(work.now, SlaEvent.__table__.c.at.type), literal("state"), literal(True))
    stands = (Conversation.category, Conversation.priority, owner, Conversation.escalation_level, literal(clock))
    promised = exists(select(SlaPolicy.id))
    found = select(*held, *stands).where(and_(Conversation.status == key, IS_OPEN, promised))
    columns = ["conversation_id", "at", "happened", "is_new", "category", "priority", "agent_id", "escalation_level", "clock"]
    await work.change(insert(SlaEvent).from_select(columns, found))


def _free_key(name: str, kept: Mapping[str, Status]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:34] or f"status_{new_id()[:8]}"
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, MAX_STATUSES + 2))) if key not in kept)
