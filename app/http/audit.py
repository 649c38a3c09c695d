"""The audit log over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from app.activity.log import list_lines
from app.contract.audit import AuditPage
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require

Cursor = Annotated[str | None, QueryParameter(max_length=36)]


@get("/api/v1/audit")
async def audit(
    request: AnyRequest, after: Cursor = None, limit: FromQuery[int] = 50, settings_only: FromQuery[bool] = False
) -> AuditPage:
    """List who changed what, newest first; with `settings_only` without changes of conversations. For supervisors."""
    require(Permission.VIEW_AUDIT, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return await list_lines(rows, as_id(after, "line") if after else None, limit, settings_only=settings_only)


ROUTES = [audit]
