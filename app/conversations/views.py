"""Conversations and messages as each reader is shown them: one query a page, none a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from sqlalchemy import Select, bindparam, select

from app.contract.conversations import ConversationView, VisitorConversationView
from app.contract.messages import AttachmentView, AuthorView, MarksView, MessageView
from app.contract.queue import QueueView
from app.contract.tickets import TicketView
from app.contract.values import AuthorKind, Category, Channel, Priority, SystemCode, Visibility
from app.conversations.queue.positions import queue_view, queue_views
from app.database import Prepared, bare
from app.people.contacts import contact_view
from app.sla.next_due import next_due_view
from app.work import Rows
from models import Agent, Base, Contact, Conversation, CsatScore, Message, Ticket

B = TypeVar("B", bound=Base)

_ENTITIES = (Conversation, Contact, Ticket)
_WHOLE = Prepared(
    select(*(column for entity in _ENTITIES for column in entity.__table__.c), Agent.name, CsatScore.score)
    .select_from(Conversation)
    .join(Contact, Contact.id == Conversation.contact_id)
    .outerjoin(Ticket, Ticket.conversation_id == Conversation.id)
    .outerjoin(Agent, Agent.id == Conversation.agent_id)
    .outerjoin(CsatScore, CsatScore.conversation_id == Conversation.id)
    .where(Conversation.id == bindparam("key"))
)
"""A conversation with all that either side's view of it needs."""


class _Whole(NamedTuple):
    conversation: Conversation
    contact: Contact
    ticket: Ticket | None
    agent_name: str | None
    score: int | None


def message_view(message: Message, *, for_agents: bool) -> MessageView:
    """A message. Only agents are shown its `rev`, and only they may be handed a note."""
    if message.visibility == "internal" and not for_agents:
        raise AssertionError("a note must never reach a visitor")
    return MessageView(
        id=message.id,
        client_id=message.client_id,
        conversation_id=message.conversation_id,
        seq=message.seq,
        rev=message.rev if for_agents else None,
        author=AuthorView(kind=cast(AuthorKind, message.author_kind), id=message.author_id, name=message.author_name),
        visibility=cast(Visibility, message.visibility),
        channel=cast(Channel, message.channel),
        system=cast("SystemCode | None", message.system),
        body=message.body,
        attachments=msgspec.convert(message.attachments, list[AttachmentView]) if message.attachments else [],
        created_at=message.created_at,
    )


def marks_view(conversation: Conversation) -> MarksView:
    return MarksView(
        contact_delivered_seq=conversation.contact_delivered_seq,
        contact_read_seq=conversation.contact_read_seq,
        agent_delivered_seq=conversation.agent_delivered_seq,
        agent_read_seq=conversation.agent_read_seq,
    )


def select_for_agents() -> Select[Conversation, Contact, Ticket]:
    """Conversations with what an agent's view of them needs; narrow and order it, then `agent_views`."""
    return (
        select(Conversation, Contact, Ticket)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Ticket, Ticket.conversation_id == Conversation.id)
    )


async def agent_views(rows: Rows, wanted: Select[Conversation, Contact, Ticket]) -> list[ConversationView]:
    return [_agent_view(conversation, contact, ticket) for conversation, contact, ticket in await rows.rows(wanted)]


async def agent_view_of(rows: Rows, conversation_id: str) -> ConversationView:
    """Return one conversation, which must exist, as agents see it."""
    whole = await _whole(rows, conversation_id)
    return _agent_view(whole.conversation, whole.contact, whole.ticket)


async def both_views_of(rows: Rows, conversation_id: str) -> tuple[ConversationView, VisitorConversationView]:
    """Return one conversation, which must exist, as agents and as its contact see it."""
    whole = await _whole(rows, conversation_id)
    return _agent_view(whole.conversation, whole.contact, whole.ticket), await _contacts_view(rows, whole)


async def _whole(rows: Rows, conversation_id: str) -> _Whole:
    (row,) = await rows.tuples(_WHOLE, key=conversation_id)
    values = iter(row)
    conversation, contact, ticket = _next(values, Conversation), _next(values, Contact), _next(values, Ticket)
    return _Whole(conversation, contact, ticket if ticket.id else None, next(values), next(values))


def _next(values: Iterator[Any], entity: type[B]) -> B:
    """Return the next values of a row as one of its entities."""
    return bare(entity, {column.key: next(values) for column in entity.__table__.columns})


async def _contacts_view(rows: Rows, whole: _Whole) -> VisitorConversationView:
    queue = await queue_view(rows, whole.conversation) if is_queued(whole.conversation) else None
    return _visitor_view(whole.conversation, whole.agent_name, whole.ticket.number if whole.ticket else None, whole.score, queue)


