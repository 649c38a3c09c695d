"""The tickets' work list: every order it can be in, a page of it in one query that reads along an index.

An order is a few spans that follow each other, each of them in an index in just that order. The spans a page may reach are
asked for in one statement, and the database stops at the span that fills the page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, cast

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, and_, func, or_, select, true, union_all

from app.contract.conversations import ConversationView
from app.contract.lists import ConversationPage, ListFilter
from app.contract.work_list import TicketListing
from app.conversations.lists.filters import conditions_of
from app.conversations.lists.list_order import Key, minute_of
from app.conversations.lists.search import is_far_behind
from app.conversations.row_changes import PRIORITY_RANKS
from app.conversations.views import agent_views, select_for_agents
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.work import Rows
from models import Agent, Conversation, Status, Team

MAX_PAGE = 200
MAX_COUNTED = 1000
MAX_SPANS = 40
"""A statement asks for so many spans at most; only a long list of owners who hold nothing needs a second one."""

SortName = Literal["number", "active", "topic", "priority", "status", "owner", "team"]
Values = tuple[Any, ...]
Number = Annotated[int, Meta(ge=0, le=10**18)]
Topic = Annotated[str, Meta(max_length=60, pattern=r"^[^\x00]*$(?!\n)")]
Minute = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$(?!\n)")]
NO_PAGE = "This page link is no longer valid. Start from the first page."


class OrderKey(NamedTuple):
    """One key of an order, as an agent chose it."""

    name: SortName
    is_turned: bool


class Span(NamedTuple):
    """Tickets that share the values of `place`, in the order of `keys`. `lead` is what their index begins with where they
    have none of it: it is in the order, too, so that the database reads along that index."""

    place: Values
    condition: ColumnElement[bool]
    keys: tuple[Key, ...]
    lead: tuple[Key, ...] = ()


async def list_work(
    rows: Rows, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing, after: str | None, limit: int
) -> ConversationPage:
    """Return a page of the tickets that the filter lets through. `after` is the cursor of a page in the same order. Raises
    Invalid for a cursor of another order."""
    limit = max(1, min(limit, MAX_PAGE))
    order = _order_of(wanted, listing)
    spans = await _spans_of(rows, wanted, order)
    conditions = await conditions_of_tickets(rows, agent, wanted, listing)
    is_reading = bool(wanted.query) and await is_far_behind(rows)
    behind = _behind_cursor(spans, rows.dialect, order, after)
    found: list[ConversationView] = []
    while behind and len(found) <= limit:
        some, behind = behind[:MAX_SPANS], behind[MAX_SPANS:]
        found += await _read(rows, some, conditions, order, limit + 1 - len(found))
    has_more = len(found) > limit
    found = found[:limit]
    cursor = _cursor_of(rows.dialect, order, found[-1]) if has_more else None
    return ConversationPage(conversations=found, next=cursor, is_reading=is_reading)


async def count_work(rows: Rows, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing) -> int:
    """Return the number of tickets that the filter lets through, counted up to MAX_COUNTED."""
    held = select(Conversation.id).where(*await conditions_of_tickets(rows, agent, wanted, listing)).limit(MAX_COUNTED)
    return await rows.one(select(func.count()).select_from(held.subquery())) or 0


async def conditions_of_tickets(
    rows: Rows, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing
) -> list[ColumnElement[bool]]:
    """Return the conditions on conversations that the list holds."""
    is_ticket = Conversation.ticket_number.is_not(None)
    narrowing = [Conversation.topic == listing.topic] if listing.topic else []
    return [is_ticket, *narrowing, *await conditions_of(rows, agent, wanted)]


async def _read(
    rows: Rows,
    behind: Sequence[tuple[Span, ColumnElement[bool]]],
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[OrderKey],
    limit: int,
) -> list[ConversationView]:
    """Read what the spans hold, as far as `limit`. The database takes one span after the other; the few rows of a page are put
    in order once more, because a join promises none."""
    if len(behind) == 1:
        [(span, part)] = behind
        wanted = select_for_agents().where(*conditions, span.condition, part).order_by(*_columns_of(span)).limit(limit)
        return await agent_views(rows, wanted)
    parts = [
        select(Conversation.id.label("id"))
        .where(*conditions, span.condition, part)
        .order_by(*_columns_of(span))
        .limit(limit)
        .subquery()
        for span, part in behind
    ]
    page = union_all(*(select(part.c.id) for part in parts)).limit(limit).subquery()
    views = await agent_views(rows, select_for_agents().join(page, page.c.id == Conversation.id))
    places = {span.place: at for at, (span, _) in enumerate(behind)}
    way = -1 if _number_key(order).is_descending else 1
    return sorted(views, key=lambda view: (places[_place_of(order, view)], way * value_of("number", view)))


def _order_of(wanted: ListFilter, listing: TicketListing) -> list[OrderKey]:
    """Return the keys of an order; a second one that no index has is left out."""
    keys = [OrderKey(cast(SortName, key.removeprefix("-")), key.startswith("-")) for key in listing.order.split(",")]
    first, *others = keys
    if first.name not in GROUPED or not others:
        return [first]
    second = others[0]
    has_index = second.name == "number" or (wanted.shelf == "open" and first.name != "priority")
    return [first, second] if has_index else [first]


async def _spans_of(rows: Rows, wanted: ListFilter, order: Sequence[OrderKey]) -> list[Span]:
    """Return the spans of an order, the first one first."""
    first = order[0]
    number = _number_key(order)
    match first.name:
        case "number":
            return [_among_nobodys(wanted, Span((), true(), (number,)))]
        case "active":
            column = Conversation.last_minute if rows.dialect == "sqlite" else Conversation.last_message_at
            keys = (Key(column, first.is_turned), Key(Conversation.ticket_number, first.is_turned))
            return [_among_nobodys(wanted, Span((), true(), keys))]
        case "topic":
            keys = (Key(Conversation.topic, first.is_turned), Key(Conversation.ticket_number, not first.is_turned))
            return [_among_nobodys(wanted, Span((), true(), keys))]
        case "priority" | "status" | "owner" | "team":
            column = GROUPED[first.name]
            values = await _values_of(rows, wanted, first)
            spans = [_in_group(column, value, number) for value in values]
            if len(order) == 1 or order[1].name != "priority":
                return [_among_nobodys(wanted, span) for span in spans]
            ranks = await _values_of(rows, wanted, order[1])
            return [_among_nobodys(wanted, _with_rank(span, rank, number)) for span in spans for rank in ranks]


def _number_key(order: Sequence[OrderKey]) -> Key:
    """Return the key by numbers that settles what the others leave open: the newest first, unless it is asked for otherwise."""
    named = next((key for key in order if key.name == "number"), OrderKey("number", True))
    return Key(Conversation.ticket_number, named.is_turned)


async def _values_of(rows: Rows, wanted: ListFilter, key: OrderKey) -> list[Any]:
    """Return the values that a key's spans stand for, in their order. Where the filter leaves one, that one alone."""
    match key.name:
        case "priority":
            found: list[Any] = [PRIORITY_RANKS[wanted.priority]] if wanted.priority else sorted(PRIORITY_RANKS.values())
        case "status":
            known = await rows.all(select(Status.key).order_by(Status.position, Status.key))
            found = [status for status in known if wanted.status in ("", status)]
        case "owner":
            found = [*await rows.all(select(Agent.id).order_by(Agent.name, Agent.id)), None]
            found = [agent_id for agent_id in found if wanted.agent_id in (None, agent_id)]
        case _:
            found = [*await rows.all(select(Team.id).order_by(Team.name, Team.id)), None]
            found = [team_id for team_id in found if wanted.team_id in (None, team_id)]
    return found[::-1] if key.is_turned else found


