"""Audit log of actions done by right of a role: who, when and to what, written in the transaction that did it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.clock import new_id
from app.contract.audit import AuditDetailView, AuditLineView, AuditPage
from app.people.actors import SignedInAgent
from app.work import Rows, Work
from models import AuditLine

MOST = 200


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


async def list_lines(rows: Rows, after: str | None, limit: int) -> AuditPage:
    """A page of what was done, newest first; `after` is the last id of the page before."""
    limit = max(1, min(limit, MOST))
    wanted = select(AuditLine).order_by(AuditLine.id.desc()).limit(limit + 1)
    found = await rows.all(wanted.where(AuditLine.id < after) if after else wanted)
    lines = [
        AuditLineView(
            id=line.id,
            action=line.action,
            by_id=line.by_id,
            by_name=line.by_name,
            conversation_id=line.conversation_id,
            agent_id=line.agent_id,
            team_id=line.team_id,
            detail=[AuditDetailView(name=name, value=str(value)) for name, value in line.detail.items() if value is not None],
            created_at=line.created_at,
        )
        for line in found[:limit]
    ]
    return AuditPage(lines=lines, next=lines[-1].id if len(found) > limit else None)
