"""Catching up, and saying how far one has come."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select, update

from app.contract.commands import AgentSync, ConversationDelivered, ReadConversation, VisitorSync
from app.contract.replies import AgentSynced, VisitorSynced
from app.conversations.access import access_conversation, access_conversation_to_read
from app.conversations.telling import tell_marks
from app.conversations.views import agent_view_of, message_view, visitor_view_of
from app.database import Prepared
from app.people.actors import SignedInAgent, Visitor
from app.work import Rows, Work
from models import Conversation, Message

PAGE = 200

_TABLE = Conversation.__table__
_marks: dict[tuple[str, ...], Prepared[Conversation]] = {}


async def sync_for_visitor(rows: Rows, visitor: Visitor, command: VisitorSync) -> VisitorSynced:
    """What the contact missed, by seq: notes have none, so they can neither be shown nor counted."""
    conversation = await access_conversation_to_read(rows, visitor, command.conversation_id)
    found = await rows.all(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.seq > command.after_seq)
        .order_by(Message.seq)
        .limit(PAGE + 1)
    )
    return VisitorSynced(
        conversation=await visitor_view_of(rows, conversation),
        messages=[message_view(message, for_agents=False) for message in found[:PAGE]],
        is_complete=len(found) <= PAGE,
    )


async def sync_for_agent(rows: Rows, agent: SignedInAgent, command: AgentSync) -> AgentSynced:
    """What the agent missed, by rev."""
    conversation = await access_conversation_to_read(rows, agent, command.conversation_id)
    found = await rows.all(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.rev > command.after_rev)
        .order_by(Message.rev)
        .limit(PAGE + 1)
    )
    return AgentSynced(
        conversation=await agent_view_of(rows, conversation.id),
        messages=[message_view(message, for_agents=True) for message in found[:PAGE]],
        is_complete=len(found) <= PAGE,
    )


async def mark_read(work: Work, actor: Visitor | SignedInAgent, command: ReadConversation) -> None:
    """This side has seen everything up to seq. Beyond the end counts as the end; less than before changes nothing."""
    conversation = await access_conversation(work, actor, command.conversation_id)
    seq = min(command.seq, conversation.seq)
    if isinstance(actor, Visitor):
        if seq > conversation.contact_read_seq:
            delivered = max(seq, conversation.contact_delivered_seq)
            await _mark(work, conversation, contact_read_seq=seq, contact_delivered_seq=delivered)
    elif seq > conversation.agent_read_seq:
        delivered = max(seq, conversation.agent_delivered_seq)
        unread = 0 if seq == conversation.seq else await _contact_messages_after(work, conversation.id, seq)
        await _mark(work, conversation, agent_read_seq=seq, agent_delivered_seq=delivered, unread_count=unread)


async def mark_delivered(work: Work, actor: Visitor | SignedInAgent, command: ConversationDelivered) -> None:
    """Everything up to seq has arrived at this side."""
    conversation = await access_conversation(work, actor, command.conversation_id)
    seq = min(command.seq, conversation.seq)
    if isinstance(actor, Visitor):
        if seq > conversation.contact_delivered_seq:
            await _mark(work, conversation, contact_delivered_seq=seq)
    elif seq > conversation.agent_delivered_seq:
        await _mark(work, conversation, agent_delivered_seq=seq)


async def _contact_messages_after(work: Work, conversation_id: str, seq: int) -> int:
    later = select(func.count()).where(
        Message.conversation_id == conversation_id, Message.seq > seq, Message.author_kind == "contact"
    )
    return await work.one(later) or 0


async def _mark(work: Work, conversation: Conversation, **values: int) -> None:
    """Marks are no revision: they only ever grow, so hearing of them late or twice does no harm."""
    names = tuple(values)
    if names not in _marks:
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        columns["changed_at"] = bindparam("changed", type_=_TABLE.c.changed_at.type)
        statement = update(Conversation).where(_TABLE.c.id == bindparam("row_id")).values(columns).returning(*_TABLE.c)
        _marks[names] = Prepared(statement, Conversation)
    given = {f"new_{name}": value for name, value in values.items()}
    changed = await work.first(_marks[names], row_id=conversation.id, changed=work.now, **given)
    assert changed is not None
    tell_marks(work, changed)
