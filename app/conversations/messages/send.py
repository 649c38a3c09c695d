"""Writing messages: idempotent by client_id, ordered by the conversation's row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import bindparam, select, update

from app.activity.actor import PARLEY
from app.clock import new_id
from app.contract.messages import AgentSendMessage, MessageView, VisitorSendMessage
from app.contract.values import OPEN_CATEGORIES, SystemCode, Visibility
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
from app.conversations.messages.asked_message import PREVIEW_LENGTH, AskedMessage, agent_message, asked_message, contact_message
from app.conversations.messages.decide import Again, Needs, Refused, Situation, Step, Written, decide
from app.conversations.messages.files import attach_files
from app.conversations.messages.follow_ups import conversation_after
from app.conversations.messages.situation import load_one
from app.conversations.messages.store import UNREAD_JOB
from app.conversations.reading.drafts import forget_draft
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import ONE_MORE, change_conversation, status_values
from app.conversations.undo_points import keep_undo, standing_of
from app.conversations.views import message_view
from app.database import Prepared, prepared_by
from app.errors import Conflict
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import Permission, require
from app.people.presence import announce_load, announce_loads
from app.text import shorten
from app.work import Work
from models import Conversation, Message, Ticket

ACTIVITY: dict[str, str] = {
    "assigned": "Assigned to {name}.",
    "unassigned": "{name} no longer has it.",
    "left": "{name} left.",
    "missed": "{name} did not accept in time.",
    "declined": "{name} declined.",
}
"""What agents read of the moves between them, apart from the talk."""

ACTIONS: dict[Step, str] = {
    "take": "conversation.claim",
    "open": "conversation.open",
    "wake": "conversation.wake",
    "reopen": "conversation.reopen",
}
"""What a message changes of a conversation, by step, as the record names it."""

_TABLE = Message.__table__
_BY_ID = prepared_by(Message)
_BY_CLIENT_ID = Prepared(
    select(_TABLE).where(_TABLE.c.author_id == bindparam("by"), _TABLE.c.client_id == bindparam("key")), Message
)


async def post_visitor_message(work: Work, visitor: Visitor, command: VisitorSendMessage) -> MessageView:
    """Write what the contact says and announce it to everyone who may read it.

    The widget retries blindly after a lost ack, so a client_id seen before returns the first message and announces it again.
    """
    conversation = await access_conversation(work, visitor, command.conversation_id)
    return await _send(work, conversation, visitor, asked_message(visitor, command), command.attachment_ids)


async def add_contact_message(
    work: Work, conversation: Conversation, visitor: Visitor, client_id: str | None, body: str, attachment_ids: Sequence[str] = ()
) -> MessageView:
    """Write a contact's words into a conversation whose row is locked. A resolved one reopens, a snoozed one wakes, and one
    whose owner has left returns to the queue."""
    asked = contact_message(visitor, conversation.id, client_id, body, attachment_ids)
    return await _send(work, conversation, visitor, asked, attachment_ids)


async def post_agent_message(work: Work, agent: SignedInAgent, command: AgentSendMessage) -> MessageView:
    """Write what an agent says: to the contact, or a note for colleagues.

    Raises Conflict with what was missed when `seen_seq` shows that the agent has not seen somebody else's message.
    """
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    return await _send(work, conversation, agent, asked_message(agent, command), command.attachment_ids)


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
    """Write an agent's words into a conversation whose row is locked. A first answer opens it, and an answer to one that nobody
    has makes it the writer's, unless its team says otherwise. `system` marks a whisper."""
    asked = agent_message(agent, conversation.id, client_id, body, visibility, attachment_ids)
    return await _send(work, conversation, agent, asked, attachment_ids, system)


async def _send(
    work: Work,
    conversation: Conversation,
    author: Visitor | SignedInAgent,
    asked: AskedMessage,
    attachment_ids: Sequence[str],
    system: SystemCode | None = None,
) -> MessageView:
    """Do what `decide` says about one message."""
    situation = await load_one(work, conversation, asked)
    match decide(situation, asked, work.now):
        case Refused(error):
            raise error
        case Again(message_id):
            earlier = await work.first(_BY_ID, key=message_id)
            assert earlier is not None
            announce_again(work, conversation, earlier)
            return message_view(earlier, for_agents=asked.kind != "contact")
        case Written(values):
            return await _write(work, conversation, author, asked, situation, values, (), attachment_ids, system)
        case Needs(values, steps):
            if "follow_up" in steps:
                onward = await conversation_after(work, conversation)
                if onward is not None:
                    asked = replace(asked, conversation_id=onward.id)
                    sent = await _send(work, onward, author, asked, attachment_ids, system)
                    await announce_conversation(work, await access_conversation(work, author, onward.id))
                    return sent
                steps = tuple[Step, ...]("reopen" if step == "follow_up" else step for step in steps)
            return await _write(work, conversation, author, asked, situation, values, steps, attachment_ids, system)