def _in_group(column: Any, value: Any, number: Key) -> Span:
    if value is None:
        return Span((None,), column.is_(None), (number,), (Key(column, number.is_descending),))
    return Span((value,), column == value, (number,))


def _with_rank(span: Span, rank: int, number: Key) -> Span:
    """Narrow a span to one priority. The index of a value nobody has goes on with the priority."""
    lead = (*span.lead, Key(Conversation.priority_rank, number.is_descending)) if span.lead else ()
    is_of_rank = Conversation.priority_rank == rank
    return Span((*span.place, rank), and_(span.condition, is_of_rank), (number,), lead)


def _among_nobodys(wanted: ListFilter, span: Span) -> Span:
    """Lead with the owner in a list of what nobody has: the index of owners is read then, and not sorted."""
    if wanted.view != "unassigned" or span.lead:
        return span
    return span._replace(lead=(Key(Conversation.agent_id, span.keys[0].is_descending),))


def _columns_of(span: Span) -> list[Any]:
    return [key.column.desc() if key.is_descending else key.column.asc() for key in (*span.lead, *span.keys)]


GROUPED: dict[SortName, Any] = {
    "priority": Conversation.priority_rank,
    "status": Conversation.status,
    "owner": Conversation.agent_id,
    "team": Conversation.team_id,
}
"""Keys of few values: each is a span of its own, so that they stand in the order that admins or names give them."""


