"""Everything known of a contact, and what they have talked with us about."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.contract.contact_history import ContactHistory, ContactKnown
from app.contract.surveys import ScoreView
from app.conversations.access import visible_to
from app.conversations.views import agent_views, select_for_agents, ticket_view
from app.errors import Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.contacts import contact_view, details_view, find_contact
from app.visiting.pages import list_pages
from app.work import Rows
from models import Contact, Conversation, CsatScore, Ticket

MOST = 50
PAGE = 10


async def get_contact(rows: Rows, agent: SignedInAgent, contact_id: str) -> ContactKnown:
    """A contact with the pages they were on, their tickets and the scores they gave. Raises NotFound."""
    contact = await find_contact(rows, contact_id)
    if contact is None:
        raise NotFound("contact", contact_id)
    tickets = await rows.rows(
        select(Ticket, Conversation, Contact)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Conversation.contact_id == contact_id, visible_to(agent))
        .order_by(Ticket.number.desc())
        .limit(MOST)
    )
    scores = await rows.all(
        select(CsatScore)
        .join(Conversation, Conversation.id == CsatScore.conversation_id)
        .where(Conversation.contact_id == contact_id, visible_to(agent))
        .order_by(CsatScore.answered_at.desc())
        .limit(MOST)
    )
    return ContactKnown(
        contact=contact_view(contact),
        details=details_view(contact),
        pages=await list_pages(rows, contact_id),
        tickets=[ticket_view(*row) for row in tickets],
        scores=[
            ScoreView(
                conversation_id=score.conversation_id,
                score=score.score,
                comment=score.comment,
                answered_at=score.answered_at,
            )
            for score in scores
        ],
    )


async def list_contact_conversations(
    rows: Rows, agent: SignedInAgent, contact_id: str, after: str | None = None
) -> ContactHistory:
    """A page of a contact's conversations, newest first. `after` is the cursor of a page: the last id of the one before."""
    wanted = select_for_agents().where(Conversation.contact_id == contact_id, visible_to(agent))
    wanted = wanted.order_by(Conversation.id.desc()).limit(PAGE + 1)
    if after is not None:
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", after):
            raise Invalid("This page link is no longer valid. Start from the first page.")
        wanted = wanted.where(Conversation.id < after)
    found = await agent_views(rows, wanted)
    return ContactHistory(conversations=found[:PAGE], next=found[PAGE - 1].id if len(found) > PAGE else None)
