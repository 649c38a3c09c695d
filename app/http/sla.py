"""SLA policies, what a change would do, and the clocks of a conversation."""

from __future__ import annotations

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from app.contract.bases import Done
from app.contract.sla import (
    DueByPriority,
    OrderSlaPolicies,
    SaveSlaPolicy,
    SlaClockList,
    SlaDryRunIs,
    SlaPolicyIs,
    SlaPolicyList,
    TrySlaPolicy,
)
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require
from app.sla.accounts import clocks_of
from app.sla.dry_run import try_policy
from app.sla.policies import list_policies, order_policies, remove_policy, save_policy
from app.sla.priority_preview import due_by_priority


@get("/api/v1/sla/policies")
async def policies(request: AnyRequest) -> SlaPolicyList:
    """Every SLA policy in the order they are tried. For admins."""
    require(Permission.SET_SLA, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return SlaPolicyList(policies=await list_policies(rows))


@post("/api/v1/sla/policies", status_code=201)
async def create_policy(request: AnyRequest, data: JSONBody[SaveSlaPolicy]) -> SlaPolicyIs:
    """Add an SLA policy after the others. For admins."""
    agent = await agent_of(request)
    return SlaPolicyIs(policy=await platform_of(request).works.run(save_policy, agent, data))


@put("/api/v1/sla/policies")
async def set_policy_order(request: AnyRequest, data: JSONBody[OrderSlaPolicies]) -> SlaPolicyList:
    """Set the order SLA policies are tried in. For admins."""
    agent = await agent_of(request)
    return SlaPolicyList(policies=await platform_of(request).works.run(order_policies, agent, data))


@put("/api/v1/sla/policies/{policy_id:str}")
async def change_policy(request: AnyRequest, policy_id: FromPath[str], data: JSONBody[SaveSlaPolicy]) -> SlaPolicyIs:
    """Replace an SLA policy by a new version. Open clocks are counted anew. For admins."""
    agent = await agent_of(request)
    policy = await platform_of(request).works.run(save_policy, agent, data, as_id(policy_id, "SLA policy"))
    return SlaPolicyIs(policy=policy)


@delete("/api/v1/sla/policies/{policy_id:str}", status_code=200)
async def delete_policy(request: AnyRequest, policy_id: FromPath[str]) -> Done:
    """Remove an SLA policy. Its versions are kept. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(remove_policy, agent, as_id(policy_id, "SLA policy"))
    return Done()


@post("/api/v1/sla/dry-run", status_code=200)
async def dry_run(request: AnyRequest, data: JSONBody[TrySlaPolicy]) -> SlaDryRunIs:
    """List what saving this SLA policy would make overdue. For admins."""
    agent = await agent_of(request)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return await try_policy(rows, agent, data, platform.works.clock())


@get("/api/v1/conversations/{conversation_id:str}/sla/priorities")
async def priorities(request: AnyRequest, conversation_id: FromPath[str]) -> DueByPriority:
    """The due time that a conversation would have with each priority."""
    agent = await agent_of(request)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return await due_by_priority(rows, agent, as_id(conversation_id, "conversation"), platform.works.clock())


@get("/api/v1/conversations/{conversation_id:str}/sla")
async def clocks(request: AnyRequest, conversation_id: FromPath[str]) -> SlaClockList:
    """The SLA clocks of a conversation, and why each is due when it is."""
    agent = await agent_of(request)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return await clocks_of(rows, agent, as_id(conversation_id, "conversation"), platform.works.clock())


ROUTES = [policies, create_policy, set_policy_order, change_policy, delete_policy, dry_run, clocks, priorities]
