"""The workspace: its name, and the setup checklist."""

from __future__ import annotations

from litestar import get, put
from litestar.params import JSONBody

from app.contract.workspace import Checklist, HideChecklist, SetWorkspace, WorkspaceIs
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require
from app.people.workspace import get_workspace, set_workspace
from app.reports.setup_checklist import get_checklist, hide_checklist


@get("/api/v1/workspace")
async def workspace(request: AnyRequest) -> WorkspaceIs:
    """The workspace's name, and who changed it last. For admins."""
    require(Permission.SET_WORKSPACE, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return WorkspaceIs(workspace=await get_workspace(rows))


@put("/api/v1/workspace")
async def change_workspace(request: AnyRequest, data: JSONBody[SetWorkspace]) -> WorkspaceIs:
    """Rename the workspace. For admins."""
    agent = await agent_of(request)
    return WorkspaceIs(workspace=await platform_of(request).works.run(set_workspace, agent, data))


@get("/api/v1/setup/checklist")
async def checklist(request: AnyRequest) -> Checklist:
    """Return the setup checklist: the steps done and those left. For admins."""
    agent = await agent_of(request)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return await get_checklist(rows, agent, has_mail_host=platform.account_mails.is_mailing)


@put("/api/v1/setup/checklist")
async def set_checklist(request: AnyRequest, data: JSONBody[HideChecklist]) -> Checklist:
    """Hide the checklist, or show it again. For admins."""
    agent = await agent_of(request)
    platform = platform_of(request)
    await platform.works.run(hide_checklist, agent, data)
    async with platform.works.read() as rows:
        return await get_checklist(rows, agent, has_mail_host=platform.account_mails.is_mailing)


ROUTES = [workspace, change_workspace, checklist, set_checklist]
