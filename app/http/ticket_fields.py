"""Fields of tickets: the forms of inboxes, and the values of a conversation."""

from __future__ import annotations

from litestar import get, put
from litestar.params import FromPath, JSONBody

from app.contract.ticket_fields import SaveTicketForm, SetTicketFields, TicketFieldsAre, TicketFormList
from app.conversations.ticket_fields import list_ticket_forms, save_ticket_form, set_ticket_fields, ticket_fields_of
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of


@get("/api/v1/ticket-forms")
async def ticket_forms(request: AnyRequest) -> TicketFormList:
    """Return the fields that each inbox asks of its tickets."""
    agent = await agent_of(request)
    async with platform_of(request).works.read() as rows:
        return TicketFormList(fields=await list_ticket_forms(rows, agent))


@put("/api/v1/ticket-forms/{inbox_id:str}")
async def replace_ticket_form(request: AnyRequest, inbox_id: FromPath[str], data: JSONBody[SaveTicketForm]) -> TicketFormList:
    """Replace the form of an inbox. For admins."""
    agent, id = await agent_of(request), as_id(inbox_id, "inbox")
    return TicketFormList(fields=await platform_of(request).works.run(save_ticket_form, agent, id, data))


@get("/api/v1/conversations/{conversation_id:str}/fields")
async def conversation_fields(request: AnyRequest, conversation_id: FromPath[str]) -> TicketFieldsAre:
    """Return the fields of a conversation's inbox with its values, and which are still needed."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    async with platform_of(request).works.read() as rows:
        return await ticket_fields_of(rows, agent, id)


@put("/api/v1/conversations/{conversation_id:str}/fields")
async def replace_fields(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[SetTicketFields]) -> TicketFieldsAre:
    """Write values of a conversation; fields left out stay as they are."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(set_ticket_fields, agent, id, data)


ROUTES = [ticket_forms, replace_ticket_form, conversation_fields, replace_fields]
