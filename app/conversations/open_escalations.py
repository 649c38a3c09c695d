"""The end of an open escalation with what it was about: the conversation is over, or its level was taken back."""

from __future__ import annotations

from sqlalchemy import update

from app.work import Work
from models import Escalation


async def withdraw_open(work: Work, conversation_id: str, by_name: str = "", by_id: str | None = None) -> bool:
    """Withdraw what still waits for a decision; whether anything did."""
    is_open = Escalation.conversation_id == conversation_id, Escalation.state == "open"
    values = {"state": "withdrawn", "decided_by_id": by_id, "decided_by_name": by_name, "decided_at": work.now}
    return bool(await work.change(update(Escalation).where(*is_open).values(**values)))
