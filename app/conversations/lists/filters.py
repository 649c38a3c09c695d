"""Filters of lists."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, select, true

from app.contract.lists import ListFilter
from app.contract.values import OPEN_CATEGORIES, ListView, Shelf
from app.conversations.access import visible_to
from app.conversations.lists.search import with_words
from app.people.actors import SignedInAgent
from app.work import Rows
from models import Conversation, ConversationTag

ENDED_CATEGORIES = ("resolved", "closed")


async def conditions_of(rows: Rows, agent: SignedInAgent, wanted: ListFilter) -> list[ColumnElement[bool]]:
    """Conditions on conversations."""
    conditions = [visible_to(agent), _in_view(agent, wanted.view), _on_shelf(wanted.shelf), *_narrowing(wanted)]
    return [*conditions, *await with_words(rows, wanted.query, conditions)]


def _in_view(agent: SignedInAgent, view: ListView) -> ColumnElement[bool]:
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
    if wanted.agent_id:
        found.append(Conversation.agent_id == wanted.agent_id)
    return found
