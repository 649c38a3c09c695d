"""Links between tickets, merging and splitting them, and the agents who follow one."""

from __future__ import annotations

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from app.contract.bases import Done
from app.contract.links import (
    DismissLookalike,
    LinkTicket,
    Lookalikes,
    MergePreview,
    MergeTicket,
    SetWatching,
    SplitOff,
    SplitTicket,
    TicketLinks,
)
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.links.lookalikes import dismiss_lookalike, lookalikes_of
from app.links.merging import merge_ticket, preview_merge, undo_merge
from app.links.splitting import split_ticket
from app.links.tickets import link_ticket, links_of, set_watching, unlink_ticket


@get("/api/v1/conversations/{conversation_id:str}/links")
async def links(request: AnyRequest, conversation_id: FromPath[str]) -> TicketLinks:
    """List the tickets linked with one, and the agents who follow it."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    async with platform_of(request).works.read() as rows:
        return await links_of(rows, agent, id)


@post("/api/v1/conversations/{conversation_id:str}/links", status_code=200)
async def link(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[LinkTicket]) -> TicketLinks:
    """Link a ticket with another by its number."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(link_ticket, agent, id, data)


@delete("/api/v1/conversations/{conversation_id:str}/links/{link_id:str}", status_code=200)
async def unlink(request: AnyRequest, conversation_id: FromPath[str], link_id: FromPath[str]) -> TicketLinks:
    """Remove a link between two tickets."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(unlink_ticket, agent, id, as_id(link_id, "link"))


@put("/api/v1/conversations/{conversation_id:str}/watching")
async def watching(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[SetWatching]) -> TicketLinks:
    """Follow a ticket, or no longer."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(set_watching, agent, id, data)


@get("/api/v1/conversations/{conversation_id:str}/merge")
async def merge_preview(request: AnyRequest, conversation_id: FromPath[str], number: FromQuery[int] = 0) -> MergePreview:
    """Show what the ticket of a number would hold after it took this conversation over."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    async with platform_of(request).works.read() as rows:
        return await preview_merge(rows, agent, id, number)


@post("/api/v1/conversations/{conversation_id:str}/merge", status_code=200)
async def merge(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[MergeTicket]) -> TicketLinks:
    """Merge a conversation into a ticket; the answer is the ticket's."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(merge_ticket, agent, id, data)


@post("/api/v1/merges/{merge_id:str}/undo", status_code=200)
async def unmerge(request: AnyRequest, merge_id: FromPath[str]) -> Done:
    """Undo a merge, for a day."""
    agent, id = await agent_of(request), as_id(merge_id, "merge")
    await platform_of(request).works.run(undo_merge, agent, id)
    return Done()


@get("/api/v1/conversations/{conversation_id:str}/lookalikes")
async def lookalikes(request: AnyRequest, conversation_id: FromPath[str]) -> Lookalikes:
    """List tickets of the same customer that may be about the same."""
    platform = platform_of(request)
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await lookalikes_of(platform.works, agent, id, platform.suggester.likeness)


@post("/api/v1/conversations/{conversation_id:str}/lookalikes", status_code=200)
async def dismiss(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[DismissLookalike]) -> Done:
    """Remember that another conversation is about something else."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    await platform_of(request).works.run(dismiss_lookalike, agent, id, data)
    return Done()


@post("/api/v1/conversations/{conversation_id:str}/split", status_code=200)
async def split(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[SplitTicket]) -> SplitOff:
    """Begin a ticket of its own with some of the customer's messages."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(split_ticket, agent, id, data)


ROUTES = [links, link, unlink, watching, merge_preview, merge, unmerge, lookalikes, dismiss, split]
