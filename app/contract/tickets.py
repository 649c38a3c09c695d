"""Tickets: a conversation's number, title and topic."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Command, Event, Reply, View
from app.contract.sla import NextDueView
from app.contract.ticket_fields import TicketValue
from app.contract.values import Category, Id, Line, Priority


class TicketView(View):
    """A conversation's number and promise."""

    id: str
    number: int
    conversation_id: str
    title: str
    topic: str
    priority: Priority
    status: str
    category: Category
    agent_id: str | None
    team_id: str | None
    contact_id: str
    contact_name: str
    opened_at: datetime
    closed_at: datetime | None
    next_due: NextDueView | None


class TicketIs(Reply):
    """The ticket, opened now or earlier."""

    ticket: TicketView
    ok: Literal[True] = True


class OpenTicket(Command, tag="ticket.open", answers=TicketIs):
    """Give the conversation a number. Title, topic and priority are proposed from the content where left out. Refused as
    `incomplete` while a field that is required to open has no value."""

    conversation_id: Id
    title: Line | None = None
    topic: Annotated[str, Meta(max_length=60)] | None = None
    priority: Priority | None = None
    fields: Annotated[list[TicketValue], Meta(max_length=100)] = []


class UpdateTicket(Command, tag="ticket.update", answers=TicketIs):
    """Change a ticket's title, topic or priority. Fields left out stay as they are."""

    conversation_id: Id
    title: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    topic: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    priority: Priority | None = None


class TicketOpened(Event, tag="ticket.opened"):
    """A conversation was given a number."""

    ticket: TicketView


class TicketChanged(Event, tag="ticket.changed"):
    """A ticket has another title, topic or priority."""

    ticket: TicketView


class TicketPage(View):
    """Tickets, newest number first."""

    tickets: list[TicketView]
    next: str | None
    ok: Literal[True] = True
