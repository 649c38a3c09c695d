"""What a list lets through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, true

from app.contract.http import ListFilter
from app.contract.values import OPEN_CATEGORIES, Shelf, View
from app.people.actors import SignedInAgent
from app.text import clean_line
from models import Contact, Conversation, ConversationTag, Ticket

ENDED_CATEGORIES = ("resolved", "closed")
MOST_WORDS = 8


def conditions_of(agent: SignedInAgent, wanted: ListFilter) -> list[ColumnElement[bool]]:
    """Conditions on conversations joined with contacts and tickets, as `select_for_agents` has them; without a query
    they need the conversations alone."""
    return [_in_view(agent, wanted.view), _on_shelf(wanted.shelf), *_narrowing(wanted), *_holding(wanted.query)]


def _in_view(agent: SignedInAgent, view: View) -> ColumnElement[bool]:
    match view:
        case "mine":
            return Conversation.agent_id == agent.id
        case "unassigned":
            return Conversation.agent_id.is_(None)
        case "all":
            return true()


def _on_shelf(shelf: Shelf) -> ColumnElement[bool]:
    """In the very words of the partial indexes: with values bound, SQLite could not tell that they hold these rows."""
    categories = OPEN_CATEGORIES if shelf == "open" else ENDED_CATEGORIES
    return Conversation.category.in_(bindparam(None, categories, unique=True, expanding=True, literal_execute=True))


def _narrowing(wanted: ListFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.tag:
        tagged = select(ConversationTag.conversation_id).where(ConversationTag.tag == wanted.tag)
        found.append(Conversation.id.in_(tagged))
    if wanted.priority:
        found.append(Conversation.priority == wanted.priority)
    if wanted.status:
        found.append(Conversation.status == wanted.status)
    if wanted.team_id:
        found.append(Conversation.team_id == wanted.team_id)
    if wanted.inbox_id:
        found.append(Conversation.inbox_id == wanted.inbox_id)
    return found


def _holding(words: str) -> list[ColumnElement[bool]]:
    """Every word somewhere in the contact, the last message or the ticket; large and small letters are alike."""
    found: list[ColumnElement[bool]] = []
    for word in clean_line(words).split()[:MOST_WORDS]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (Contact.name, Contact.email, Conversation.preview, Ticket.title)
        places: list[Any] = [column.ilike(pattern, escape="\\") for column in columns]
        number = word.removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) <= 18:
            places.append(Ticket.number == int(number))
        found.append(or_(*places))
    return found
