"""Lists of conversations and tickets for agents."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar import get
from litestar.params import FromQuery, QueryParameter

from app.contract.lists import ConversationCounts, ConversationPage, ListFilter
from app.contract.tickets import TicketPage
from app.contract.values import ListView, Priority, Shelf, Sort
from app.conversations.lists.pages import list_conversations, list_tickets
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require

Words = Annotated[str, QueryParameter(max_length=200)]
ShortText = Annotated[str, QueryParameter(max_length=40)]
IdText = Annotated[str | None, QueryParameter(max_length=36)]
Ids = Annotated[str | None, QueryParameter(max_length=4000)]
Cursor = Annotated[str | None, QueryParameter(max_length=400)]


@get("/api/v1/conversations")
async def conversations(
    request: AnyRequest,
    view: FromQuery[ListView] = "all",
    category: FromQuery[Shelf] = "open",
    q: Words = "",
    tag: ShortText = "",
    priority: FromQuery[Priority | None] = None,
    status: ShortText = "",
    team_id: IdText = None,
    inbox_id: IdText = None,
    agent_id: IdText = None,
    sort: FromQuery[Sort] = "newest",
    after: Cursor = None,
    limit: FromQuery[int] = 50,
) -> ConversationPage:
    """A page of a view in the order asked for. `q` holds words or a ticket's number, `tag` one tag."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    wanted = ListFilter(
        view=view,
        shelf=category,
        query=q,
        tag=tag,
        priority=priority,
        status=status,
        team_id=team_id and as_id(team_id, "team"),
        inbox_id=inbox_id and as_id(inbox_id, "inbox"),
        agent_id=agent_id and as_id(agent_id, "agent"),
        sort=sort,
    )
    async with platform_of(request).works.read() as rows:
        return await list_conversations(rows, agent, wanted, after, limit)


@get("/api/v1/conversations/counts")
async def counts(request: AnyRequest, views: Ids = None) -> ConversationCounts:
    """Count the open conversations in each view, as of a second or two ago. `views` are ids of saved views with commas
    between them: only these are counted, else all.
    """
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    return await platform_of(request).open_counts.of(agent, None if views is None else views.split(","))


@get("/api/v1/tickets")
async def tickets(
    request: AnyRequest,
    q: Words = "",
    status: ShortText = "",
    sort: FromQuery[Literal["newest", "oldest"]] = "newest",
    after: Cursor = None,
    limit: FromQuery[int] = 50,
) -> TicketPage:
    """Tickets by number. `q` is a number, or part of the title or of the contact's name."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    async with platform_of(request).works.read() as rows:
        return await list_tickets(rows, agent, after, limit, query=q, status=status, is_oldest_first=sort == "oldest")


ROUTES = [conversations, counts, tickets]
