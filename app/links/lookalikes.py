"""Lookalikes: tickets of the same customer, near in time and in meaning, that an agent may want to merge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select

from app.contract.links import DismissLookalike, Lookalikes, LookalikeView
from app.conversations.access import access_conversation_to_read, visible_to
from app.conversations.row_changes import ENDED
from app.conversations.tickets import first_words
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Rows, Work, Works
from models import Contact, Conversation, DismissedLookalike, Merge, Ticket, TicketLink

NEAR = timedelta(days=30)
"""Tickets opened further apart are not compared."""
ENDED_LATELY = timedelta(days=14)
MAX_COMPARED = 8
MAX_SHOWN = 3
MAYBE, LIKELY = 0.5, 0.7
"""Cosine of two texts from which they may be, or likely are, about the same."""

Likeness = Callable[[str, Sequence[str]], Awaitable[list[float]]]
"""Return the cosine of a text with each of the others, 1 at most; no figure while the model cannot be asked."""


async def lookalikes_of(works: Works, agent: SignedInAgent, conversation_id: str, likeness: Likeness) -> Lookalikes:
    """Return the tickets that may be about the same as one; none while meanings cannot be compared."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    async with works.read() as rows:
        conversation = await access_conversation_to_read(rows, agent, conversation_id)
        ticket = await rows.one(select(Ticket).where(Ticket.conversation_id == conversation.id))
        near = await _near(rows, agent, conversation, ticket, works) if ticket else []
        if ticket is None or not near:
            return Lookalikes(lookalikes=[])
        words = await _words_of(rows, ticket)
        others = [await _words_of(rows, one) for one in near]
    scores = await likeness(words, others)
    alike = sorted(((score, one) for score, one in zip(scores, near, strict=False) if score >= MAYBE), key=lambda it: -it[0])
    return Lookalikes(
        lookalikes=[
            LookalikeView(
                conversation_id=one.conversation_id,
                number=one.number,
                title=one.title,
                opened_at=one.opened_at,
                is_likely=score >= LIKELY,
            )
            for score, one in alike[:MAX_SHOWN]
        ]
    )


async def dismiss_lookalike(work: Work, agent: SignedInAgent, conversation_id: str, asked: DismissLookalike) -> None:
    """Remember that two conversations are not about the same. The same again changes nothing. Raises NotFound."""
    require(Permission.MANAGE_TICKETS, agent)
    for id in (conversation_id, asked.other_id):
        await access_conversation_to_read(work, agent, id)
    if asked.other_id == conversation_id:
        raise NotFound("conversation", asked.other_id)
    one, other = sorted((conversation_id, asked.other_id))
    await work.add_unless_there(DismissedLookalike(one_id=one, other_id=other, agent_id=agent.id, dismissed_at=work.now))


async def _near(rows: Rows, agent: SignedInAgent, conversation: Conversation, ticket: Ticket, works: Works) -> Sequence[Ticket]:
    """Return tickets of the same customer about the same time, newest first, without those that are linked, merged or dismissed."""
    email = await rows.one(select(Contact.email).where(Contact.id == conversation.contact_id))
    same = [conversation.contact_id]
    if email:
        mine = Contact.email == email, Contact.inbox_id == conversation.inbox_id
        same += await rows.all(select(Contact.id).where(*mine).limit(MAX_COMPARED))
    here = conversation.id
    known = (
        select(TicketLink.to_id).where(TicketLink.from_id == here, TicketLink.to_id == Conversation.id),
        select(TicketLink.from_id).where(TicketLink.to_id == here, TicketLink.from_id == Conversation.id),
        select(Merge.id).where(
            or_(Merge.source_id == Conversation.id, and_(Merge.source_id == here, Merge.target_id == Conversation.id)),
            Merge.undone_at.is_(None),
        ),
        select(DismissedLookalike.one_id).where(
            or_(
                and_(DismissedLookalike.one_id == here, DismissedLookalike.other_id == Conversation.id),
                and_(DismissedLookalike.other_id == here, DismissedLookalike.one_id == Conversation.id),
            )
        ),
    )
    lately = or_(Conversation.category.not_in(ENDED), Conversation.resolved_at >= works.clock() - ENDED_LATELY)
    return await rows.all(
        select(Ticket)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(
            Conversation.contact_id.in_(same),
            Conversation.id != here,
            visible_to(agent),
            lately,
            Ticket.opened_at.between(ticket.opened_at - NEAR, ticket.opened_at + NEAR),
            *(~one.exists() for one in known),
        )
        .order_by(Ticket.number.desc())
        .limit(MAX_COMPARED)
    )


async def _words_of(rows: Rows, ticket: Ticket) -> str:
    return f"{ticket.title}\n{await first_words(rows, ticket.conversation_id)}"[:2000]
