"""Tickets by their numbers, for agents."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath

from app.contract.conversations import ConversationView
from app.conversations.tickets import find_ticket
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import may_view_conversations, require


@get("/api/v1/tickets/{number:str}")
async def ticket(request: AnyRequest, number: FromPath[str]) -> ConversationView:
    """Return the conversation that a ticket's number was given to."""
    require(may_view_conversations, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return await find_ticket(rows, number)


ROUTES = [ticket]
