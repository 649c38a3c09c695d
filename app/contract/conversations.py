"""Conversations as each side sees them: starting, ending, their status, priority and snooze."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.contract.bases import Command, Done, Event, Reply, View
from app.contract.contacts import ContactView
from app.contract.forms import PrechatFields
from app.contract.messages import MarksView, MessageView
from app.contract.queue import QueueView
from app.contract.sla import NextDueView
from app.contract.tickets import TicketView
from app.contract.values import Attachments, Category, Channel, ClientId, Id, MessageBody, Priority, StatusKey, Url


class ConversationView(View):
    """A conversation as agents see it.

    While `offer_until` is set, `agent_id` has been offered it and has until then to accept. `status` is the key of a status, `category` what it amounts to. `waiting_since` is when the contact began to wait
    for an answer, empty when it is their turn. `unread_count` counts the contact's messages no agent has read. `next_due` is
    empty while no SLA clock runs towards a due time.
    """

    id: str
    inbox_id: str
    channel: Channel
    contact: ContactView
    status: str
    category: Category
    priority: Priority
    agent_id: str | None
    offer_until: datetime | None
    team_id: str | None
    seq: int
    rev: int
    marks: MarksView
    preview: str
    last_message_at: datetime
    waiting_since: datetime | None
    queued_at: datetime | None
    snoozed_until: datetime | None
    escalation_level: int
    escalation_reason: str
    unread_count: int
    tags: list[str]
    ticket: TicketView | None
    next_due: NextDueView | None
    created_at: datetime


class VisitorConversationView(View):
    """A conversation as its contact sees it. `agent_name` is empty until somebody has it; `rating` once given."""

    id: str
    category: Category
    seq: int
    marks: MarksView
    agent_name: str | None
    queue: QueueView | None
    ticket_number: int | None
    rating: int | None
    preview: str
    last_message_at: datetime
    created_at: datetime


class Started(Reply):
    """The conversation the first message went to."""

    conversation: VisitorConversationView
    message: MessageView
    ok: Literal[True] = True


class Changed(Reply):
    """The conversation after the change."""

    conversation: ConversationView
    ok: Literal[True] = True


class Ended(Reply):
    """The conversation after the visitor's change."""

    conversation: VisitorConversationView
    ok: Literal[True] = True


class StartConversation(Command, tag="conversation.start", answers=Started):
    """A visitor's first message, with the form's fields where the inbox asks for them before it. Refused as `invalid` while
    one that is required is missing. While one conversation is open in the inbox, the message goes there. An answer to what
    we said first names it (`greeting_id`), and the conversation begins with that."""

    client_id: ClientId
    body: MessageBody
    fields: PrechatFields | None = None
    attachment_ids: Attachments = []
    page_url: Url | None = None
    greeting_id: Id | None = None


class EndConversation(Command, tag="conversation.end", answers=Ended):
    """The visitor has finished; the conversation is resolved."""

    conversation_id: Id


class SetStatus(Command, tag="conversation.set_status", answers=Changed):
    """Set a status by key. Resolving frees the agent; setting an open status reopens."""

    conversation_id: Id
    status: StatusKey


class SetPriority(Command, tag="conversation.set_priority", answers=Changed):
    """Set the priority; the queue is served in this order first."""

    conversation_id: Id
    priority: Priority


class SnoozeConversation(Command, tag="conversation.snooze", answers=Changed):
    """Set aside until a time; it comes back open to the same agent, or at once when the contact writes."""

    conversation_id: Id
    until: datetime


class AskEmail(Command, tag="contact.ask_email", answers=Changed):
    """Ask the visitor for an email address: their widget shows the question. Refused as `conflict` when there is one; asked
    again before anything else was said, it changes nothing."""

    conversation_id: Id


class ViewConversation(Command, tag="conversation.view", answers=Done):
    """The agent looks at this conversation now (empty: at none). Colleagues are told."""

    conversation_id: Id | None


class ConversationChanged(Event, tag="conversation.changed"):
    """The conversation as agents see it now. Older than what you hold (`rev`): drop it."""

    conversation: ConversationView


class VisitorConversationChanged(Event, tag="conversation.changed"):
    """The conversation as its contact sees it now."""

    conversation: VisitorConversationView


class ViewersChanged(Event, tag="viewers.changed"):
    """The agents who look at the conversation now."""

    conversation_id: str
    agent_ids: list[str]
