"""Writing messages: idempotent by client_id, ordered by the conversation's row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from app.clock import new_id
from app.contract.commands import AgentSendMessage, VisitorSendMessage
from app.contract.values import OPEN_CATEGORIES, Channel, SystemCode, Visibility
from app.contract.views import MessageView
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation, announce_message
from app.conversations.assignments.history import (
    accept_assignment,
    ask_anew,
    begin_assignment,
    note_assigned,
    values_if_owner_cannot_take,
    values_if_owner_left,
)
from app.conversations.messages.files import attach_files
from app.conversations.reading.drafts import forget_draft
from app.conversations.row_changes import NEW_SEQ, ONE_MORE, change_conversation, status_values
from app.conversations.undo_points import keep_undo, standing_of
from app.conversations.views import message_view
from app.database import Prepared
from app.errors import Conflict, Invalid
from app.job_kinds import JobKind
from app.people.actors import SignedInAgent, Visitor
from app.people.contacts import find_contact
from app.people.permissions import may_reply, require
from app.people.presence import announce_load, announce_loads
from app.text import clean_text, shorten
from app.work import Work
from models import Conversation, Message, Team, Ticket

PREVIEW_LENGTH = 160
ACTIVITY: dict[str, str] = {
    "assigned": "Assigned to {name}.",
    "unassigned": "{name} no longer has it.",
    "left": "{name} left.",
    "missed": "{name} did not accept in time.",
    "declined": "{name} declined.",
}
"""What agents read of the moves between them, apart from the talk."""
UNREAD_JOB = JobKind(name="conversation.unread", unique_by=("conversation_id",))
"""Queued with every answer; when it falls due, email carries on what the contact has not read."""

_TABLE = Message.__table__
_BY_CLIENT_ID = Prepared(
    select(_TABLE).where(_TABLE.c.author_id == bindparam("by"), _TABLE.c.client_id == bindparam("key")), Message
)


async def post_visitor_message(work: Work, visitor: Visitor, command: VisitorSendMessage) -> MessageView:
    """Write what the contact says and tell everyone who may read it.

    The widget retries blindly after a lost ack, so a client_id seen before returns the first message and tells it again.
    """
    conversation = await access_conversation(work, visitor, command.conversation_id)
    if earlier := await find_message(work, visitor.contact_id, command.client_id):
        return announce_again(work, conversation, earlier)
    return await add_contact_message(work, conversation, visitor, command.client_id, command.body, command.attachment_ids)


async def add_contact_message(
    work: Work,
    conversation: Conversation,
    visitor: Visitor,
    client_id: str | None,
    body: str,
    attachment_ids: Sequence[str] = (),
    channel: Channel = "chat",
) -> MessageView:
    """The contact's words in a conversation whose row is locked. A resolved one reopens, a snoozed one wakes, and one
    whose owner has left goes back to the queue."""
    text = text_of(body, attachment_ids)
    contact = await find_contact(work, visitor.contact_id)
    message = Message(
        author_kind="contact",
        author_id=visitor.contact_id,
        author_name=contact.name if contact else "",
        client_id=client_id,
        visibility="public",
        channel=channel,
        body=text,
        attachments=await attach_files(work, conversation, visitor, attachment_ids, is_internal=False),
    )
    waking = await _waking(work, conversation)
    changed = await change_conversation(
        work,
        conversation,
        is_public=True,
        preview=_preview_of(message),
        last_message_at=work.now,
        unread_count=ONE_MORE,
        waiting_since=conversation.waiting_since or work.now,
        contact_delivered_seq=NEW_SEQ,
        contact_read_seq=NEW_SEQ,
        **waking,
    )
    await _store(work, changed, message)
    if waking:
        await _tell_waking(work, conversation, changed)
    return message_view(message, for_agents=False)


async def post_agent_message(work: Work, agent: SignedInAgent, command: AgentSendMessage) -> MessageView:
    """Write what an agent says: to the contact, or a note for colleagues.

    Raises Conflict with what was missed when `seen_seq` shows that the agent has not seen somebody else's message.
    """
    require(may_reply, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if earlier := await find_message(work, agent.id, command.client_id):
        announce_again(work, conversation, earlier)
        return message_view(earlier, for_agents=True)
    if command.visibility == "public" and command.seen_seq is not None:
        await _refuse_stale(work, agent, conversation, command.seen_seq)
    await forget_draft(work, agent.id, conversation.id)
    return await add_agent_message(
        work, conversation, agent, command.client_id, command.body, command.visibility, command.attachment_ids
    )


async def add_agent_message(
    work: Work,
    conversation: Conversation,
    agent: SignedInAgent,
    client_id: str | None,
    body: str,
    visibility: Visibility,
    attachment_ids: Sequence[str] = (),
    system: SystemCode | None = None,
) -> MessageView:
    """An agent's words in a conversation whose row is locked. A first answer opens it, and an answer to one that nobody has
    makes it the writer's, unless its team says otherwise. `system` marks a whisper."""
    is_public = visibility == "public"
    if is_public and conversation.offer_until and conversation.agent_id == agent.id:
        conversation = await accept_offer(work, conversation, agent.name)
    takes = is_public and await _takes_on_reply(work, agent, conversation)
    if is_public:
        conversation = await join(work, conversation, agent.id, agent.name, told=takes)
    message = Message(
        author_kind="agent",
        author_id=agent.id,
        author_name=agent.name,
        client_id=client_id,
        visibility=visibility,
        channel=conversation.channel,
        system=system,
        body=text_of(body, attachment_ids),
        attachments=await attach_files(work, conversation, agent, attachment_ids, is_internal=not is_public),
    )
    values: dict[str, Any] = {}
    if is_public:
        values = {
            "preview": _preview_of(message),
            "last_message_at": work.now,
            "waiting_since": None,
            "unread_count": 0,
            "agent_delivered_seq": NEW_SEQ,
            "agent_read_seq": NEW_SEQ,
            "first_answered_at": conversation.first_answered_at or work.now,
        }
        values |= await _opening(work, conversation)
        await work.later(UNREAD_JOB, {"conversation_id": conversation.id}, work.unread_after)
    opens = "status" in values
    changed = await change_conversation(work, conversation, is_public=is_public, **values)
    await _store(work, changed, message)
    if takes:
        changed = await _take(work, agent, changed)
    if opens or takes:
        await announce_conversation(work, changed)
    return message_view(message, for_agents=True)


