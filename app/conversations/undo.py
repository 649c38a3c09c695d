"""Undo: a conversation stands again as it did before an agent's last change, if nothing has happened to it since."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import update

from app.contract.bulk_changes import ManyChanged, NotChanged, UndoConversations
from app.contract.conversations import ConversationView
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation
from app.conversations.assignments.history import begin_assignment, end_assignments, nothing_found
from app.conversations.closing import close_later
from app.conversations.messages.send import add_system_message
from app.conversations.open_escalations import withdraw_open
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import ENDED, change_conversation, refuse_second_open
from app.conversations.snooze import WAKE_JOB
from app.conversations.tags import change_tags
from app.conversations.undo_points import keep_undo, undo_of, values_of
from app.errors import Conflict, ParleyError
from app.people.actors import SignedInAgent
from app.people.agents import announce_warnings
from app.people.permissions import Permission, require
from app.people.presence import announce_loads
from app.work import Work, Works
from models import Assignment, Conversation, Routing, Ticket, WaitPromise

AT_ONCE = 8


async def undo_conversations(works: Works, agent: SignedInAgent, command: UndoConversations) -> ManyChanged:
    """Take back the agent's last change to each of these. Refusals for single ones are in the reply."""
    require(Permission.REPLY, agent)
    turn = asyncio.Semaphore(AT_ONCE)

    async def undo_one(id: str) -> ConversationView | NotChanged:
        async with turn:
            try:
                return await works.run(undo_last_change, agent, id)
            except ParleyError as error:
                return NotChanged(conversation_id=id, code=error.code, detail=error.detail)

    told = await asyncio.gather(*(undo_one(id) for id in dict.fromkeys(command.conversation_ids)))
    return ManyChanged(
        conversations=[one for one in told if isinstance(one, ConversationView)],
        failed=[one for one in told if isinstance(one, NotChanged)],
    )


async def undo_last_change(work: Work, agent: SignedInAgent, conversation_id: str) -> ConversationView:
    """Put back status, clocks, place in the queue, owner, offer, snooze, priority, topic and tags. Undone already: nothing happens.

    Raises Conflict when the last change was another's, or anything has happened since.
    """
    require(Permission.REPLY, agent)
    now = await access_conversation(work, agent, conversation_id)
    undo = await undo_of(work, now.id)
    if undo is None or undo.agent_id != agent.id or undo.rev != now.rev:
        raise Conflict("This conversation has changed since. Nothing was undone.")
    if undo.before:
        now = await put_back(work, agent, now, undo.before, "conversation.undo")
        await keep_undo(work, agent, {}, now)
    return await announce_conversation(work, now)


async def put_back(work: Work, agent: SignedInAgent, now: Conversation, before: dict[str, Any], action: str) -> Conversation:
    """Let a conversation whose row is locked stand as it did, with what follows from that, and record it under `action`."""
    values = values_of(before)
    was_ended, is_ended = now.category in ENDED, values["category"] in ENDED
    facts = facts_of(now)
    former, is_other_owner = now.agent_id, _owner_of(now) != _owner_in(values)
    if was_ended and not is_ended:
        await refuse_second_open(work, now)
    conversation = await change_conversation(work, now, must_be_complete=False, **values)
    tags: list[str] = before["tags"]
    conversation = await change_tags(work, conversation, tags, set(now.tags or []) - set(tags), by=None)
    record_change(work, agent, action, facts, conversation)
    await _put_back_routing(work, conversation, before["routing"], agent.id if former == agent.id else None)
    if was_ended and not is_ended:
        conversation = await add_system_message(work, conversation, "reopened", "The conversation was reopened.", agent.name)
    if is_ended and not was_ended:
        conversation = await add_system_message(work, conversation, "resolved", "The conversation was resolved.", agent.name)
        await end_assignments(work, [conversation.id])
    elif was_ended != is_ended or is_other_owner:
        await _hold_again(work, conversation, agent.id)
    if conversation.category == "resolved" and conversation.resolved_at:
        await close_later(work, conversation.id, conversation.resolved_at)
    if conversation.snoozed_until:
        due = {"conversation_id": conversation.id, "until": conversation.snoozed_until.isoformat()}
        await work.later(WAKE_JOB, due, conversation.snoozed_until - work.now)
    ticket: dict[str, Any] = {"closed_at": conversation.resolved_at if is_ended else None}
    if topic := before.get("topic"):
        ticket["topic"] = topic
    await work.change(update(Ticket).where(Ticket.conversation_id == conversation.id).values(**ticket))
    if now.escalation_level != conversation.escalation_level:
        await withdraw_open(work, conversation.id, agent.name, agent.id)
        announce_warnings(work)
    await announce_loads(work, [id for id in (former, conversation.agent_id) if id])
    return conversation


async def _hold_again(work: Work, conversation: Conversation, by_id: str) -> None:
    """Record who has it again. No wait has ended by that, and one that a change had ended goes on."""
    await begin_assignment(work, conversation, by_id, "undone")
    mine = Assignment.conversation_id == conversation.id, Assignment.ended_at.is_(None)
    await work.change(update(Assignment).where(*mine).values(waited_seconds=None))
    if conversation.agent_id is None or conversation.offer_until:
        promise = update(WaitPromise).where(WaitPromise.conversation_id == conversation.id)
        await work.change(promise.values(waited_seconds=None))


async def _put_back_routing(work: Work, conversation: Conversation, before: dict[str, Any] | None, taker_id: str | None) -> None:
    """Put back who let it pass. An agent who had taken it and gives it back is not given it at once again."""
    values: dict[str, Any] = dict(before or {"passed": [], "rung": None, "givers": None})
    if taker_id and conversation.agent_id is None:
        values["givers"] = list(dict.fromkeys([*(values["givers"] or []), taker_id]))
        await work.add_unless_there(nothing_found(conversation.id, work.now))
    await work.change(update(Routing).where(Routing.conversation_id == conversation.id).values(**values))


def _owner_of(conversation: Conversation) -> tuple[Any, ...]:
    return conversation.agent_id, conversation.team_id, conversation.offer_until


def _owner_in(values: dict[str, Any]) -> tuple[Any, ...]:
    return values["agent_id"], values["team_id"], values["offer_until"]
