"""Statuses, for admins: add, change, order, retire."""

from __future__ import annotations

from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from app.contract.statuses import OrderStatuses, RetireStatus, SaveStatus, StatusIs, StatusList
from app.conversations.statuses import list_status_use, order_statuses, retire_status, save_status
from app.http.platform import AnyRequest, agent_of, platform_of


@get("/api/v1/statuses")
async def statuses(request: AnyRequest) -> StatusList:
    """Every status in order and how much it is used. For admins."""
    agent = await agent_of(request)
    async with platform_of(request).works.read() as rows:
        return StatusList(statuses=await list_status_use(rows, agent))


@post("/api/v1/statuses", status_code=201)
async def add_status(request: AnyRequest, data: JSONBody[SaveStatus]) -> StatusIs:
    """Add a status at the end of its category. For admins."""
    agent = await agent_of(request)
    return StatusIs(status=await platform_of(request).works.run(save_status, agent, data))


@put("/api/v1/statuses")
async def set_status_order(request: AnyRequest, data: JSONBody[OrderStatuses]) -> StatusList:
    """Set the order menus and lists show statuses in. For admins."""
    agent, works = await agent_of(request), platform_of(request).works
    await works.run(order_statuses, agent, data)
    async with works.read() as rows:
        return StatusList(statuses=await list_status_use(rows, agent))


@put("/api/v1/statuses/{key:str}")
async def replace_status(request: AnyRequest, key: FromPath[str], data: JSONBody[SaveStatus]) -> StatusIs:
    """Replace what is said of a status. Its category never changes. For admins."""
    agent = await agent_of(request)
    return StatusIs(status=await platform_of(request).works.run(save_status, agent, data, key[:40]))


@post("/api/v1/statuses/{key:str}/retire", status_code=200)
async def retire(request: AnyRequest, key: FromPath[str], data: JSONBody[RetireStatus]) -> StatusIs:
    """Take a status out of use; conversations in it move to the one that replaces it. For admins."""
    agent = await agent_of(request)
    return StatusIs(status=await platform_of(request).works.run(retire_status, agent, key[:40], data))


ROUTES = [statuses, add_status, set_status_order, replace_status, retire]
