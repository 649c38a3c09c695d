"""Giving a conversation its number and promise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from app.activity.record import PARLEY, record
from app.clock import new_id
from app.contract.audiences import ToInboxAgents
from app.contract.conversations import ConversationView
from app.contract.tickets import OpenTicket, TicketChanged, TicketOpened, TicketView, UpdateTicket
from app.contract.values import Priority, SystemCode
from app.conversations.access import access_conversation, visible_to
from app.conversations.announcements import announce_conversation
from app.conversations.completeness import refuse_incomplete
from app.conversations.messages.follow_ups import FOLLOW_JOB
from app.conversations.messages.send import add_system_message
from app.conversations.row_changes import ENDED, PRIORITY_RANKS, change_conversation
from app.conversations.ticket_fields import checked_values, write_values
from app.conversations.views import agent_view_of, ticket_view
from app.errors import Invalid, NotFound
from app.job_kinds import KNOWLEDGE, JobKind, does
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.text import clean_line, shorten
from app.work import Rows, Work
from models import Contact, Conversation, Message, Sequence, Ticket

TITLE_LENGTH = 80
UNTITLED = "Conversation"
NO_TOPIC = "General"
UNSET_PRIORITY: Priority = "medium"
PROPOSE_JOB = JobKind(name="ticket.propose", queue=KNOWLEDGE)
"""Queued with every ticket that opens by itself; it fills in what the button would have proposed."""


async def open_ticket(
    work: Work,
    agent: SignedInAgent,
    command: OpenTicket,
    proposed_title: str = "",
    proposed_topic: str = "",
    proposed_priority: Priority = UNSET_PRIORITY,
) -> TicketView:
    """Give the conversation a number; one that has a number keeps it. What the agent left out is as proposed."""
    require(Permission.MANAGE_TICKETS, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    return await open_ticket_for(
        work,
        conversation,
        title=clean_line(command.title or "") or proposed_title,
        topic=clean_line(command.topic or "") or proposed_topic,
        priority=command.priority or _better(conversation, proposed_priority),
        opened_by=agent,
        fields=await checked_values(work, conversation, command.fields),
    )


async def open_ticket_for(
    work: Work,
    conversation: Conversation,
    *,
    title: str = "",
    topic: str = "",
    priority: Priority | None = None,
    opened_by: SignedInAgent | None = None,
    fields: Mapping[str, str] | None = None,
) -> TicketView:
    """Open a ticket for a conversation whose row is locked. Opened by Parley itself when `opened_by` is empty: then a job
    fills in what the button would propose, off the caller's path, but for a `title` that was given. `fields` are checked values of its form.

    Raises Incomplete when an agent opens it while a field that is required to open has no value. What opens by itself is never
    held up by that: it cannot be resolved before those are filled in.
    """
    contact = await work.one(select(Contact).where(Contact.id == conversation.contact_id))
    assert contact is not None
    if existing := await work.one(select(Ticket).where(Ticket.conversation_id == conversation.id)):
        return ticket_view(existing, conversation, contact)
    if opened_by is not None:
        await refuse_incomplete(work, conversation, "resolve" if conversation.category in ENDED else "open", fields)
    if fields:
        await write_values(work, opened_by or PARLEY, conversation, fields)
    was = {"priority": conversation.priority}
    if priority and priority != conversation.priority:
        conversation = await change_conversation(work, conversation, priority=priority, priority_rank=PRIORITY_RANKS[priority])
    actor = opened_by or PARLEY
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
    if opened_by is None:
        await work.later(PROPOSE_JOB, {"conversation_id": conversation.id, "title": "" if title else ticket.title})
    opened = {"number": ticket.number, "title": ticket.title, "topic": ticket.topic, "priority": conversation.priority}
    record(work, actor, "ticket.open", conversation=conversation, about=("ticket", ticket.id), before=was, after=opened)
    line = f"Ticket #{ticket.number} was opened."
    conversation = await add_system_message(work, conversation, "ticket_opened", line, str(ticket.number))
    view = ticket_view(ticket, conversation, contact)
    work.announce(TicketOpened(ticket=view), to=ToInboxAgents(inbox_id=conversation.inbox_id))
    await announce_conversation(work, conversation)
    return view


@does(FOLLOW_JOB)
async def open_follow_up(work: Work, payload: dict[str, Any]) -> None:
    """Open the ticket of a follow-up where the closed conversation had one, and say in both where the talk goes on."""
    new_id, closed_id = payload["conversation_id"], payload["follows_id"]
    for id in sorted((new_id, closed_id)):
        await _locked(work, id)
    before = await work.one(select(Ticket).where(Ticket.conversation_id == closed_id))
    if before is None:
        return
    opened = await open_ticket_for(work, await _locked(work, new_id), title=before.title, topic=before.topic)
    await _say_followed(work, new_id, "follows", before.number)
    await _say_followed(work, closed_id, "followed_up", opened.number)


async def _say_followed(work: Work, conversation_id: str, code: SystemCode, number: int) -> None:
    conversation = await _locked(work, conversation_id)
    record(work, PARLEY, f"ticket.{code}", conversation=conversation, number=number)
    await announce_conversation(work, await add_system_message(work, conversation, code, f"#{number}", "", "internal"))


async def _locked(work: Work, id: str) -> Conversation:
    found = await work.one(select(Conversation).where(Conversation.id == id).with_for_update())
    assert found is not None
    return found


async def find_ticket(rows: Rows, agent: SignedInAgent, number: str) -> ConversationView:
    """Return the conversation that holds a ticket's number. Raises NotFound for anything that no ticket is called by, and for
    a ticket of an inbox that the agent may not view."""
    if re.fullmatch(r"[0-9]{1,18}", number):
        of_number = select(Conversation.id).join(Ticket, Ticket.conversation_id == Conversation.id)
        held = await rows.one(of_number.where(Ticket.number == int(number), visible_to(agent)))
        if held is not None:
            return await agent_view_of(rows, held)
    raise NotFound("ticket", number)


async def update_ticket(work: Work, agent: SignedInAgent, command: UpdateTicket) -> TicketView:
    """Change what an agent knows better. What is so already changes nothing.

    Raises NotFound for a conversation without a ticket, Invalid for a title or topic without a letter.
    """
    require(Permission.MANAGE_TICKETS, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    ticket = await work.one(select(Ticket).where(Ticket.conversation_id == conversation.id))
    if ticket is None:
        raise NotFound("ticket", conversation.id)
    title = ticket.title if command.title is None else clean_line(command.title)
    topic = ticket.topic if command.topic is None else clean_line(command.topic)
    if not title or not topic:
        raise Invalid("A ticket needs a title and a topic.")
    return await _change(work, conversation, ticket, title, topic, command.priority or conversation.priority, agent)


async def fill_in_proposal(
    work: Work, conversation_id: str, first_title: str, title: str, topic: str, priority: Priority
) -> None:
    """Put what was proposed into a ticket that opened by itself, where nobody has changed it meanwhile."""
    conversation = await work.one(select(Conversation).where(Conversation.id == conversation_id).with_for_update())
    ticket = await work.one(select(Ticket).where(Ticket.conversation_id == conversation_id))
    if conversation is None or ticket is None:
        return
    await _change(
        work,
        conversation,
        ticket,
        title if title and ticket.title == first_title else ticket.title,
        topic if topic and ticket.topic == NO_TOPIC else ticket.topic,
        _better(conversation, priority) or conversation.priority,
        None,
    )


async def _change(
    work: Work, conversation: Conversation, ticket: Ticket, title: str, topic: str, priority: str, agent: SignedInAgent | None
) -> TicketView:
    """Write what differs, and tell everyone. An agent's change leaves a line that says what it was."""
    contact = await work.one(select(Contact).where(Contact.id == conversation.contact_id))
    assert contact is not None
    asked = (("title", ticket.title, title), ("topic", ticket.topic, topic), ("priority", conversation.priority, priority))
    changes = [f"{name}: {before} → {after}" for name, before, after in asked if before != after]
    if not changes:
        return ticket_view(ticket, conversation, contact)
    changed = await work.one(
        update(Ticket)
        .where(Ticket.id == ticket.id)
        .values(title=title, topic=topic)
        .returning(Ticket)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    assert changed is not None
    rank = PRIORITY_RANKS[priority]
    conversation = await change_conversation(work, conversation, priority=priority, priority_rank=rank)
    record(
        work,
        agent or PARLEY,
        "ticket.update" if agent else "ticket.propose",
        conversation=conversation,
        about=("ticket", ticket.id),
        before={name: old for name, old, _ in asked},
        after={name: new for name, _, new in asked},
    )
    if agent is not None:
        line = "; ".join(changes)
        conversation = await add_system_message(work, conversation, "ticket_changed", line, agent.name, "internal")
    view = ticket_view(changed, conversation, contact)
    work.announce(TicketChanged(ticket=view), to=ToInboxAgents(inbox_id=conversation.inbox_id))
    await announce_conversation(work, conversation)
    return view


def _better(conversation: Conversation, proposed: Priority) -> Priority | None:
    """Return the proposed priority where nobody has chosen one."""
    return proposed if conversation.priority == UNSET_PRIORITY and proposed != UNSET_PRIORITY else None


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
