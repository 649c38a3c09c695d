"""Audit log of actions done by right of a role."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from app.contract.audit import AuditPage
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.audit import list_lines
from app.people.permissions import Permission, require

Cursor = Annotated[str | None, QueryParameter(max_length=36)]


@get("/api/v1/audit")
async def audit(request: AnyRequest, after: Cursor = None, limit: FromQuery[int] = 50) -> AuditPage:
    """List who watched, took over, pulled back, set a presence or a threshold, newest first. For supervisors."""
    require(Permission.VIEW_AUDIT, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return await list_lines(rows, as_id(after, "line") if after else None, limit)


ROUTES = [audit]
