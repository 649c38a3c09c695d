"""Catching up, and saying how far one has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, func, select, update

from app.contract.reading import (
    AgentEarlier,
    AgentSync,
    AgentSynced,
    ConversationDelivered,
    EarlierMessages,
    ReadConversation,
    VisitorEarlier,
    VisitorSync,
    VisitorSynced,
)
from app.conversations.access import access_conversation, access_conversation_to_read
from app.conversations.announcements import announce_marks
from app.conversations.views import agent_view_of, message_view, visitor_view_of
from app.database import Prepared
from app.people.actors import SignedInAgent, Visitor
from app.work import Rows, Work
from models import Conversation, Message

PAGE = 200
MAX_CHARACTERS = 400_000

_TABLE = Conversation.__table__
_MESSAGES = Message.__table__
_marks: dict[tuple[str, ...], Prepared[Conversation]] = {}


async def sync_for_visitor(rows: Rows, visitor: Visitor, command: VisitorSync) -> VisitorSynced:
    """Return what the contact missed, by seq: notes have none, so they can neither be shown nor counted."""
    conversation = await access_conversation_to_read(rows, visitor, command.conversation_id)
    page = await _missed(rows, conversation.id, _BY_SEQ, command.after_seq, newest=command.newest)
    return VisitorSynced(
        conversation=await visitor_view_of(rows, conversation),
        messages=[message_view(message, for_agents=False) for message in page.messages],
        is_complete=page.is_complete,
        is_snapshot=page.is_snapshot,
        has_earlier=page.has_earlier,
    )


async def sync_for_agent(rows: Rows, agent: SignedInAgent, command: AgentSync) -> AgentSynced:
    """Return what the agent missed, by rev."""
    conversation = await access_conversation_to_read(rows, agent, command.conversation_id)
    page = await _missed(rows, conversation.id, _BY_REV, command.after_rev, newest=command.newest)
    return AgentSynced(
        conversation=await agent_view_of(rows, conversation.id),
        messages=[message_view(message, for_agents=True) for message in page.messages],
        is_complete=page.is_complete,
        is_snapshot=page.is_snapshot,
        has_earlier=page.has_earlier,
    )


async def earlier_for_visitor(rows: Rows, visitor: Visitor, command: VisitorEarlier) -> EarlierMessages:
    """Return a page of what both sides saw before a seq."""
    conversation = await access_conversation_to_read(rows, visitor, command.conversation_id)
    messages, has_earlier = await _before(rows, conversation.id, _BY_SEQ, command.before_seq)
    return EarlierMessages(messages=[message_view(one, for_agents=False) for one in messages], has_earlier=has_earlier)


async def earlier_for_agent(rows: Rows, agent: SignedInAgent, command: AgentEarlier) -> EarlierMessages:
    """Return a page of what was written before a rev, notes included."""
    conversation = await access_conversation_to_read(rows, agent, command.conversation_id)
    messages, has_earlier = await _before(rows, conversation.id, _BY_REV, command.before_rev)
    return EarlierMessages(messages=[message_view(one, for_agents=True) for one in messages], has_earlier=has_earlier)


class _Page(Struct, frozen=True):
    messages: Sequence[Message]
    is_complete: bool
    is_snapshot: bool
    has_earlier: bool


class _Order:
    """Messages by one of their two numbers, a row more than a page. Those without the number are not in it."""

    def __init__(self, place: ColumnElement[int]) -> None:
        mine = select(_MESSAGES).where(_MESSAGES.c.conversation_id == bindparam("conversation")).limit(PAGE + 1)
        self.after = Prepared(mine.where(place > bindparam("place")).order_by(place), Message)
        self.before = Prepared(mine.where(place < bindparam("place")).order_by(place.desc()), Message)
        self.latest = Prepared(mine.where(place.is_not(None)).order_by(place.desc()), Message)


_BY_SEQ, _BY_REV = _Order(_MESSAGES.c.seq), _Order(_MESSAGES.c.rev)


async def _missed(rows: Rows, id: str, order: _Order, after: int, *, newest: bool) -> _Page:
    """The difference, or with `newest`, when it does not fit a page, a snapshot: whoever was away long wants the end."""
    found = await rows.all_prepared(order.after, conversation=id, place=after)
    page = _fitting(found[:PAGE])
    if len(page) == len(found) or not newest:
        return _Page(page, is_complete=len(page) == len(found), is_snapshot=False, has_earlier=False)
    latest, has_earlier = await _before(rows, id, order, None)
    return _Page(latest, is_complete=True, is_snapshot=True, has_earlier=has_earlier)


async def _before(rows: Rows, id: str, order: _Order, before: int | None) -> tuple[Sequence[Message], bool]:
    """The last page before a place, or of all; and whether there is more before it."""
    given = {"conversation": id}
    found = await (
        rows.all_prepared(order.latest, **given) if before is None else rows.all_prepared(order.before, place=before, **given)
    )
    page = _fitting(found[:PAGE])
    return page[::-1], len(found) > len(page)


def _fitting(messages: Sequence[Message]) -> Sequence[Message]:
    """As many as a reply may carry, one at least: a socket that is handed more than a megabyte at once is closed as slow."""
    size = 0
    for count, message in enumerate(messages):
        size += len(message.body) + 500 * (1 + len(message.attachments))
        if size > MAX_CHARACTERS and count:
            return messages[:count]
    return messages


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
    announce_marks(work, changed)
