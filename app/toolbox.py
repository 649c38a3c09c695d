"""The agents' toolbox: saved views, canned responses, macros. Each is one agent's own, or everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast, get_args

import msgspec
from sqlalchemy import delete, func, or_, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.audiences import ToAgent, ToAllAgents
from app.contract.lists import ListFilter
from app.contract.toolbox import (
    CannedResponseView,
    FilterView,
    MacroStep,
    MacroStepView,
    MacroView,
    SaveCannedResponse,
    SavedViewView,
    SaveMacro,
    SaveView,
    ToolboxChanged,
    ToolboxContent,
)
from app.contract.values import Id, Priority
from app.contract.work_list import TicketListingView
from app.conversations.lists.counts import saved_views_of
from app.conversations.reading.drafts import list_drafts
from app.conversations.tags import clean_tag, list_tags
from app.errors import Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.text import clean_line, clean_text
from app.work import Rows, Work
from models import CannedResponse, Macro, SavedView, Status

MOST = 200
LONGEST_SNOOZE_SECONDS = 366 * 86_400
KINDS = {SavedView: "view", CannedResponse: "canned response", Macro: "macro"}

K = TypeVar("K", SavedView, CannedResponse, Macro)


async def list_desk(rows: Rows, agent: SignedInAgent) -> ToolboxContent:
    """Everything the agent has at hand."""
    theirs = [or_(table.agent_id == agent.id, table.agent_id.is_(None)) for table in (CannedResponse, Macro)]
    canned = await rows.all(select(CannedResponse).where(theirs[0]).order_by(CannedResponse.shortcut, CannedResponse.id))
    macros = await rows.all(select(Macro).where(theirs[1]).order_by(Macro.name, Macro.id))
    return ToolboxContent(
        views=[_saved_view(view) for view in await rows.all(saved_views_of(agent))],
        canned=[_canned_response(one) for one in canned],
        macros=[_macro(one) for one in macros],
        drafts=await list_drafts(rows, agent),
        tags=await list_tags(rows),
    )


async def save_view(work: Work, agent: SignedInAgent, asked: SaveView, id: str | None = None) -> SavedViewView:
    """Keep a filter under a name; with an id, in place of what it was."""
    _require(agent, is_shared=asked.is_shared)
    cleaned = {"query": clean_line(asked.filter.query), "tag": clean_line(asked.filter.tag)}
    kept = msgspec.to_builtins(asked.filter) | cleaned
    if kept["agent_id"] is None:
        del kept["agent_id"]  # the version before this one, beside us in a deploy, refuses a field that it does not know
    tickets = None
    if asked.tickets is not None:
        tickets = msgspec.to_builtins(asked.tickets) | {"topic": clean_line(asked.tickets.topic)}
    values = {"name": _named(asked.name), "filter": kept, "tickets": tickets}
    return _saved_view(await _keep(work, agent, SavedView, id, values, is_shared=asked.is_shared))


async def save_canned_response(
    work: Work, agent: SignedInAgent, asked: SaveCannedResponse, id: str | None = None
) -> CannedResponseView:
    """Keep a text under its shortcut; with an id, in place of what it was."""
    _require(agent, is_shared=asked.is_shared)
    values = {"shortcut": _named(asked.shortcut), "body": _worded(asked.body)}
    return _canned_response(await _keep(work, agent, CannedResponse, id, values, is_shared=asked.is_shared))


async def save_macro(work: Work, agent: SignedInAgent, asked: SaveMacro, id: str | None = None) -> MacroView:
    """Keep a list of actions under a name; with an id, in place of what it was. Raises Invalid for one that cannot be done."""
    _require(agent, is_shared=asked.is_shared)
    values = {"name": _named(asked.name), "steps": [await _checked(work, step) for step in asked.steps]}
    return _macro(await _keep(work, agent, Macro, id, values, is_shared=asked.is_shared))


async def delete_kept(work: Work, agent: SignedInAgent, table: type[SavedView | CannedResponse | Macro], id: str) -> None:
    """Throw one away. Somebody else's raises the same NotFound as a missing one."""
    require(Permission.REPLY, agent)
    row = await _access(work, agent, table, id)  # pyright: ignore[reportArgumentType] (each of the three is a K)
    await work.change(delete(table).where(table.id == id))
    await _record(work, agent, "delete", row)
    _tell(work, agent, is_shared=row.agent_id is None)


def _require(agent: SignedInAgent, *, is_shared: bool) -> None:
    require(Permission.SHARE_TOOLBOX if is_shared else Permission.REPLY, agent)


