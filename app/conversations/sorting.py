"""The orders a list can be in, and the cursor of a page in each: the sort keys of its last row."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, and_, case, collate, func, literal, or_, select, true

from app.contract.values import Id, Sort, StatusKey
from app.contract.views import ConversationView
from app.conversations.changing import PRIORITY_RANKS
from app.errors import Invalid
from models import Conversation, Status, Ticket

Topic = Annotated[str, Meta(max_length=60, pattern=r"^[^\x00]*$(?!\n)")]
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_MOMENT = Conversation.__table__.c.created_at.type


class Key(NamedTuple):
    """One thing rows are sorted by. `kind` is what a cursor may hold of it, `compared` what the column is compared with."""

    column: Any
    kind: Any
    compared: Callable[[Any], Any]
    is_descending: bool = False


def _as_it_is(value: Any) -> Any:
    return value


def _moment(at: datetime) -> Any:
    return literal(at, _MOMENT)


def _position_of(status: Any) -> Any:
    return select(Status.position).where(Status.key == status).scalar_subquery()


def _in_bytes(dialect: str, column: Any) -> Any:
    """In the order that both databases and every browser agree on."""
    return collate(column, "C" if dialect == "postgresql" else "BINARY")


_NEWEST = Key(Conversation.last_message_at, datetime, _moment, is_descending=True)
_RANK = Key(Conversation.priority_rank, int, _as_it_is)
_WAITING = Key(func.coalesce(Conversation.waiting_since, _moment(NEVER)), datetime, _moment)
_QUEUED = Key(func.coalesce(Conversation.queued_at, Conversation.created_at), datetime, _moment)
_STATUS = Key(_position_of(Conversation.status), StatusKey, _position_of)
_HAS_NO_TICKET = Key(case((Ticket.id.is_(None), 1), else_=0), int, _as_it_is)
_LATEST_ID = Key(Conversation.id, Id, _as_it_is, is_descending=True)
_FIRST_ID = Key(Conversation.id, Id, _as_it_is)


def order_of(sort: Sort, dialect: str) -> list[Any]:
    """What to order by."""
    return [key.column.desc() if key.is_descending else key.column.asc() for key in _keys(sort, dialect)]


def cursor_of(sort: Sort, last: ConversationView) -> str:
    """What to ask with for the page after this row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_held(sort, last))).decode().rstrip("=")


def after_cursor(sort: Sort, dialect: str, cursor: str | None) -> ColumnElement[bool]:
    """Rows behind a cursor. Raises Invalid for one that was not given out for this order."""
    if not cursor:
        return true()
    keys = _keys(sort, dialect)
    held = _read(cursor, [key.kind for key in keys])
    later: list[Any] = []
    same: list[Any] = []
    for key, value in zip(keys, held, strict=True):
        compared = key.compared(value)
        later.append(and_(true(), *same, key.column < compared if key.is_descending else key.column > compared))
        same.append(key.column == compared)
    first, value = keys[0], keys[0].compared(held[0])
    not_before = first.column <= value if first.is_descending else first.column >= value  # where an index may begin to read
    return and_(not_before, or_(*later))


def _keys(sort: Sort, dialect: str) -> tuple[Key, ...]:
    match sort:
        case "newest":
            return _NEWEST, _LATEST_ID
        case "waiting":
            return _WAITING, _NEWEST, _LATEST_ID
        case "queue":
            return _RANK, _QUEUED, _FIRST_ID
        case "priority":
            return _RANK, _NEWEST, _LATEST_ID
        case "status":
            return _STATUS, _NEWEST, _LATEST_ID
        case "topic":
            topic = Key(_in_bytes(dialect, func.coalesce(Ticket.topic, "")), Topic, _as_it_is)
            return _HAS_NO_TICKET, topic, _NEWEST, _LATEST_ID


def _held(sort: Sort, row: ConversationView) -> list[Any]:
    """The values of `_keys` in this row."""
    match sort:
        case "newest":
            return [row.last_message_at, row.id]
        case "waiting":
            return [row.waiting_since or NEVER, row.last_message_at, row.id]
        case "queue":
            return [PRIORITY_RANKS[row.priority], row.queued_at or row.created_at, row.id]
        case "priority":
            return [PRIORITY_RANKS[row.priority], row.last_message_at, row.id]
        case "status":
            return [row.status, row.last_message_at, row.id]
        case "topic":
            return [int(row.ticket is None), row.ticket.topic if row.ticket else "", row.last_message_at, row.id]


def _read(cursor: str, kinds: list[Any]) -> list[Any]:
    try:
        held = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [msgspec.convert(value, kind) for value, kind in zip(held, kinds, strict=True)]
    except (msgspec.DecodeError, binascii.Error, ValueError, TypeError) as error:
        raise Invalid("That is not the cursor of a page.") from error
    if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
        raise Invalid("That is not the cursor of a page.")
    return values
