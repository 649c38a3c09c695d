"""The audit log: what agents did to conversations and settings, newest first."""

from __future__ import annotations

from sqlalchemy import select

from app.activity.changes import actor_kind_of, changes_of
from app.contract.audit import AuditDetailView, AuditLineView, AuditPage
from app.work import Rows
from models import Activity
from models.activity import IS_ABOUT_SETTINGS

MAX_LINES = 200


async def list_lines(rows: Rows, after: str | None, limit: int, *, settings_only: bool = False) -> AuditPage:
    """Return a page of what was done, newest first; `after` is the last id of the page before. With `settings_only` changes of
    conversations are left out."""
    limit = max(1, min(limit, MAX_LINES))
    wanted = select(Activity).order_by(Activity.id.desc()).limit(limit + 1)
    if settings_only:
        wanted = wanted.where(IS_ABOUT_SETTINGS)
    found = await rows.all(wanted.where(Activity.id < after) if after else wanted)
    lines = [
        AuditLineView(
            id=line.id,
            action=line.action,
            by_id=line.by_id,
            by_name=line.by_name,
            actor_kind=actor_kind_of(line),
            conversation_id=line.conversation_id,
            agent_id=line.agent_id,
            team_id=line.team_id,
            changes=changes_of(line),
            detail=[AuditDetailView(name=name, value=str(value)) for name, value in line.detail.items() if value is not None],
            created_at=line.created_at,
        )
        for line in found[:limit]
    ]
    return AuditPage(lines=lines, next=lines[-1].id if len(found) > limit else None)