async def _keep(
    work: Work, agent: SignedInAgent, table: type[K], id: str | None, values: dict[str, Any], *, is_shared: bool
) -> K:
    owner = None if is_shared else agent.id
    was_shared = False
    if id is None:
        await _refuse_too_many(work, table, owner)
        row = table(id=new_id(), agent_id=owner, created_at=work.now, **values)
        await work.add(row)
        await _record(work, agent, "create", row)
    else:
        row = await _access(work, agent, table, id)
        was_shared = row.agent_id is None
        await work.change(update(table).where(table.id == id).values(agent_id=owner, **values))
        row = table(id=id, agent_id=owner, created_at=row.created_at, **values)
        await _record(work, agent, "change", row, was_shared=was_shared)
    _tell(work, agent, is_shared=is_shared or was_shared)
    return row


async def _access(work: Work, agent: SignedInAgent, table: type[K], id: str) -> K:
    found = await work.one(select(table).where(table.id == id).with_for_update())
    if found is None or found.agent_id not in (None, agent.id):
        raise NotFound(KINDS[table], id)
    if found.agent_id is None:
        require(Permission.SHARE_TOOLBOX, agent)
    return found


async def _refuse_too_many(work: Work, table: type[K], owner: str | None) -> None:
    of_owner = table.agent_id.is_(None) if owner is None else table.agent_id == owner
    if (await work.one(select(func.count()).select_from(table).where(of_owner)) or 0) >= MOST:
        raise Invalid(f"You can have up to {MOST}. Delete one first.")


async def _record(work: Work, agent: SignedInAgent, verb: str, row: K, *, was_shared: bool = False) -> None:
    """Note in the audit log what concerns others: one's own things are one's own business."""
    if row.agent_id is None or was_shared:
        name = row.shortcut if isinstance(row, CannedResponse) else row.name
        record(work, agent, f"{KINDS[type(row)].replace(' ', '_')}.{verb}", name=name, is_shared=row.agent_id is None)


def _tell(work: Work, agent: SignedInAgent, *, is_shared: bool) -> None:
    work.announce(ToolboxChanged(), to=ToAllAgents() if is_shared else ToAgent(agent_id=agent.id))


def _named(text: str) -> str:
    name = clean_line(text)
    if not name:
        raise Invalid("Enter a name.")
    return name


def _worded(text: str) -> str:
    words = clean_text(text)
    if not words:
        raise Invalid("Write a message first.")
    return words


async def _checked(work: Work, step: MacroStep) -> dict[str, str]:
    """The step as it is kept. Raises Invalid when nobody could do it."""
    value = clean_text(step.value)
    match step.do:
        case "status":
            is_known = await work.one(select(Status.key).where(Status.key == value)) is not None
        case "priority":
            is_known = value in get_args(Priority)
        case "assign":
            is_known = value in ("me", "queue") or _is_whom(value)
        case "snooze":
            is_known = value.isascii() and value.isdigit() and 60 <= int(value[:9]) <= LONGEST_SNOOZE_SECONDS
        case "tag" | "untag":
            value, is_known = clean_tag(value), True
        case "reply" | "note":
            is_known = value != ""
    if not is_known:
        raise Invalid(f"“{value[:60]}” is not a macro action.")
    return {"do": step.do, "value": value}


def _is_whom(value: str) -> bool:
    kind, _, id = value.partition(":")
    try:
        msgspec.convert(id, Id)
    except msgspec.ValidationError:
        return False
    return kind in ("agent", "team")


def _view_filter(kept: Any) -> FilterView:
    """A filter that was kept before all of today's fields were there narrows nothing by those it lacks."""
    return msgspec.convert(msgspec.to_builtins(msgspec.convert(kept, ListFilter)), FilterView)


def _saved_view(row: SavedView) -> SavedViewView:
    return SavedViewView(
        id=row.id,
        name=row.name,
        is_shared=row.agent_id is None,
        filter=_view_filter(row.filter),
        tickets=_listing(row.tickets) if row.tickets else None,
    )


def _listing(kept: dict[str, Any]) -> TicketListingView:
    """Return what a view of tickets has besides its filter; fields that came later are empty in what was kept before."""
    return msgspec.convert({"closed_from": None, "closed_to": None} | kept, TicketListingView)


def _canned_response(row: CannedResponse) -> CannedResponseView:
    return CannedResponseView(id=row.id, shortcut=row.shortcut, body=row.body, is_shared=row.agent_id is None)


def _macro(row: Macro) -> MacroView:
    steps = msgspec.convert(cast(Sequence[Any], row.steps), list[MacroStepView])
    return MacroView(id=row.id, name=row.name, is_shared=row.agent_id is None, steps=steps)
