"""Tickets by their numbers, and the work list, for agents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from app.contract.conversations import ConversationView
from app.contract.lists import ConversationPage, ListFilter
from app.contract.new_tickets import CreateTicket, ProposeTicket, TicketCreated, TicketProposal
from app.contract.values import ListView, Priority, Shelf
from app.contract.work_list import ClosedTickets, Step, TicketCount, TicketListing
from app.conversations.lists.work_csv import work_csv
from app.conversations.lists.work_list import list_work
from app.conversations.new_tickets import create_ticket
from app.conversations.tickets import find_ticket
from app.errors import Invalid
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require
from app.reports.closed_tickets import closed_tickets
from app.sla.calendar import zone_of

Words = Annotated[str, QueryParameter(max_length=200)]
ShortText = Annotated[str, QueryParameter(max_length=40)]
TopicText = Annotated[str, QueryParameter(max_length=60)]
IdText = Annotated[str | None, QueryParameter(max_length=36)]
Cursor = Annotated[str | None, QueryParameter(max_length=600)]


@get("/api/v1/tickets/{number:str}")
async def ticket(request: AnyRequest, number: FromPath[str]) -> ConversationView:
    """Return the conversation that a ticket's number was given to."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    async with platform_of(request).works.read() as rows:
        return await find_ticket(rows, agent, number)


@get("/api/v1/tickets/list")
async def work_list(
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
    topic: TopicText = "",
    closed_from: FromQuery[datetime | None] = None,
    closed_to: FromQuery[datetime | None] = None,
    order: ShortText = "-number",
    after: Cursor = None,
    limit: FromQuery[int] = 100,
) -> ConversationPage:
    """Return a page of the work list: conversations that have a ticket. `order` is one sort key or two, such as `-number` or
    `priority,number`; see TicketListing."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    wanted = _filter(view, category, q, tag, priority, status, team_id, inbox_id, agent_id)
    async with platform_of(request).works.read() as rows:
        return await list_work(rows, agent, wanted, _listing(topic, closed_from, closed_to, order), after, limit)


@get("/api/v1/tickets/count")
async def work_count(
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
    topic: TopicText = "",
    closed_from: FromQuery[datetime | None] = None,
    closed_to: FromQuery[datetime | None] = None,
) -> TicketCount:
    """Return the number of tickets that a work list holds, as of a few seconds ago."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    wanted = _filter(view, category, q, tag, priority, status, team_id, inbox_id, agent_id)
    return TicketCount(
        count=await platform_of(request).open_counts.of_tickets(agent, wanted, _listing(topic, closed_from, closed_to))
    )


@get("/api/v1/tickets/list.csv", media_type="text/csv")
async def work_list_csv(
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
    topic: TopicText = "",
    closed_from: FromQuery[datetime | None] = None,
    closed_to: FromQuery[datetime | None] = None,
    order: ShortText = "-number",
    zone: ShortText = "UTC",
) -> Stream:
    """Return the work list as a CSV file of up to 10,000 tickets, its times in the time zone `zone`."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    wanted = _filter(view, category, q, tag, priority, status, team_id, inbox_id, agent_id)
    lines = work_csv(platform_of(request).works, agent, wanted, _listing(topic, closed_from, closed_to, order), zone_of(zone))
    headers = {"Content-Disposition": 'attachment; filename="tickets.csv"'}
    return Stream(lines, media_type="text/csv; charset=utf-8", headers=headers)


@get("/api/v1/tickets/closed")
async def closed_over_time(request: AnyRequest, step: FromQuery[Step] = "day", zone: ShortText = "UTC") -> ClosedTickets:
    """Count the tickets closed in each of the latest 30 days, 26 weeks or 24 months of the time zone `zone`."""
    platform = platform_of(request)
    agent = await agent_of(request)
    async with platform.works.read() as rows:
        return await closed_tickets(rows, agent, step, zone, platform.works.clock())


def _filter(
    view: ListView,
    category: Shelf,
    q: str,
    tag: str,
    priority: Priority | None,
    status: str,
    team_id: str | None,
    inbox_id: str | None,
    agent_id: str | None,
) -> ListFilter:
    return ListFilter(
        view=view,
        shelf=category,
        query=q,
        tag=tag,
        priority=priority,
        status=status,
        team_id=team_id and as_id(team_id, "team"),
        inbox_id=inbox_id and as_id(inbox_id, "inbox"),
        agent_id=agent_id and as_id(agent_id, "agent"),
    )


def _listing(topic: str, closed_from: datetime | None, closed_to: datetime | None, order: str = "-number") -> TicketListing:
    if any(moment and moment.tzinfo is None for moment in (closed_from, closed_to)):
        raise Invalid("These times have no time zone. Write them as 2026-03-02T09:00:00Z.")
    given = {"topic": topic, "order": order, "closed_from": closed_from, "closed_to": closed_to}
    try:
        return msgspec.convert(given, TicketListing)
    except msgspec.ValidationError as error:
        raise Invalid("This list cannot be sorted that way. Choose another column.") from error


@post("/api/v1/tickets", status_code=201)
async def new_ticket(request: AnyRequest, data: JSONBody[CreateTicket]) -> TicketCreated:
    """Write down a ticket without a chat, for a contact found or made on the spot. The same `client_id` again returns the same
    ticket."""
    agent, platform = await agent_of(request), platform_of(request)
    require(Permission.MANAGE_TICKETS, agent)
    proposed = await platform.suggester.propose_ticket(data.description)
    verb = platform.works.run(create_ticket, agent, data, proposed.title, proposed.topic, proposed.priority)
    return TicketCreated(ticket=await verb)


@post("/api/v1/tickets/proposals", status_code=200)
async def ticket_proposal(request: AnyRequest, data: JSONBody[ProposeTicket]) -> TicketProposal:
    """Return a title, a topic and a priority for words that are being written."""
    require(Permission.MANAGE_TICKETS, await agent_of(request))
    return await platform_of(request).suggester.propose_ticket(data.text)


ROUTES = [ticket, work_list, work_list_csv, work_count, closed_over_time, new_ticket, ticket_proposal]