def _agent_view(conversation: Conversation, contact: Contact, ticket: Ticket | None) -> ConversationView:
    return ConversationView(
        id=conversation.id,
        inbox_id=conversation.inbox_id,
        channel=cast(Channel, conversation.channel),
        contact=contact_view(contact),
        status=conversation.status,
        category=cast(Category, conversation.category),
        priority=cast(Priority, conversation.priority),
        agent_id=conversation.agent_id,
        offer_until=conversation.offer_until,
        team_id=conversation.team_id,
        seq=conversation.seq,
        rev=conversation.rev,
        marks=marks_view(conversation),
        preview=conversation.preview,
        last_message_at=conversation.last_message_at,
        waiting_since=conversation.waiting_since,
        queued_at=conversation.queued_at,
        snoozed_until=conversation.snoozed_until,
        escalation_level=conversation.escalation_level,
        escalation_reason=conversation.escalation_reason,
        unread_count=conversation.unread_count,
        tags=conversation.tags or [],
        ticket=ticket_view(ticket, conversation, contact) if ticket else None,
        next_due=next_due_view(conversation),
        created_at=conversation.created_at,
    )


def ticket_view(ticket: Ticket, conversation: Conversation, contact: Contact) -> TicketView:
    return TicketView(
        id=ticket.id,
        number=ticket.number,
        conversation_id=conversation.id,
        title=ticket.title,
        topic=ticket.topic,
        priority=cast(Priority, conversation.priority),
        status=conversation.status,
        category=cast(Category, conversation.category),
        agent_id=conversation.agent_id,
        team_id=conversation.team_id,
        contact_id=contact.id,
        contact_name=contact.name,
        opened_at=ticket.opened_at,
        closed_at=ticket.closed_at,
        next_due=next_due_view(conversation),
    )


async def visitor_views(rows: Rows, contact_id: str, most: int = 20) -> list[VisitorConversationView]:
    """A contact's conversations as they see them, newest first."""
    mine = Conversation.contact_id == contact_id
    return await _visitor_views(rows, select_for_visitors().where(mine).order_by(Conversation.created_at.desc()).limit(most))


async def visitor_views_of(rows: Rows, conversation_ids: Sequence[str]) -> dict[str, VisitorConversationView]:
    """These conversations as their contacts see them, by id."""
    views = await _visitor_views(rows, select_for_visitors().where(Conversation.id.in_(conversation_ids)))
    return {view.id: view for view in views}


def select_for_visitors() -> Select[Conversation, str | None, int | None, int | None]:
    """Conversations with what their contact's view of them needs."""
    found = (
        select(Conversation, Agent.name, Ticket.number, CsatScore.score)
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .outerjoin(Ticket, Ticket.conversation_id == Conversation.id)
        .outerjoin(CsatScore, CsatScore.conversation_id == Conversation.id)
    )
    return cast("Select[Conversation, str | None, int | None, int | None]", found)  # what is joined may be missing


async def _visitor_views(
    rows: Rows, wanted: Select[Conversation, str | None, int | None, int | None]
) -> list[VisitorConversationView]:
    found = await rows.rows(wanted)
    queues = await queue_views(rows, [conversation for conversation, *_ in found if is_queued(conversation)])
    return [_visitor_view(one, name, number, score, queues.get(one.id)) for one, name, number, score in found]


async def visitor_view_of(rows: Rows, conversation: Conversation) -> VisitorConversationView:
    """Return one conversation, which must exist, as it stands now for its contact."""
    return await _contacts_view(rows, await _whole(rows, conversation.id))


def _visitor_view(
    conversation: Conversation, agent_name: str | None, ticket_number: int | None, rating: int | None, queue: QueueView | None
) -> VisitorConversationView:
    return VisitorConversationView(
        id=conversation.id,
        category=cast(Category, conversation.category),
        seq=conversation.seq,
        marks=marks_view(conversation),
        agent_name=None if conversation.offer_until else agent_name,
        queue=queue,
        ticket_number=ticket_number,
        rating=rating,
        preview=conversation.preview,
        last_message_at=conversation.last_message_at,
        created_at=conversation.created_at,
    )


def is_queued(conversation: Conversation) -> bool:
    """Return whether its contact waits for an owner; one that is only offered has none yet."""
    is_free = conversation.agent_id is None or conversation.offer_until is not None
    return is_free and conversation.category in ("new", "open")


def is_held(conversation: Conversation) -> bool:
    """Return whether it has an owner and wants attention."""
    return conversation.agent_id is not None and conversation.category in ("new", "open")


def as_json(view: Any) -> Any:
    """A view as the plain values a JSON column keeps."""
    return msgspec.to_builtins(view)
