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

SortName = Literal["number", "active", "due", "closed", "topic", "priority", "status", "owner", "team"]
Values = tuple[Any, ...]
Number = Annotated[int, Meta(ge=0, le=10**18)]
Topic = Annotated[str, Meta(max_length=60, pattern=r"^[^\x00]*$(?!\n)")]
Minute = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$(?!\n)")]
DUE, NOT_DUE = "due", "none"
NO_PAGE = "This page link is no longer valid. Start from the first page."


class OrderKey(NamedTuple):
    """One key of an order, as an agent chose it."""

    name: SortName
    is_turned: bool


class WorkKey(NamedTuple):
    """One thing a span is sorted by, and what it is called in a row."""

    name: SortName
    column: Any
    is_descending: bool


class Span(NamedTuple):
    """Tickets that share the values of `place`, in the order of `keys`. `lead` is what their index begins with where they
    have none of it: it is in the order, too, so that the database reads along that index."""

    place: Values
    condition: ColumnElement[bool]
    keys: tuple[WorkKey, ...]
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
    cursor = _cursor_of(spans, rows.dialect, order, found[-1]) if has_more else None
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
    narrowing: list[ColumnElement[bool]] = [Conversation.topic == listing.topic] if listing.topic else []
    if wanted.shelf == "resolved" and (listing.closed_from or listing.closed_to):
        narrowing += [Conversation.ticket_closed_at >= listing.closed_from] if listing.closed_from else []
        narrowing += [Conversation.ticket_closed_at < listing.closed_to] if listing.closed_to else []
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
    by_place: dict[Values, list[ConversationView]] = {span.place: [] for span, _ in behind}
    for view in views:
        by_place[_place_of(order, view)].append(view)
    for span, _ in behind:
        for key in reversed(span.keys):
            by_place[span.place].sort(key=lambda view, name=key.name: value_of(name, view), reverse=key.is_descending)
    return [view for found in by_place.values() for view in found]


def _order_of(wanted: ListFilter, listing: TicketListing) -> list[OrderKey]:
    """Return the keys of an order. One that the shelf does not know is the number's; a second one that no index has is left
    out."""
    keys = [OrderKey(cast(SortName, key.removeprefix("-")), key.startswith("-")) for key in listing.order.split(",")]
    first, *others = keys
    if first.name == ("closed" if wanted.shelf == "open" else "due"):
        return [first._replace(name="number")]
    if first.name not in GROUPED or not others:
        return [first]
    second = others[0]
    of_open = ("due",) if first.name == "priority" else ("due", "priority")
    has_index = second.name == "number" or (wanted.shelf == "open" and second.name in of_open)
    return [first, second] if has_index else [first]


async def _spans_of(rows: Rows, wanted: ListFilter, order: Sequence[OrderKey]) -> list[Span]:
    """Return the spans of an order, the first one first."""
    first = order[0]
    number = _number_key(order)
    match first.name:
        case "number":
            found = [Span((), true(), (number,))]
        case "active":
            column = Conversation.last_minute if rows.dialect == "sqlite" else Conversation.last_message_at
            found = [Span((), true(), _tied("active", column, first.is_turned))]
        case "closed":
            found = [
                Span(
                    (),
                    Conversation.ticket_closed_at.is_not(None),
                    _tied("closed", Conversation.ticket_closed_at, first.is_turned),
                )
            ]
        case "topic":
            by_topic = WorkKey("topic", Conversation.topic, first.is_turned)
            found = [Span((), true(), (by_topic, WorkKey("number", Conversation.ticket_number, not first.is_turned)))]
        case "due":
            found = _by_due(Span((), true(), ()), first.is_turned)
        case "priority" | "status" | "owner" | "team":
            column = GROUPED[first.name]
            found = [_in_group(column, value, number) for value in await _values_of(rows, wanted, first)]
            if len(order) == 2 and order[1].name == "priority":
                ranks = await _values_of(rows, wanted, order[1])
                found = [_with_rank(span, rank, number) for span in found for rank in ranks]
            elif len(order) == 2 and order[1].name == "due":
                found = [part for span in found for part in _by_due(span, order[1].is_turned)]
    return [_among_nobodys(wanted, span) for span in found]


