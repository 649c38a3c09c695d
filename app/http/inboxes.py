"""Inboxes, for admins: create, change, archive, and their identity secret."""

from __future__ import annotations

from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from app.contract.inboxes import (
    CheckPage,
    InboxDetailsAre,
    InboxIs,
    InboxList,
    InboxSecretIs,
    InboxSightings,
    PageCheckIs,
    SaveInbox,
    SetInbox,
)
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.inboxes import archive_inbox, change_inbox, create_inbox, list_inboxes, rotate_secret, set_inbox
from app.people.permissions import Permission, require
from app.visiting.page_check import check_page
from app.visiting.sightings import list_sightings


@get("/api/v1/inboxes")
async def inboxes(request: AnyRequest) -> InboxList:
    """Every inbox by name, archived ones included. For admins."""
    require(Permission.SET_INBOXES, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return InboxList(inboxes=await list_inboxes(rows))


@post("/api/v1/inboxes", status_code=201)
async def add_inbox(request: AnyRequest, data: JSONBody[SaveInbox]) -> InboxDetailsAre:
    """Create an inbox; a name is enough. For admins."""
    agent = await agent_of(request)
    return InboxDetailsAre(inbox=await platform_of(request).works.run(create_inbox, agent, data))


@put("/api/v1/inboxes/{inbox_id:str}")
async def replace_inbox(request: AnyRequest, inbox_id: FromPath[str], data: JSONBody[SaveInbox]) -> InboxDetailsAre:
    """Replace everything an admin decides about an inbox. For admins."""
    agent, id = await agent_of(request), as_id(inbox_id, "inbox")
    return InboxDetailsAre(inbox=await platform_of(request).works.run(change_inbox, agent, id, data))


@post("/api/v1/inboxes/{inbox_id:str}", status_code=200)
async def switch_inbox(request: AnyRequest, inbox_id: FromPath[str], data: JSONBody[SetInbox]) -> InboxIs:
    """Set what an inbox shows agents of its visitors; fields left out stay. For admins."""
    agent = await agent_of(request)
    return InboxIs(inbox=await platform_of(request).works.run(set_inbox, agent, as_id(inbox_id, "inbox"), data))


@post("/api/v1/inboxes/{inbox_id:str}/archive", status_code=200)
async def archive(request: AnyRequest, inbox_id: FromPath[str]) -> InboxDetailsAre:
    """Archive an inbox: it takes no new conversations, its open ones stay. For admins."""
    agent, id = await agent_of(request), as_id(inbox_id, "inbox")
    return InboxDetailsAre(inbox=await platform_of(request).works.run(archive_inbox, agent, id, is_archived=True))


@post("/api/v1/inboxes/{inbox_id:str}/restore", status_code=200)
async def restore(request: AnyRequest, inbox_id: FromPath[str]) -> InboxDetailsAre:
    """Take an archived inbox back into use. For admins."""
    agent, id = await agent_of(request), as_id(inbox_id, "inbox")
    return InboxDetailsAre(inbox=await platform_of(request).works.run(archive_inbox, agent, id, is_archived=False))


@post("/api/v1/inboxes/{inbox_id:str}/secret", status_code=200)
async def new_identity_secret(request: AnyRequest, inbox_id: FromPath[str]) -> InboxSecretIs:
    """Make a new identity secret and show it this once; the one before stops working. For admins."""
    agent, id = await agent_of(request), as_id(inbox_id, "inbox")
    return await platform_of(request).works.run(rotate_secret, agent, id)


@get("/api/v1/inboxes/{inbox_id:str}/sightings")
async def sightings(request: AnyRequest, inbox_id: FromPath[str]) -> InboxSightings:
    """Where the inbox's script was seen lately, and tags that name a key no inbox has. For admins."""
    agent, id = await agent_of(request), as_id(inbox_id, "inbox")
    async with platform_of(request).works.read() as rows:
        return await list_sightings(rows, agent, id)


@post("/api/v1/inboxes/{inbox_id:str}/page-checks", status_code=200)
async def page_check(request: AnyRequest, inbox_id: FromPath[str], data: JSONBody[CheckPage]) -> PageCheckIs:
    """Fetch a page of the site and say whether it carries the inbox's snippet. For admins."""
    platform, agent = platform_of(request), await agent_of(request)
    platform.egress_limit.take(agent.id)
    id = as_id(inbox_id, "inbox")
    return await check_page(platform.works, platform.egress, agent, id, data.url, platform.settings.public_url)


ROUTES = [page_check, sightings, inboxes, add_inbox, replace_inbox, switch_inbox, archive, restore, new_identity_secret]
