"""The conversation that took another one over."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import Conflict
from app.work import Rows
from models import Conversation, Merge, Ticket


async def merge_of(rows: Rows, conversation_id: str) -> Merge | None:
    """Return the merge that took a conversation over and was not undone."""
    return await rows.one(select(Merge).where(Merge.source_id == conversation_id, Merge.undone_at.is_(None)))


async def refuse_merged(rows: Rows, conversation: Conversation) -> None:
    """Raise Conflict with the number of the ticket that took a conversation over."""
    merge = await merge_of(rows, conversation.id)
    if merge is not None:
        number = await rows.one(select(Ticket.number).where(Ticket.conversation_id == merge.target_id))
        raise Conflict(f"This was merged into ticket #{number}.")
