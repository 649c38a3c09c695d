"""One change to many conversations: each changes whole or not at all, and none waits for another's refusal."""

from __future__ import annotations

import asyncio

from app.contract.assignments import AssignConversation
from app.contract.bulk_changes import Change, ChangeConversations, ManyChanged, NotChanged
from app.contract.conversations import ConversationView, SetPriority, SetStatus, SnoozeConversation
from app.contract.tickets import UpdateTicket
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation
from app.conversations.assignments.change import assign_conversation
from app.conversations.lifecycle import set_priority, set_status, snooze_conversation
from app.conversations.tags import change_tags
from app.conversations.tickets import update_ticket
from app.conversations.undo_points import keep_undo, standing_of
from app.conversations.views import agent_view_of
from app.errors import Invalid, ParleyError
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Work, Works

MOST = 200
AT_ONCE = 8
"""Transactions under way together: they share commits on SQLite and leave connections free on PostgreSQL."""


async def change_conversations(works: Works, agent: SignedInAgent, command: ChangeConversations) -> ManyChanged:
    """Raises Invalid for more than 200 conversations, or one named twice. Refusals for single ones are in the reply."""
    require(Permission.REPLY, agent)
    ids = [id for change in command.changes for id in change.conversation_ids]
    if len(ids) > MOST or len(set(ids)) < len(ids):
        raise Invalid(f"Choose up to {MOST} conversations, each once.")
    turn = asyncio.Semaphore(AT_ONCE)

    async def change_one(id: str, change: Change) -> ConversationView | NotChanged:
        async with turn:
            try:
                return await works.run(change_one_conversation, agent, id, change)
            except ParleyError as error:
                return NotChanged(conversation_id=id, code=error.code, detail=error.detail)

    told = await asyncio.gather(*(change_one(id, change) for change in command.changes for id in change.conversation_ids))
    return ManyChanged(
        conversations=[one for one in told if isinstance(one, ConversationView)],
        failed=[one for one in told if isinstance(one, NotChanged)],
    )


async def change_one_conversation(work: Work, agent: SignedInAgent, id: str, change: Change) -> ConversationView:
    """One conversation's part, in one transaction, undone in one. Where it stands comes last: giving it to somebody would
    wake it."""
    found = await access_conversation(work, agent, id)
    rev, before = found.rev, await standing_of(work, found)
    if change.add_tags or change.remove_tags:
        conversation = await access_conversation(work, agent, id)
        await announce_conversation(work, await change_tags(work, conversation, change.add_tags, change.remove_tags, agent))
    if change.priority:
        await set_priority(work, agent, SetPriority(conversation_id=id, priority=change.priority))
    if change.topic is not None:
        await update_ticket(work, agent, UpdateTicket(conversation_id=id, topic=change.topic))
    if change.moves:
        given = AssignConversation(conversation_id=id, agent_id=change.agent_id, team_id=change.team_id)
        await assign_conversation(work, agent, given)
    if change.snooze_until:
        await snooze_conversation(work, agent, SnoozeConversation(conversation_id=id, until=change.snooze_until))
    elif change.status:
        await set_status(work, agent, SetStatus(conversation_id=id, status=change.status))
    if (changed := await access_conversation(work, agent, id)).rev != rev:
        await keep_undo(work, agent, before, changed)
    return await agent_view_of(work, id)
