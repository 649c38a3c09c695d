"""Warnings that supervisors and admins should see without searching for them."""

from __future__ import annotations

from litestar import get, post
from litestar.params import JSONBody

from app.contract.bases import Done
from app.contract.warnings import DismissWarning, WarningPage
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require_everywhere
from app.routing.warnings import dismiss_notice, list_notices


@get("/api/v1/notices")
async def notices(request: AnyRequest) -> WarningPage:
    """List the warnings that need fixing. For supervisors."""
    agent = await agent_of(request)
    require_everywhere(Permission.WATCH_WALL, agent)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return WarningPage(notices=await list_notices(rows, agent, platform.works.clock()))


@post("/api/v1/notices/dismiss", status_code=200)
async def dismiss(request: AnyRequest, data: JSONBody[DismissWarning]) -> Done:
    """Do not tell me this again, as long as it lasts. For supervisors."""
    await platform_of(request).works.run(dismiss_notice, await agent_of(request), data.key)
    return Done()


ROUTES = [notices, dismiss]
