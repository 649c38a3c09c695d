"""Lists of conversations and tickets, a page at a time, each order served by an index."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from app.contract.http import ConversationCounts, ConversationPage, TicketPage
from app.contract.values import OPEN_CATEGORIES
from app.contract.views import ConversationView
from app.conversations.views import agent_views, select_for_agents, ticket_view
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.text import clean_line
from app.work import Rows
from models import Contact, Conversation, Ticket

View = Literal["mine", "unassigned", "all"]
Standing = Literal["open", "resolved"]
MOST = 200


async def list_conversations(
    rows: Rows, agent: SignedInAgent, view: View, standing: Standing, words: str, after: str | None, limit: int
) -> ConversationPage:
    """Latest message first. `words` narrows to contacts and previews that hold them; `after` is the cursor of a page."""
    limit = max(1, min(limit, MOST))
    wanted = (
        select_for_agents()
        .where(_in_view(agent, view), _stands(standing), _holds(words), _older_than(after))
        .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
        .limit(limit + 1)
    )
    found = await agent_views(rows, wanted)
    return ConversationPage(conversations=found[:limit], next=_cursor(found[limit - 1]) if len(found) > limit else None)


async def count_conversations(rows: Rows, agent: SignedInAgent) -> ConversationCounts:
    """Open conversations per view."""
    views: tuple[View, ...] = ("mine", "unassigned", "all")
    counts = [
        await rows.one(select(func.count()).select_from(Conversation).where(_stands("open"), _in_view(agent, view))) or 0
        for view in views
    ]
    return ConversationCounts(mine=counts[0], unassigned=counts[1], all=counts[2])


async def list_contact_conversations(rows: Rows, contact_id: str) -> list[ConversationView]:
    """A contact's conversations, newest first."""
    wanted = select_for_agents().where(Conversation.contact_id == contact_id).order_by(Conversation.created_at.desc()).limit(50)
    return await agent_views(rows, wanted)


async def list_tickets(rows: Rows, after: str | None, limit: int) -> TicketPage:
    """Newest number first; `after` is the last number of the page before."""
    limit = max(1, min(limit, MOST))
    wanted: Select[Ticket, Conversation, Contact] = (
        select(Ticket, Conversation, Contact)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .order_by(Ticket.number.desc())
        .limit(limit + 1)
    )
    if after is not None:
        if not re.fullmatch(r"[0-9]{1,18}", after):
            raise Invalid("That is not the cursor of a page.")
        wanted = wanted.where(Ticket.number < int(after))
    found = [ticket_view(*row) for row in await rows.rows(wanted)]
    return TicketPage(tickets=found[:limit], next=str(found[limit - 1].number) if len(found) > limit else None)


def _in_view(agent: SignedInAgent, view: View) -> ColumnElement[bool]:
    match view:
        case "mine":
            return Conversation.agent_id == agent.id
        case "unassigned":
            return Conversation.agent_id.is_(None)
        case "all":
            return true()


def _stands(standing: Standing) -> ColumnElement[bool]:
    return Conversation.category.in_(OPEN_CATEGORIES if standing == "open" else ("resolved", "closed"))


def _holds(words: str) -> ColumnElement[bool]:
    conditions: list[Any] = []
    for word in clean_line(words).split()[:8]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(
            or_(
                *(
                    column.ilike(pattern, escape="\\")
                    for column in (Contact.name, Contact.email, Conversation.preview, Ticket.title)
                )
            )
        )
    return and_(true(), *conditions)


def _older_than(after: str | None) -> ColumnElement[bool]:
    if not after:
        return true()
    try:
        text, _, last_id = after.partition("_")
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("That is not the cursor of a page.") from error
    if at.tzinfo is None or not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", last_id):
        raise Invalid("That is not the cursor of a page.")
    return or_(Conversation.last_message_at < at, and_(Conversation.last_message_at == at, Conversation.id < last_id))


def _cursor(last: ConversationView) -> str:
    return f"{last.last_message_at.isoformat()}_{last.id}"
