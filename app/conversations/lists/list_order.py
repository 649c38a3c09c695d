"""The orders a list can be in, and the cursor of a page in each: the sort keys of its last row.

An order is a few stretches that follow each other, and each stretch stands in an index in just that order.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, and_, func, or_, true

from app.contract.conversations import ConversationView
from app.contract.lists import ListFilter
from app.contract.values import Id, Shelf, Sort, StatusKey
from app.conversations.row_changes import PRIORITY_RANKS
from app.errors import Invalid
from models import Conversation

Topic = Annotated[str, Meta(max_length=60, pattern=r"^[^\x00]*$(?!\n)")]
Rank = Annotated[int, Meta(ge=0, le=3)]
KINDS: dict[Sort, Any] = {
    "newest": tuple[datetime, Id],
    "waiting": tuple[datetime | None, Id],
    "queue": tuple[Rank, datetime, Id],
    "due": tuple[datetime | None, Id],
    "priority": tuple[Rank, Id],
    "status": tuple[StatusKey, Id],
    "topic": tuple[Topic | None, Id],
}
"""What a cursor holds in each order."""
ENDED_AS_NEWEST: set[Sort] = {"waiting", "queue", "due"}
"""What has ended waits for nobody."""


class Key(NamedTuple):
    """One thing rows are sorted by."""

    column: Any
    is_descending: bool = False


class OrderSegment(NamedTuple):
    """Rows that share their first sort key, or have one at all. `lead` is what the index begins with and all have alike;
    PostgreSQL wants to be told. By the minute, the index begins with that of the first key instead, and whoever shares one
    is sorted: the same order."""

    first: Any
    condition: ColumnElement[bool]
    keys: tuple[Key, ...]
    lead: tuple[Key, ...] = ()
    is_by_minute: bool = False


_LATEST_ID = Key(Conversation.id, is_descending=True)
_FIRST_ID = Key(Conversation.id)
_MINUTE = Key(Conversation.last_minute, is_descending=True)
_QUEUED = Key(func.coalesce(Conversation.queued_at, Conversation.created_at))
_ANY = "any"


def sort_on(shelf: Shelf, sort: Sort) -> Sort:
    """The order a shelf is in when it is asked for this one."""
    return "newest" if shelf == "resolved" and sort in ENDED_AS_NEWEST else sort


def stretches_of(wanted: ListFilter, statuses: Sequence[str], dialect: str) -> list[OrderSegment]:
    """The stretches of an order, the first one first. `statuses` are all there are, as admins have put them."""
    match sort_on(wanted.shelf, wanted.sort):
        case "newest":
            newest = OrderSegment(_ANY, true(), (Key(Conversation.last_message_at, is_descending=True), _LATEST_ID))
            is_by_minute = dialect == "sqlite" and wanted.shelf == "open"
            found = [newest._replace(lead=(_MINUTE,), is_by_minute=True) if is_by_minute else newest]
        case "waiting" | "due" as sort:
            since = Conversation.waiting_since if sort == "waiting" else Conversation.next_due_at
            found = [
                OrderSegment(_ANY, since.is_not(None), (Key(since), _FIRST_ID)),
                OrderSegment(None, since.is_(None), (_LATEST_ID,), (Key(since, is_descending=True),)),
            ]
        case "queue":
            found = [OrderSegment(rank, Conversation.priority_rank == rank, (_QUEUED, _FIRST_ID)) for rank in _ranks(wanted)]
        case "priority":
            found = [OrderSegment(rank, Conversation.priority_rank == rank, (_LATEST_ID,)) for rank in _ranks(wanted)]
        case "status":
            found = [
                OrderSegment(status, Conversation.status == status, (_LATEST_ID,))
                for status in statuses
                if wanted.status in ("", status)
            ]
        case "topic":
            topic = Conversation.topic
            found = [
                OrderSegment(_ANY, topic.is_not(None), (Key(topic), _LATEST_ID)),
                OrderSegment(None, topic.is_(None), (_LATEST_ID,), (Key(topic),)),
            ]
    return [_after_agents(stretch) for stretch in found] if wanted.view == "unassigned" else found


def order_of(stretch: OrderSegment) -> list[Any]:
    """Return the columns to order by."""
    return [key.column.desc() if key.is_descending else key.column.asc() for key in (*stretch.lead, *stretch.keys)]


def cursor_of(sort: Sort, last: ConversationView) -> str:
    """Return the cursor of the page after this row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_held(sort, last))).decode().rstrip("=")


def behind_cursor(
    stretches: list[OrderSegment], sort: Sort, cursor: str | None
) -> list[tuple[OrderSegment, ColumnElement[bool]]]:
    """The stretches that a cursor has not passed, and what of each. Raises Invalid for one not given out for this order."""
    if not cursor:
        return [(stretch, true()) for stretch in stretches]
    held = _read(cursor, KINDS[sort])
    for place, stretch in enumerate(stretches):
        values = held[-len(stretch.keys) :]
        if held[0] == stretch.first or (stretch.first == _ANY and held[0] is not None):
            return [(stretch, _behind(stretch, values)), *((later, true()) for later in stretches[place + 1 :])]
    raise Invalid("This page link is no longer valid. Start from the first page.")


def _behind(stretch: OrderSegment, values: Sequence[Any]) -> ColumnElement[bool]:
    later: list[Any] = []
    same: list[Any] = []
    for key, value in zip(stretch.keys, values, strict=True):
        later.append(and_(true(), *same, key.column < value if key.is_descending else key.column > value))
        same.append(key.column == value)
    first, value = (_MINUTE, minute_of(values[0])) if stretch.is_by_minute else (stretch.keys[0], values[0])
    not_before = first.column <= value if first.is_descending else first.column >= value  # where an index may begin to read
    return and_(not_before, or_(*later))


def minute_of(moment: datetime) -> str:
    """Return the minute as SQLite keeps it in `last_minute`."""
    return moment.astimezone(UTC).isoformat(timespec="minutes").removesuffix("+00:00")


def _ranks(wanted: ListFilter) -> list[int]:
    return [PRIORITY_RANKS[wanted.priority]] if wanted.priority else sorted(PRIORITY_RANKS.values())


def _after_agents(stretch: OrderSegment) -> OrderSegment:
    """The index begins with the agent, and nobody has any of it. Read the way the index lies, or all of it backwards."""
    is_backwards = (*stretch.lead, *stretch.keys)[0].is_descending
    return stretch._replace(lead=(Key(Conversation.agent_id, is_backwards), *stretch.lead))


def _held(sort: Sort, row: ConversationView) -> tuple[Any, ...]:
    match sort:
        case "newest":
            return row.last_message_at, row.id
        case "waiting":
            return row.waiting_since, row.id
        case "due":
            return row.next_due.due_at if row.next_due else None, row.id
        case "queue":
            return PRIORITY_RANKS[row.priority], row.queued_at or row.created_at, row.id
        case "priority":
            return PRIORITY_RANKS[row.priority], row.id
        case "status":
            return row.status, row.id
        case "topic":
            return row.ticket.topic if row.ticket else None, row.id


def _read(cursor: str, kind: Any) -> tuple[Any, ...]:
    try:
        held = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = msgspec.convert(held, kind)
    except (msgspec.DecodeError, msgspec.ValidationError, binascii.Error, ValueError, TypeError) as error:
        raise Invalid("This page link is no longer valid. Start from the first page.") from error
    if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
        raise Invalid("This page link is no longer valid. Start from the first page.")
    return values
