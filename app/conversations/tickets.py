"""Giving a conversation its number and promise."""

from __future__ import annotations

from sqlalchemy import select, update

from app.clock import new_id
from app.contract.audiences import ToInboxAgents
from app.contract.commands import OpenTicket
from app.contract.events import TicketOpened
from app.contract.values import Priority
from app.contract.views import TicketView
from app.conversations.access import access_conversation
from app.conversations.changing import PRIORITY_RANKS, change_conversation
from app.conversations.messages import add_system_message
from app.conversations.telling import tell_change
from app.conversations.views import ticket_view
from app.people.actors import SignedInAgent
from app.people.permissions import may_open_tickets, require
from app.text import clean_line, shorten
from app.work import Rows, Work
from models import Contact, Conversation, Message, Sequence, Ticket

TITLE_LENGTH = 80
UNTITLED = "Conversation"
NO_TOPIC = "General"


async def open_ticket(
    work: Work, agent: SignedInAgent, command: OpenTicket, proposed_title: str = "", proposed_topic: str = ""
) -> TicketView:
    """Give the conversation a number; one that has a number keeps it. What the agent left out is as proposed."""
    require(may_open_tickets, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    return await open_ticket_for(
        work,
        conversation,
        title=clean_line(command.title or "") or proposed_title,
        topic=clean_line(command.topic or "") or proposed_topic,
        priority=command.priority,
        opened_by=agent,
    )


async def open_ticket_for(
    work: Work,
    conversation: Conversation,
    *,
    title: str = "",
    topic: str = "",
    priority: Priority | None = None,
    opened_by: SignedInAgent | None = None,
) -> TicketView:
    """The same for a conversation whose row is locked. Opened by Parley itself when `opened_by` is empty."""
    contact = await work.one(select(Contact).where(Contact.id == conversation.contact_id))
    assert contact is not None
    if existing := await work.one(select(Ticket).where(Ticket.conversation_id == conversation.id)):
        return ticket_view(existing, conversation, contact)
    if priority and priority != conversation.priority:
        conversation = await change_conversation(work, conversation, priority=priority, priority_rank=PRIORITY_RANKS[priority])
    ticket = await work.add(
        Ticket(
            id=new_id(),
            number=await _next_number(work, "ticket"),
            conversation_id=conversation.id,
            title=title or shorten(await first_words(work, conversation.id), TITLE_LENGTH) or UNTITLED,
            topic=topic or NO_TOPIC,
            opened_by_id=opened_by.id if opened_by else None,
            opened_at=work.now,
        )
    )
    line = f"Ticket #{ticket.number} was opened."
    conversation = await add_system_message(work, conversation, "ticket_opened", line, str(ticket.number))
    view = ticket_view(ticket, conversation, contact)
    work.announce(TicketOpened(ticket=view), to=ToInboxAgents(inbox_id=conversation.inbox_id))
    await tell_change(work, conversation)
    return view


async def first_words(rows: Rows, conversation_id: str) -> str:
    """The contact's first messages, for a title and a topic to be proposed from."""
    bodies = await rows.all(
        select(Message.body)
        .where(Message.conversation_id == conversation_id, Message.author_kind == "contact")
        .order_by(Message.seq)
        .limit(5)
    )
    return "\n".join(bodies)


async def _next_number(work: Work, name: str) -> int:
    """The next number, without gaps: the row stays locked until the work ends, and is not spent if it fails."""
    await work.add_unless_there(Sequence(name=name, value=0))
    number = await work.one(
        update(Sequence).where(Sequence.name == name).values(value=Sequence.value + 1).returning(Sequence.value)
    )
    assert number is not None
    return number
