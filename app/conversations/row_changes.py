"""The one way a conversation's row changes, so that its counters can never be forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update

from app.conversations.completeness import refuse_to_end_incomplete
from app.database import Prepared
from app.errors import Invalid
from app.work import Work
from models import Conversation, Status

ENDED = ("resolved", "closed")
PRIORITY_RANKS = {"urgent": 0, "high": 1, "medium": 2, "low": 3}

NEW_SEQ = object()
"""As a value: the seq this change gives out."""
ONE_MORE = object()
"""As a value: what stands there, and one."""

_shapes: dict[tuple[bool, tuple[tuple[str, Any], ...]], Prepared[Conversation]] = {}


async def change_conversation(
    work: Work, conversation: Conversation, *, is_public: bool = False, must_be_complete: bool = True, **values: Any
) -> Conversation:
    """Write values under the row's lock: `rev` grows by one, and `seq` too when the contact is to see it as a message.

    Raises Incomplete when this would end a ticket whose required fields are empty, whichever door it came by.
    """
    if must_be_complete and values.get("category") in ENDED and conversation.category not in ENDED:
        await refuse_to_end_incomplete(work, conversation)
    work.not_before(max(conversation.changed_at, conversation.last_message_at))
    marks = tuple((name, value if value is NEW_SEQ or value is ONE_MORE else None) for name, value in values.items())
    prepared = _shapes.get((is_public, marks))
    if prepared is None:
        prepared = _shapes[is_public, marks] = _prepare(is_public, marks)
    given = {f"new_{name}": values[name] for name, mark in marks if mark is None}
    changed = await work.first(prepared, row_id=conversation.id, changed=work.now, **given)
    assert changed is not None
    return changed


def _prepare(is_public: bool, marks: tuple[tuple[str, Any], ...]) -> Prepared[Conversation]:
    table = Conversation.__table__
    next_seq = table.c.seq + 1
    changes: dict[str, Any] = {"rev": table.c.rev + 1, "changed_at": bindparam("changed", type_=table.c.changed_at.type)}
    if is_public:
        changes["seq"] = next_seq
    for name, mark in marks:
        column = table.c[name]
        if mark is NEW_SEQ:
            changes[name] = next_seq
        elif mark is ONE_MORE:
            changes[name] = column + 1
        else:
            changes[name] = bindparam(f"new_{name}", type_=column.type)
    statement = update(table).where(table.c.id == bindparam("row_id")).values(changes).returning(*table.c)  # pyright: ignore[reportArgumentType]
    return Prepared(statement, Conversation)


async def status_values(work: Work, key: str) -> dict[str, Any]:
    """Return the values a row needs for a status, or for the one that replaced it. Raises Invalid when there is no such
    status."""
    status = await work.one(select(Status).where(Status.key == key))
    if status is not None and status.replaced_by:
        status = await work.one(select(Status).where(Status.key == status.replaced_by))
    if status is None or status.retired_at is not None:
        raise Invalid("This status does not exist.")
    return {"status": status.key, "category": status.category}


async def refuse_second_open(work: Work, conversation: Conversation) -> None:
    """A contact has one open conversation per inbox; the index would refuse a second with less kind words."""
    other = await work.one(
        select(Conversation.id).where(
            Conversation.contact_id == conversation.contact_id,
            Conversation.inbox_id == conversation.inbox_id,
            Conversation.is_extra.is_(False),
            Conversation.category.not_in(ENDED),
            Conversation.id != conversation.id,
        )
    )
    if other and not conversation.is_extra:
        raise Invalid("This contact already has an open conversation here.")