async def _write(
    work: Work,
    conversation: Conversation,
    author: Visitor | SignedInAgent,
    asked: AskedMessage,
    situation: Situation,
    values: dict[str, Any],
    steps: Sequence[Step],
    attachment_ids: Sequence[str],
    system: SystemCode | None,
) -> MessageView:
    """Write the message with its steps: those that come before it, what changes with it, and those that follow from it."""
    before = conversation
    if isinstance(author, SignedInAgent):
        conversation = await _prepare_answer(work, conversation, author, asked, steps)
    message = Message(
        id=asked.id,
        author_kind="contact" if asked.kind == "contact" else "agent",
        author_id=asked.author_id,
        author_name=situation.contact_name if asked.kind == "contact" else asked.author_name,
        client_id=asked.client_id,
        visibility=asked.visibility,
        channel="chat" if asked.kind == "contact" else conversation.channel,
        system=system,
        body=asked.body,
        attachments=await attach_files(work, conversation, author, attachment_ids, is_internal=asked.kind == "note"),
    )
    if not asked.body and asked.kind != "note":
        values = values | {"preview": ", ".join(str(file["name"]) for file in message.attachments)[:PREVIEW_LENGTH]}
    waking, facts = await _waking(work, conversation, steps), facts_of(conversation) if steps else {}
    if "open" in steps:
        values = values | await status_values(work, "open")
    if asked.kind == "answer":
        await work.later(UNREAD_JOB, {"conversation_id": conversation.id}, work.unread_after)
    changed = await change_conversation(work, conversation, is_public=asked.kind != "note", **values, **waking)
    await _store(work, changed, message)
    if waking:
        await _announce_waking(work, before, changed)
    if "take" in steps and isinstance(author, SignedInAgent):
        changed = await _take(work, author, changed)
    if "take" in steps or "open" in steps:
        await announce_conversation(work, changed)
    if steps:
        actor = PARLEY if "check_owner" in steps else author
        record_change(work, actor, _action_of(steps), facts, changed, cause=f"message:{message.id}")
    return message_view(message, for_agents=asked.kind != "contact")


def _action_of(steps: Sequence[Step]) -> str:
    """Return the name in the record of what a message changes besides being written."""
    for step, action in ACTIONS.items():
        if step in steps:
            return action
    return "conversation.return"


async def _prepare_answer(
    work: Work, conversation: Conversation, agent: SignedInAgent, asked: AskedMessage, steps: Sequence[Step]
) -> Conversation:
    """Do the steps that come before an agent's message."""
    if "check_seen" in steps:
        await _refuse_stale(work, agent, conversation, asked.seen_seq or 0)
    if "forget_draft" in steps:
        await forget_draft(work, agent.id, conversation.id)
    if "accept" in steps:
        return await accept_offer(work, conversation, agent)
    if "take" in steps or "join" in steps:
        return await join(work, conversation, agent.id, agent.name, told="take" in steps)
    return conversation


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


async def accept_offer(work: Work, conversation: Conversation, agent: SignedInAgent) -> Conversation:
    """Give it to the agent it was offered to; the contact reads that they joined."""
    facts = facts_of(conversation)
    conversation = await change_conversation(work, conversation, offer_until=None, assigned_at=work.now)
    record_change(work, agent, "conversation.accept", facts, conversation)
    await accept_assignment(work, conversation)
    conversation = await join(work, conversation, agent.id, agent.name, told=True)
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
    """Return if the contact has read that this agent joined. Conversations begun before that was noted say it by their
    lines."""
    if conversation.joined_ids is not None:
        return agent_id in conversation.joined_ids
    mine = Message.conversation_id == conversation.id, Message.system == "joined", Message.author_name == name
    return await work.one(select(Message.id).where(*mine).limit(1)) is not None


async def add_activity(work: Work, conversation: Conversation, code: SystemCode, name: str) -> Conversation:
    """Say to agents alone who has it now, or has no longer."""
    return await add_system_message(work, conversation, code, ACTIVITY[code].format(name=name), name, "internal")


async def add_bot_message(work: Work, conversation: Conversation, name: str, body: str) -> Conversation:
    """Words to the contact that nobody wrote just now."""
    values: dict[str, Any] = {"preview": shorten(body, PREVIEW_LENGTH), "last_message_at": work.now}
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


async def _store(work: Work, conversation: Conversation, message: Message) -> None:
    _place(work, conversation, message)
    await work.add(message)
    announce_message(work, conversation, message)


def _place(work: Work, conversation: Conversation, message: Message) -> None:
    """The newest of its conversation."""
    message.id = message.id or new_id()
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


async def _waking(work: Work, conversation: Conversation, steps: Sequence[Step]) -> dict[str, Any]:
    """Return what changes when the contact writes into a conversation that was set aside, has ended, or whose owner has
    left."""
    if "wake" in steps:
        return await status_values(work, "open") | {"snoozed_until": None} | await values_if_owner_left(work, conversation)
    if "reopen" in steps:
        reopened = {"resolved_at": None, "reopened_count": ONE_MORE, "is_extra": await _has_another_open(work, conversation)}
        return await status_values(work, "reopened") | reopened | await values_if_owner_cannot_take(work, conversation)
    if "check_owner" in steps:
        return await values_if_owner_left(work, conversation)
    return {}


async def _announce_waking(work: Work, before: Conversation, changed: Conversation) -> None:
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
    """Return whether this one must stand beside another: a contact has one open conversation per inbox unless they ask for
    more."""
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
