"""The one way a conversation's row changes, so that its counters can never be forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from app.errors import Invalid
from app.work import Work
from models import Conversation, Status

PRIORITY_RANKS = {"urgent": 0, "high": 1, "medium": 2, "low": 3}


async def change_conversation(work: Work, conversation: Conversation, *, is_public: bool = False, **values: Any) -> Conversation:
    """Write values under the row's lock: `rev` grows by one, and `seq` too when the contact is to see it as a message."""
    if is_public:
        values["seq"] = Conversation.seq + 1
    changed = await work.one(
        update(Conversation)
        .where(Conversation.id == conversation.id)
        .values(rev=Conversation.rev + 1, **values)
        .returning(Conversation)
    )
    assert changed is not None
    return changed


async def status_values(work: Work, key: str) -> dict[str, Any]:
    """What a row needs for a status. Raises Invalid when there is no such status."""
    status = await work.one(select(Status).where(Status.key == key))
    if status is None:
        raise Invalid("There is no such status.")
    return {"status": status.key, "category": status.category}