def _tied(name: SortName, column: Any, is_turned: bool) -> tuple[WorkKey, ...]:
    """Return the key and the number that settles its ties, the same way round: as they stand in their index."""
    return WorkKey(name, column, is_turned), WorkKey("number", Conversation.ticket_number, is_turned)


def _by_due(span: Span, is_turned: bool) -> list[Span]:
    """Return a span in two: what is due, and after it, the newest first, what no clock runs for."""
    due = Conversation.next_due_at
    none = Key(due, is_descending=True)
    lead = tuple(key._replace(is_descending=True) for key in span.lead)
    promised = tuple(key._replace(is_descending=is_turned) for key in span.lead)
    return [
        Span((*span.place, DUE), and_(span.condition, due.is_not(None)), _tied("due", due, is_turned), promised),
        Span(
            (*span.place, NOT_DUE),
            and_(span.condition, due.is_(None)),
            (WorkKey("number", Conversation.ticket_number, True),),
            (*lead, none),
        ),
    ]


def _number_key(order: Sequence[OrderKey]) -> WorkKey:
    """Return the key by numbers that settles what the others leave open: the newest first, unless it is asked for otherwise."""
    named = next((key for key in order if key.name == "number"), OrderKey("number", True))
    return WorkKey("number", Conversation.ticket_number, named.is_turned)


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


def _in_group(column: Any, value: Any, number: WorkKey) -> Span:
    if value is None:
        return Span((None,), column.is_(None), (number,), (Key(column, number.is_descending),))
    return Span((value,), column == value, (number,))


def _with_rank(span: Span, rank: int, number: WorkKey) -> Span:
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
        case "due":
            return view.next_due.due_at if view.next_due else None
        case "closed":
            return ticket.closed_at
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
    place = [value_of(key.name, view) for key in order if key.name in GROUPED]
    if any(key.name == "due" for key in order):
        place.append(DUE if view.next_due else NOT_DUE)
    return tuple(place)


def _cursor_of(spans: Sequence[Span], dialect: str, order: Sequence[OrderKey], last: ConversationView) -> str | None:
    """Return the cursor of the page after this row."""
    place = _place_of(order, last)
    span = next(span for span in spans if span.place == place)
    held = [value_of(key.name, last) for key in span.keys]
    if dialect == "sqlite" and order[0].name == "active":
        held[0] = minute_of(held[0])
    told = [_said(order), list(place), held]
    return base64.urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")


def _said(order: Sequence[OrderKey]) -> str:
    return ",".join(("-" if key.is_turned else "") + key.name for key in order)


def _behind_cursor(
    spans: list[Span], dialect: str, order: Sequence[OrderKey], cursor: str | None
) -> list[tuple[Span, ColumnElement[bool]]]:
    """Return the spans that a cursor has not passed, and what of each."""
    if not cursor:
        return [(span, true()) for span in spans]
    said, place, held = _read_cursor(cursor)
    for at, span in enumerate(spans):
        if span.place == place and said == _said(order):
            return [(span, _behind(span, _values_in(span, dialect, held))), *((later, true()) for later in spans[at + 1 :])]
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


def _read_cursor(cursor: str) -> tuple[str, Values, list[Any]]:
    """Return the order, the place and the values of a cursor. Raises Invalid for one that we did not give out."""
    try:
        told = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        said, place, values = msgspec.convert(told, tuple[str, list[int | str | None], list[int | str]])
    except (msgspec.DecodeError, msgspec.ValidationError, binascii.Error, ValueError, TypeError) as error:
        raise Invalid(NO_PAGE) from error
    return said, tuple(place), values


def _values_in(span: Span, dialect: str, held: list[Any]) -> Values:
    """Return what a cursor holds as the values of a span's keys. Raises Invalid for anything else."""
    moment: Any = Minute if dialect == "sqlite" else datetime
    kinds: dict[SortName, Any] = {"number": Number, "topic": Topic, "active": moment, "due": datetime, "closed": datetime}
    try:
        values = tuple(msgspec.convert(value, kinds[key.name]) for key, value in zip(span.keys, held, strict=True))
    except (msgspec.ValidationError, ValueError) as error:
        raise Invalid(NO_PAGE) from error
    if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
        raise Invalid(NO_PAGE)
    return values