async def _takes_on_reply(work: Work, agent: SignedInAgent, conversation: Conversation) -> bool:
    """Whether the writer of a reply has the conversation from now on: nobody has it yet, and its team wants that."""
    is_free = conversation.agent_id is None or (conversation.offer_until is not None and conversation.agent_id != agent.id)
    if not is_free or conversation.category not in OPEN_CATEGORIES:
        return False
    team = select(Team.takes_on_reply).where(Team.id == conversation.team_id)
    return conversation.team_id is None or await work.one(team) is not False


async def _take(work: Work, agent: SignedInAgent, conversation: Conversation) -> Conversation:
    """Make it the writer's, which they can undo. Their capacity does not bind them: they have written of their own accord."""
    before, offered_to = await standing_of(work, conversation), conversation.agent_id
    values: dict[str, Any] = {"agent_id": agent.id, "assigned_at": work.now, "offer_until": None}
    conversation = await change_conversation(work, conversation, routed_at=conversation.routed_at or work.now, **values)
    await begin_assignment(work, conversation, agent.id, "replied")
    await note_assigned(work, agent.id)
    await keep_undo(work, agent, before, conversation)
    await announce_loads(work, [id for id in (agent.id, offered_to) if id])
    return conversation


async def accept_offer(work: Work, conversation: Conversation, agent_name: str) -> Conversation:
    """Whoever was offered it has it now; the contact reads who joined."""
    conversation = await change_conversation(work, conversation, offer_until=None, assigned_at=work.now)
    await accept_assignment(work, conversation)
    conversation = await join(work, conversation, conversation.agent_id or "", agent_name, told=True)
    await announce_conversation(work, conversation)
    return conversation


async def join(work: Work, conversation: Conversation, agent_id: str, name: str, *, told: bool = False) -> Conversation:
    """Let the contact read that an agent is there, once an agent, when they take, open or answer it themself.

    With `told` agents read of it either way: of one who had joined before, as activity of their own.
    """
    if await has_joined(work, conversation, agent_id, name):
        return await add_activity(work, conversation, "assigned", name) if told else conversation
    joined = [*(conversation.joined_ids or []), agent_id]
    return await add_system_message(work, conversation, "joined", f"{name} joined.", name, joined_ids=joined)


async def has_joined(work: Work, conversation: Conversation, agent_id: str, name: str) -> bool:
    """Return if the contact has read that this agent joined. Conversations begun before that was noted say it by their lines."""
    if conversation.joined_ids is not None:
        return agent_id in conversation.joined_ids
    mine = Message.conversation_id == conversation.id, Message.system == "joined", Message.author_name == name
    return await work.one(select(Message.id).where(*mine).limit(1)) is not None


async def add_activity(work: Work, conversation: Conversation, code: SystemCode, name: str) -> Conversation:
    """Say to agents alone who has it now, or has no longer."""
    return await add_system_message(work, conversation, code, ACTIVITY[code].format(name=name), name, "internal")


async def add_bot_message(work: Work, conversation: Conversation, name: str, body: str) -> Conversation:
    """Words to the contact that nobody wrote just now."""
    values = {"preview": shorten(body, PREVIEW_LENGTH), "last_message_at": work.now}
    changed = await change_conversation(work, conversation, is_public=True, **values)
    message = Message(
        author_kind="bot", author_name=name, visibility="public", channel=conversation.channel, body=body, attachments=[]
    )
    await _store(work, changed, message)
    return changed


