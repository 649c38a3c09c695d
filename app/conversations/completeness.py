"""Gate of required fields: nothing opens or ends a ticket past it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import or_, select

from app.errors import Incomplete
from app.work import Rows
from models import Conversation, Ticket, TicketField, TicketFieldValue

Moment = Literal["open", "resolve"]


async def missing_fields(
    rows: Rows, conversation: Conversation, moment: Moment, given: Mapping[str, str] | None = None
) -> Sequence[TicketField]:
    """Return the required fields without a value, in order. `given` holds values that are about to be written."""
    needed = or_(TicketField.is_required_to_open, TicketField.is_required_to_resolve)
    wanted = select(TicketField).where(
        TicketField.inbox_id == conversation.inbox_id,
        TicketField.removed_at.is_(None),
        TicketField.is_required_to_open if moment == "open" else needed,
    )
    fields = await rows.all(wanted.order_by(TicketField.position, TicketField.id))
    if not fields:
        return []
    held = select(TicketFieldValue.field_id).where(TicketFieldValue.conversation_id == conversation.id)
    there = set(await rows.all(held)) | {id for id, value in (given or {}).items() if value}
    return [field for field in fields if field.id not in there]


async def refuse_incomplete(
    rows: Rows, conversation: Conversation, moment: Moment, given: Mapping[str, str] | None = None
) -> None:
    """Raise Incomplete, with the names of the fields, while a required one has no value."""
    if missing := await missing_fields(rows, conversation, moment, given):
        first = ", ".join(field.name for field in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise Incomplete(f"Fill in first: {first}{more}.")


async def refuse_to_end_incomplete(rows: Rows, conversation: Conversation) -> None:
    """Raise Incomplete for a ticket that may not be resolved or closed yet. Without a ticket nothing is required."""
    if await rows.one(select(Ticket.id).where(Ticket.conversation_id == conversation.id)):
        await refuse_incomplete(rows, conversation, "resolve")
