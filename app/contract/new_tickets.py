"""Tickets without a chat: for a caller, say. The contact is found or made on the spot."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.ticket_fields import TicketValue
from app.contract.tickets import TicketView
from app.contract.values import ClientId, Email, Id, Line, MessageBody, Priority

Topic = Annotated[str, Meta(max_length=60)]
Confidence = Literal["none", "maybe", "likely"]


class NewContact(Body):
    """A contact made on the spot: a name, an address or a phone number. One of the inbox with this address is taken instead."""

    name: Line = ""
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40)] = ""


class CreateTicket(Body):
    """`POST /api/v1/tickets`: a conversation with a ticket, for a contact by `contact_id` or a `new_contact`.

    The description becomes a note in the agent's name. Title, topic and priority are proposed from it where left out. A second
    request with the same `client_id` returns the ticket of the first. Without `team_id` the inbox's team and its rules decide;
    `agent_id` is who gets it.
    """

    client_id: ClientId
    inbox_id: Id
    description: MessageBody
    contact_id: Id | None = None
    new_contact: NewContact | None = None
    title: Line = ""
    topic: Topic = ""
    priority: Priority | None = None
    team_id: Id | None = None
    agent_id: Id | None = None
    fields: Annotated[list[TicketValue], Meta(max_length=100)] = []


class TicketCreated(View):
    """The ticket made now, or by the same request before."""

    ticket: TicketView
    ok: Literal[True] = True


class ProposeTicket(Body):
    """`POST /api/v1/tickets/proposals`: words of a ticket that is being written."""

    text: MessageBody


class TicketProposal(View):
    """A title, a topic and a priority for these words, and how sure the topic is."""

    title: str
    topic: str
    topic_confidence: Confidence
    priority: Priority
    ok: Literal[True] = True


class FoundContact(View):
    """A contact whose name, address or phone number begins like the query."""

    id: str
    name: str
    email: str | None
    phone: str
    is_verified: bool


class ContactsFound(View):
    """Up to 10 contacts, those seen last first."""

    contacts: list[FoundContact]
    ok: Literal[True] = True