async def add_system_message(
    work: Work,
    conversation: Conversation,
    code: SystemCode,
    body: str,
    by: str,
    visibility: Visibility = "public",
    **values: Any,
) -> Conversation:
    """Say in the conversation what happened to it. Each one the contact may see takes a seq, so that a contact who
    holds every seq has missed nothing. `by` is a person's name, for readers who phrase it themselves. `values` are
    written with it."""
    changed = await change_conversation(work, conversation, is_public=visibility == "public", **values)
    message = Message(
        author_kind="system",
        author_name=by,
        visibility=visibility,
        channel=conversation.channel,
        system=code,
        body=body,
        attachments=[],
    )
    await _store(work, changed, message)
    return changed


async def add_activities(work: Work, moved: Sequence[tuple[Conversation, SystemCode, str]]) -> None:
    """Say to agents who has each of them now, or has no longer. Whoever changed their rows has counted these lines already."""
    messages = [
        Message(
            author_kind="system",
            author_name=name,
            visibility="internal",
            channel=conversation.channel,
            system=code,
            body=ACTIVITY[code].format(name=name),
            attachments=[],
        )
        for conversation, code, name in moved
    ]
    for (conversation, _, _), message in zip(moved, messages, strict=True):
        _place(work, conversation, message)
    await work.add_all(messages)
    for (conversation, _, _), message in zip(moved, messages, strict=True):
        announce_message(work, conversation, message)


async def find_message(work: Work, author_id: str, client_id: str) -> Message | None:
    """The message this author already wrote under this client_id."""
    return await work.first(_BY_CLIENT_ID, by=author_id, key=client_id)


def announce_again(work: Work, conversation: Conversation, message: Message) -> MessageView:
    """Heal a publish that was lost: readers who have the seq drop it."""
    if message.conversation_id == conversation.id:
        announce_message(work, conversation, message)
    return message_view(message, for_agents=message.visibility == "internal")


def text_of(body: str, attachment_ids: Sequence[str]) -> str:
    """The words to keep. Raises Invalid when there is neither a word nor a file."""
    text = clean_text(body)
    if not text and not attachment_ids:
        raise Invalid("Write a message first.")
    return text


async def _store(work: Work, conversation: Conversation, message: Message) -> None:
    _place(work, conversation, message)
    await work.add(message)
    announce_message(work, conversation, message)


def _place(work: Work, conversation: Conversation, message: Message) -> None:
    """The newest of its conversation."""
    message.id = new_id()
    message.conversation_id = conversation.id
    message.seq = conversation.seq if message.visibility == "public" else None
    message.rev = conversation.rev
    message.created_at = work.now


async def _refuse_stale(work: Work, agent: SignedInAgent, conversation: Conversation, seen_seq: int) -> None:
    if seen_seq >= conversation.seq:
        return
    missed = await work.all(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > seen_seq,
            Message.system.is_(None),
            Message.author_id != agent.id,
        )
        .order_by(Message.seq)
        .limit(50)
    )
    if missed:
        raise Conflict(
            "Something was written since you last looked.", [message_view(message, for_agents=True) for message in missed]
        )


async def _waking(work: Work, conversation: Conversation) -> dict[str, Any]:
    """What changes when the contact writes into a conversation that was set aside, has ended, or whose owner has left."""
    if conversation.category == "waiting":
        return await status_values(work, "open") | {"snoozed_until": None} | await values_if_owner_left(work, conversation)
    if conversation.category not in OPEN_CATEGORIES:
        reopened = {"resolved_at": None, "reopened_count": ONE_MORE, "is_extra": await _has_another_open(work, conversation)}
        return await status_values(work, "reopened") | reopened | await values_if_owner_cannot_take(work, conversation)
    if conversation.agent_id and conversation.waiting_since is None:  # one that waits is handed on when its owner leaves
        return await values_if_owner_left(work, conversation)
    return {}


async def _tell_waking(work: Work, before: Conversation, changed: Conversation) -> None:
    has_ended = before.category not in OPEN_CATEGORIES
    if has_ended:
        await work.change(update(Ticket).where(Ticket.conversation_id == changed.id).values(closed_at=None))
        await ask_anew(work, [changed.id])
        changed = await add_system_message(work, changed, "reopened", "The conversation was reopened.", "")
    if has_ended or changed.agent_id != before.agent_id:
        await begin_assignment(work, changed, "routing", "reopened" if has_ended else "agent_left")
    if before.agent_id:
        await announce_load(work, before.agent_id)
    await announce_conversation(work, changed)


async def _has_another_open(work: Work, conversation: Conversation) -> bool:
    """Whether this one must stand beside another: a contact has one open conversation per inbox unless they ask for more."""
    other = await work.one(
        select(Conversation.id)
        .where(
            Conversation.contact_id == conversation.contact_id,
            Conversation.inbox_id == conversation.inbox_id,
            Conversation.category.in_(OPEN_CATEGORIES),
        )
        .limit(1)
    )
    return other is not None


async def _opening(work: Work, conversation: Conversation) -> dict[str, Any]:
    if conversation.category == "new":
        return await status_values(work, "open")
    return {}


def _preview_of(message: Message) -> str:
    return (
        shorten(message.body, PREVIEW_LENGTH)
        if message.body
        else ", ".join(str(file["name"]) for file in message.attachments)[:PREVIEW_LENGTH]
    )
