"""Proactive messages. For admins."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from app.contract.bases import Done
from app.contract.proactive import OrderProactiveMessages, ProactiveMessageIs, ProactiveMessages, SaveProactiveMessage
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require
from app.visiting.proactive import (
    delete_proactive_message,
    list_proactive_messages,
    order_proactive_messages,
    save_proactive_message,
)


@get("/api/v1/proactive-messages")
async def proactive_messages(request: AnyRequest) -> ProactiveMessages:
    """Every proactive message, in order."""
    require(Permission.SET_PROACTIVE, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return ProactiveMessages(messages=await list_proactive_messages(rows))


@post("/api/v1/proactive-messages", status_code=201)
async def add_proactive(request: AnyRequest, data: JSONBody[SaveProactiveMessage]) -> ProactiveMessageIs:
    """Add a proactive message at the end of its inbox's."""
    agent = await agent_of(request)
    return ProactiveMessageIs(message=await platform_of(request).works.run(save_proactive_message, agent, None, data))


@post("/api/v1/proactive-messages/order", status_code=200)
async def order_proactive(request: AnyRequest, data: JSONBody[OrderProactiveMessages]) -> Done:
    """Put an inbox's proactive messages in order; a visitor sees the first that fits."""
    agent = await agent_of(request)
    await platform_of(request).works.run(order_proactive_messages, agent, data.inbox_id, data.ids)
    return Done()


@post("/api/v1/proactive-messages/{message_id:str}", status_code=200)
async def change_proactive(
    request: AnyRequest, message_id: FromPath[str], data: JSONBody[SaveProactiveMessage]
) -> ProactiveMessageIs:
    """Change a proactive message; what has been counted stays."""
    agent, id = await agent_of(request), as_id(message_id, "proactive message")
    return ProactiveMessageIs(message=await platform_of(request).works.run(save_proactive_message, agent, id, data))


@delete("/api/v1/proactive-messages/{message_id:str}", status_code=200)
async def remove_proactive(request: AnyRequest, message_id: FromPath[str]) -> Done:
    """Remove a proactive message."""
    agent, id = await agent_of(request), as_id(message_id, "proactive message")
    await platform_of(request).works.run(delete_proactive_message, agent, id)
    return Done()


ROUTES = [
    proactive_messages,
    add_proactive,
    order_proactive,
    change_proactive,
    remove_proactive,
]
