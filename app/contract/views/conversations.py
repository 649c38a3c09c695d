"""Conversations as each side sees them, their tickets, scores, drafts and suggestions."""

from __future__ import annotations

from datetime import datetime

from app.contract.values import Category, Channel, ErrorCode, Priority, View, Visibility
from app.contract.views.contacts import ContactView
from app.contract.views.messages import AttachmentView, MarksView


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


class ConversationView(View):
    """A conversation as agents see it.

    While `offer_until` is set, `agent_id` has been offered it and has until then to accept. `status` is the key of a status, `category` what it amounts to. `waiting_since` is when the contact began to wait
    for an answer, empty when it is their turn. `unread_count` counts the contact's messages no agent has read.
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
    created_at: datetime


class QueueView(View):
    """A place in the queue, 1 is next, and how long it may still take.

    Four waits in five end between `low_seconds` and `high_seconds`, if the next hour is like the last; `wait_seconds` is the
    middle. All are empty when there is nothing to estimate from, or nobody serves the queue.
    """

    position: int
    wait_seconds: int | None
    low_seconds: int | None
    high_seconds: int | None


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


class ScoreView(View):
    """A contact's score of a conversation: 1 (bad) to 5 (good)."""

    conversation_id: str
    score: int
    comment: str
    answered_at: datetime


class NotChanged(View):
    """A conversation that was left as it was, and why."""

    conversation_id: str
    code: ErrorCode
    detail: str


class DraftView(View):
    """An agent's draft in a conversation, for their eyes alone. Empty once it is sent or given up."""

    conversation_id: str
    visibility: Visibility
    body: str
    attachments: list[AttachmentView]
    changed_at: datetime


class SuggestionView(View):
    """A passage of an article that may answer. `score` is the cosine in -1..1 (with what words and feedback added)."""

    article_id: str
    title: str
    heading: str
    passage: str
    url: str
    score: float
    why: str
