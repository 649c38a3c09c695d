"""Contact details, for agents."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, QueryParameter

from app.contract.contact_history import ContactHistory, ContactKnown
from app.contract.new_tickets import ContactsFound
from app.conversations.contact_history import get_contact, list_contact_conversations
from app.conversations.new_tickets import find_contacts
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require

Query = Annotated[str, QueryParameter(max_length=100)]
Cursor = Annotated[str | None, QueryParameter(max_length=120)]


@get("/api/v1/contacts/{contact_id:str}")
async def contact(request: AnyRequest, contact_id: FromPath[str]) -> ContactKnown:
    """A contact: what agents have noted, the pages they were on, their tickets, the scores they gave."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    async with platform_of(request).works.read() as rows:
        return await get_contact(rows, agent, as_id(contact_id, "contact"))


@get("/api/v1/contacts/{contact_id:str}/conversations")
async def contact_history(request: AnyRequest, contact_id: FromPath[str], after: Cursor = None) -> ContactHistory:
    """A contact's conversations, newest first, in pages."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    async with platform_of(request).works.read() as rows:
        return await list_contact_conversations(rows, agent, as_id(contact_id, "contact"), after)


@get("/api/v1/contacts")
async def contacts(request: AnyRequest, q: Query = "") -> ContactsFound:
    """Contacts whose name, address or phone number begins like `q`, those seen last first."""
    agent = await agent_of(request)
    async with platform_of(request).works.read() as rows:
        return ContactsFound(contacts=await find_contacts(rows, agent, q))


ROUTES = [contacts, contact, contact_history]
