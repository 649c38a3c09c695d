"""The workspace: its name, as titles and mails say it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from app.activity.record import record
from app.contract.workspace import SetWorkspace, WorkspaceView
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.text import clean_line
from app.work import Rows, Work
from models import Agent, Workspace

ONLY = "workspace"
"""The id of the one row."""


async def workspace_name(rows: Rows) -> str:
    """Return the workspace's name, empty before anyone has named it."""
    return await rows.one(select(Workspace.name).where(Workspace.id == ONLY)) or ""


async def get_workspace(rows: Rows) -> WorkspaceView:
    """Return the workspace and who changed it last."""
    found = await rows.rows(
        select(Workspace, Agent.name).join(Agent, Agent.id == Workspace.changed_by_id).where(Workspace.id == ONLY)
    )
    for workspace, changed_by_name in found:
        return WorkspaceView(name=workspace.name, changed_by_name=changed_by_name, changed_at=workspace.changed_at)
    return WorkspaceView(name="", changed_by_name="", changed_at=None)


async def set_workspace(work: Work, agent: SignedInAgent, asked: SetWorkspace) -> WorkspaceView:
    """Rename the workspace. Raises Invalid without a name."""
    require(Permission.SET_WORKSPACE, agent)
    name = clean_line(asked.name)
    if not name:
        raise Invalid("A workspace needs a name.")
    before = await workspace_name(work)
    await write_workspace(work, agent, name=name)
    record(work, agent, "workspace.set", before={"name": before}, after={"name": name})
    announce_config(work, "workspace")
    return await get_workspace(work)


async def write_workspace(work: Work, agent: SignedInAgent, **values: Any) -> None:
    """Change the one row, and make it when it is not there yet."""
    changed = {**values, "changed_by_id": agent.id, "changed_at": work.now}
    first = {"id": ONLY, "name": "", "is_checklist_hidden": False}
    if not await work.add_unless_there(Workspace(**{**first, **changed})):
        await work.change(update(Workspace).where(Workspace.id == ONLY).values(**changed))
