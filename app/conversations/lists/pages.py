"""Lists of conversations and tickets, a page at a time."""

from __future__ import annotations

import re

from sqlalchemy import Select, func, or_, select

from app.contract.conversations import ConversationView
from app.contract.lists import ConversationPage, ListFilter
from app.contract.tickets import TicketPage
from app.conversations.access import visible_to
from app.conversations.lists.filters import conditions_of
from app.conversations.lists.list_order import behind_cursor, cursor_of, order_of, sort_on, stretches_of
from app.conversations.lists.search import is_far_behind
from app.conversations.views import agent_views, select_for_agents, ticket_view
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.text import clean_line
from app.work import Rows
from models import Contact, Conversation, Status, Ticket

MOST = 200
STATUSES = select(Status.key).order_by(Status.position, Status.key)


async def list_conversations(
    rows: Rows, agent: SignedInAgent, wanted: ListFilter, after: str | None, limit: int
) -> ConversationPage:
    """A page of what the filter lets through. `query` narrows to what holds its words (`search`), or to a
    ticket's number; `after` is the cursor of a page in the same order."""
    limit = max(1, min(limit, MOST))
    sort = sort_on(wanted.shelf, wanted.sort)
    statuses = await rows.all(STATUSES) if sort == "status" else []
    conditions = await conditions_of(rows, agent, wanted)
    is_reading = bool(wanted.query) and await is_far_behind(rows)
    found: list[ConversationView] = []
    for stretch, behind in behind_cursor(stretches_of(wanted, statuses, rows.dialect), sort, after):
        statement = select_for_agents().where(*conditions, stretch.condition, behind).order_by(*order_of(stretch))
        found += await agent_views(rows, statement.limit(limit + 1 - len(found)))
        if len(found) > limit:
            return ConversationPage(conversations=found[:limit], next=cursor_of(sort, found[limit - 1]), is_reading=is_reading)
    return ConversationPage(conversations=found, next=None, is_reading=is_reading)


async def list_tickets(
    rows: Rows,
    agent: SignedInAgent,
    after: str | None,
    limit: int,
    *,
    query: str = "",
    status: str = "",
    is_oldest_first: bool = False,
) -> TicketPage:
    """Newest number first, or oldest; `after` is the last number of the page before. `query` is a number, or part of the
    title or of the contact's name: read along the index of numbers until the page is full."""
    limit = max(1, min(limit, MOST))
    wanted: Select[Ticket, Conversation, Contact] = (
        select(Ticket, Conversation, Contact)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(visible_to(agent))
        .order_by(Ticket.number if is_oldest_first else Ticket.number.desc())
        .limit(limit + 1)
    )
    words = clean_line(query)
    if re.fullmatch(r"#?[0-9]{1,18}", words):
        wanted = wanted.where(Ticket.number == int(words.removeprefix("#")))
    elif words:
        part = words.lower()
        title, name = func.lower(Ticket.title), func.lower(Contact.name)
        wanted = wanted.where(or_(title.contains(part, autoescape=True), name.contains(part, autoescape=True)))
    if status:
        wanted = wanted.where(Conversation.status == status)
    if after is not None:
        if not re.fullmatch(r"[0-9]{1,18}", after):
            raise Invalid("This page link is no longer valid. Start from the first page.")
        wanted = wanted.where(Ticket.number > int(after) if is_oldest_first else Ticket.number < int(after))
    found = [ticket_view(*row) for row in await rows.rows(wanted)]
    return TicketPage(tickets=found[:limit], next=str(found[limit - 1].number) if len(found) > limit else None)
