"""What was done by right of a role: kept with who, when and to what, in the transaction that did it."""

from __future__ import annotations

from typing import Any

from app.clock import new_id
from app.people.actors import SignedInAgent
from app.work import Work
from models import AuditLine


async def keep_line(
    work: Work,
    by: SignedInAgent,
    action: str,
    *,
    conversation_id: str | None = None,
    agent_id: str | None = None,
    team_id: str | None = None,
    **detail: Any,
) -> None:
    """Add a line. `action` is the command's name; `agent_id` is the colleague it concerned."""
    await work.add(
        AuditLine(
            id=new_id(),
            action=action,
            by_id=by.id,
            by_name=by.name,
            conversation_id=conversation_id,
            agent_id=agent_id,
            team_id=team_id,
            detail=detail,
            created_at=work.now,
        )
    )
