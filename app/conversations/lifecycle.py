"""The lifecycle of a conversation: statuses, priority, snooze, the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.activity.actor import Recorded
from app.contract.conversations import (
    ConversationView,
    EndConversation,
    SetPriority,
    SetStatus,
    SnoozeConversation,
    VisitorConversationView,
)
from app.contract.values import SystemCode
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation
from app.conversations.assignments.history import (
    ask_anew,
    begin_assignment,
    end_assignments,
    unanswered_since,
    values_if_owner_cannot_take,
    values_if_owner_left,
)
from app.conversations.closing import close_later
from app.conversations.merged import refuse_merged
from app.conversations.messages.send import add_system_message
from app.conversations.open_escalations import withdraw_open
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import ENDED, ONE_MORE, PRIORITY_RANKS, change_conversation, refuse_second_open, status_values
from app.conversations.snooze import WAKE_JOB
from app.conversations.statuses import check_may_follow
from app.conversations.undo_points import keep_undo, standing_of
from app.conversations.views import visitor_view_of
from app.errors import Invalid
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import Permission, require
from app.people.presence import announce_load
from app.work import Work
from models import Conversation, Ticket

LONGEST_SNOOZE = timedelta(days=366)


async def set_status(work: Work, agent: SignedInAgent, command: SetStatus) -> ConversationView:
    """Set a status by key. The same again changes nothing. Raises Invalid for one that may not follow the present one."""
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    values = await status_values(work, command.status)
    if values["status"] != conversation.status:
        await check_may_follow(work, conversation.status, values["status"])
        before = await standing_of(work, conversation)
        conversation = await _move(work, conversation, values, agent)
        await keep_undo(work, agent, before, conversation)
    return await announce_conversation(work, conversation)


async def end_conversation(work: Work, visitor: Visitor, command: EndConversation) -> VisitorConversationView:
    """The contact has finished. Ending twice is ending once."""
    conversation = await access_conversation(work, visitor, command.conversation_id)
    if conversation.category not in ENDED:
        conversation = await _move(work, conversation, await status_values(work, "resolved"), visitor)
        await announce_conversation(work, conversation)
    return await visitor_view_of(work, conversation)


async def set_priority(work: Work, agent: SignedInAgent, command: SetPriority) -> ConversationView:
    """Set the priority; the place in the queue follows."""
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.priority != command.priority:
        before, facts, rank = await standing_of(work, conversation), facts_of(conversation), PRIORITY_RANKS[command.priority]
        conversation = await change_conversation(work, conversation, priority=command.priority, priority_rank=rank)
        record_change(work, agent, "conversation.set_priority", facts, conversation)
        await keep_undo(work, agent, before, conversation)
    return await announce_conversation(work, conversation)


async def snooze_conversation(work: Work, agent: SignedInAgent, command: SnoozeConversation) -> ConversationView:
    """Set aside until a time. Raises Invalid for a time that has passed, has no zone, or lies more than a year ahead,
    and for a conversation that has ended."""
    require(Permission.REPLY, agent)
    until = command.until
    if until.tzinfo is None or not work.now < until <= work.now + LONGEST_SNOOZE:
        raise Invalid("Choose a time in the future, at most a year from now.")
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.category in ENDED:
        raise Invalid("This conversation has ended. Reopen it first.")
    before, values, facts = await standing_of(work, conversation), await status_values(work, "snoozed"), facts_of(conversation)
    await check_may_follow(work, conversation.status, values["status"])
    conversation = await change_conversation(work, conversation, snoozed_until=until, offer_until=None, **values)
    record_change(work, agent, "conversation.snooze", facts, conversation)
    conversation = await add_system_message(
        work, conversation, "snoozed", f"Snoozed until {until:%Y-%m-%d %H:%M} UTC.", agent.name, "internal"
    )
    await keep_undo(work, agent, before, conversation)
    # One timer for all that are set aside until the same moment; a version before this wakes the one it names, and leaves
    # the others to the timetable.
    due = {"conversation_id": conversation.id, "until": until.isoformat()}
    await work.later(WAKE_JOB, due, until - work.now)
    await _free_agent(work, conversation)
    return await announce_conversation(work, conversation)


async def resolve_conversation(work: Work, conversation: Conversation, actor: Recorded) -> Conversation:
    """Resolve an open conversation whose row is locked, for anyone who is allowed to: its contact, an agent, Parley itself."""
    return await _move(work, conversation, await status_values(work, "resolved"), actor)


async def close_merged(work: Work, conversation: Conversation, agent: SignedInAgent) -> Conversation:
    """Close a conversation whose row is locked because another one takes it over: its contact reads nothing of that, and what
    it still had to have filled in is asked of the other."""
    facts, was_open = facts_of(conversation), conversation.category not in ENDED
    ended: dict[str, Any] = {"resolved_at": work.now, "ended_by": "agent"} if was_open else {}
    cleared = dict.fromkeys(("waiting_since", "queued_at", "offer_until", "snoozed_until"))
    status = await status_values(work, "duplicate")
    conversation = await change_conversation(work, conversation, must_be_complete=False, **status, **cleared, **ended)
    record_change(work, agent, "conversation.merge", facts, conversation)
    if was_open:
        await end_assignments(work, [conversation.id])
        await withdraw_open(work, conversation.id, agent.name, agent.id)
        await work.change(update(Ticket).where(Ticket.conversation_id == conversation.id).values(closed_at=work.now))
    await _free_agent(work, conversation)
    return conversation


async def _move(work: Work, conversation: Conversation, status: dict[str, Any], actor: Recorded) -> Conversation:
    """Take a conversation to a status, with what follows: the clock, the owner's free slot, the line the contact reads.

    One that was never answered has waited since its contact began to, and stands in the queue by that. Reopened by its own
    owner it stays theirs, room or no room: capacity binds routing, not what an agent asks for.
    """
    by, by_id = actor.recorded.name, actor.id if isinstance(actor, SignedInAgent) else None
    is_contact = isinstance(actor, Visitor)
    code: SystemCode = "ended_by_contact" if is_contact else "resolved"
    action, facts = _action_of(conversation.category, status["category"], code), facts_of(conversation)
    was_ended, is_ended = conversation.category in ENDED, status["category"] in ENDED
    values: dict[str, Any] = dict(status) | {"snoozed_until": None}
    if is_ended and not was_ended:
        values |= {
            "resolved_at": work.now,
            "ended_by": "contact" if is_contact else "agent",
            "waiting_since": None,
            "queued_at": None,
            "offer_until": None,
        }
    if was_ended and not is_ended:
        await refuse_merged(work, conversation)
        owner = values_if_owner_left if by_id and by_id == conversation.agent_id else values_if_owner_cannot_take
        since = await unanswered_since(work, conversation.id)
        values |= {"resolved_at": None, "reopened_count": ONE_MORE, "waiting_since": since}
        values |= await owner(work, conversation, since)
        await refuse_second_open(work, conversation)
    is_queued = not is_ended and conversation.agent_id is None and conversation.queued_at is None
    if is_queued and not values.get("queued_at"):
        values["queued_at"] = work.now
    # The contact has always finished when they say so: nobody can ask them for what an agent has left out.
    conversation = await change_conversation(work, conversation, must_be_complete=not is_contact, **values)
    record_change(work, actor, action, facts, conversation)
    if is_ended and not was_ended:
        line = "The conversation was ended." if is_contact else "The conversation was resolved."
        conversation = await add_system_message(work, conversation, code, line, by)
        if conversation.category == "resolved" and conversation.resolved_at:
            await close_later(work, conversation.id, conversation.resolved_at)
        await end_assignments(work, [conversation.id])
        await withdraw_open(work, conversation.id, by, by_id)
    if was_ended and not is_ended:
        conversation = await add_system_message(work, conversation, "reopened", "The conversation was reopened.", by)
        await ask_anew(work, [conversation.id])
        await begin_assignment(work, conversation, "routing", "reopened")
    closed_at = work.now if is_ended else None
    await work.change(update(Ticket).where(Ticket.conversation_id == conversation.id).values(closed_at=closed_at))
    await _free_agent(work, conversation)
    return conversation


def _action_of(before: str, after: str, code: SystemCode) -> str:
    """Return the name of a change of status in the record: by the category that it leaves and reaches."""
    if code == "ended_by_contact":
        return "conversation.end"
    if after == "closed":
        return "conversation.close"
    if after == "resolved":
        return "conversation.resolve"
    return "conversation.reopen" if before in ENDED else "conversation.set_status"


async def _free_agent(work: Work, conversation: Conversation) -> None:
    """The owner's load has changed; colleagues (and routing) hear of it."""
    if conversation.agent_id:
        await announce_load(work, conversation.agent_id)