def value_of(name: SortName, view: ConversationView) -> Any:
    """Return the value of a row by which it is sorted."""
    ticket = view.ticket
    assert ticket is not None
    match name:
        case "number":
            return ticket.number
        case "active":
            return view.last_message_at
        case "topic":
            return ticket.topic
        case "priority":
            return PRIORITY_RANKS[view.priority]
        case "status":
            return view.status
        case "owner":
            return view.agent_id
        case "team":
            return view.team_id


def _place_of(order: Sequence[OrderKey], view: ConversationView) -> Values:
    """Return the values that say which span a row is in."""
    return tuple(value_of(key.name, view) for key in order if key.name in GROUPED)


def _key_names(order: Sequence[OrderKey]) -> list[SortName]:
    first = order[0].name
    return [first, "number"] if first in ("active", "topic") else ["number"]


def _cursor_of(dialect: str, order: Sequence[OrderKey], last: ConversationView) -> str:
    """Return the cursor of the page after this row."""
    held = [value_of(name, last) for name in _key_names(order)]
    if dialect == "sqlite" and order[0].name == "active":
        held[0] = minute_of(held[0])
    told = [_said(order), list(_place_of(order, last)), held]
    return base64.urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")


def _said(order: Sequence[OrderKey]) -> str:
    return ",".join(("-" if key.is_turned else "") + key.name for key in order)


def _behind_cursor(
    spans: list[Span], dialect: str, order: Sequence[OrderKey], cursor: str | None
) -> list[tuple[Span, ColumnElement[bool]]]:
    """Return the spans that a cursor has not passed, and what of each."""
    if not cursor:
        return [(span, true()) for span in spans]
    place, held = _read_cursor(cursor, dialect, order)
    for at, span in enumerate(spans):
        if span.place == place:
            return [(span, _behind(span, held)), *((later, true()) for later in spans[at + 1 :])]
    raise Invalid(NO_PAGE)


def _behind(span: Span, values: Values) -> ColumnElement[bool]:
    later: list[Any] = []
    same: list[Any] = []
    for key, value in zip(span.keys, values, strict=True):
        later.append(and_(true(), *same, key.column < value if key.is_descending else key.column > value))
        same.append(key.column == value)
    first, value = span.keys[0], values[0]
    not_before = first.column <= value if first.is_descending else first.column >= value  # where an index may begin to read
    return and_(not_before, or_(*later))


def _read_cursor(cursor: str, dialect: str, order: Sequence[OrderKey]) -> tuple[Values, Values]:
    """Return the place and the values of a cursor. Raises Invalid for one not given out for this order."""
    first: Any = {"active": Minute if dialect == "sqlite" else datetime, "topic": Topic}.get(order[0].name)
    kinds: Any = tuple[first, Number] if first else tuple[Number]  # pyright: ignore[reportInvalidTypeArguments] (chosen here)
    try:
        told = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        said, place, values = msgspec.convert(told, tuple[str, list[int | str | None], kinds])
    except (msgspec.DecodeError, msgspec.ValidationError, binascii.Error, ValueError, TypeError) as error:
        raise Invalid(NO_PAGE) from error
    if said != _said(order) or any(isinstance(value, datetime) and value.tzinfo is None for value in values):
        raise Invalid(NO_PAGE)
    return tuple(place), values
