"""Changes of a conversation's owner: claimed, assigned, transferred or returned to the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, literal, select, update

from app.activity.actor import PARLEY, Recorded
from app.contract.assignments import AssignConversation, AssignmentOffered, ClaimConversation, TransferConversation
from app.contract.audiences import ToAgent
from app.contract.conversations import ConversationView
from app.contract.values import SystemCode
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation, announce_conversations
from app.conversations.assignments.history import AssignmentRecord, ask_anew, begin_assignment, begin_assignments, note_assigned
from app.conversations.messages.send import (
    accept_offer,
    add_activities,
    add_activity,
    add_agent_message,
    add_system_message,
    join,
)
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import change_conversation, status_values
from app.conversations.undo_points import keep_undo, standing_of
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.people.presence import announce_loads
from app.work import Work
from models import Agent, Conversation, Team

PUT_BACK: dict[str, SystemCode] = {"agent_left": "left", "deactivated": "left", "missed": "missed", "declined": "declined"}
"""What agents read when routing takes a conversation back for such a reason."""
RETURNS = {"missed": "conversation.lapse", "declined": "conversation.decline", "pulled_back": "conversation.pull_back"}
"""The names of these in the record; any other is a return to the queue."""
_TIME = Agent.__table__.c.last_assigned_at.type


async def claim_conversation(work: Work, agent: SignedInAgent, command: ClaimConversation) -> ConversationView:
    """Take a conversation nobody has. Raises Conflict when a colleague has it; one's own again changes nothing."""
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.agent_id == agent.id:
        if conversation.offer_until:
            conversation = await accept_offer(work, conversation, agent)
        return await announce_conversation(work, conversation)
    if conversation.agent_id is not None:
        raise Conflict("A colleague already has this conversation.")
    return await give_conversation(
        work, agent, conversation, agent.id, conversation.team_id, reason="claimed", action="conversation.claim"
    )


async def assign_conversation(work: Work, agent: SignedInAgent, command: AssignConversation) -> ConversationView:
    """Give to an agent, to a team's queue, or (both empty) back to the queue it came from."""
    require(Permission.ASSIGN, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    team_id = command.team_id or conversation.team_id
    return await give_conversation(
        work, agent, conversation, command.agent_id, team_id, reason="assigned", action="conversation.assign"
    )


async def transfer_conversation(work: Work, agent: SignedInAgent, command: TransferConversation) -> ConversationView:
    """Hand over to an agent or a team, with a note for whoever takes it."""
    require(Permission.ASSIGN, agent)
    if command.agent_id is None and command.team_id is None:
        raise Invalid("Choose an agent or a team.")
    conversation = await access_conversation(work, agent, command.conversation_id)
    if command.note.strip():
        await add_agent_message(work, conversation, agent, None, command.note, "internal")
    team_id = command.team_id or conversation.team_id
    return await give_conversation(
        work, agent, conversation, command.agent_id, team_id, reason="transferred", action="conversation.transfer"
    )


async def put_back(work: Work, conversations: Sequence[Conversation], reason: str, by: Recorded = PARLEY) -> None:
    """Back to the head of their queues: they keep the time they first began to wait. Their rows are locked."""
    if not conversations:
        return
    facts = {one.id: facts_of(one) for one in conversations}
    former = [one.agent_id for one in conversations if one.agent_id]  # the write brings the rows we were given up to date
    taken = [one.id for one in conversations if one.agent_id and not one.offer_until]
    holders = {one.id: one.agent_id for one in conversations if one.agent_id}
    back: dict[str, Any] = {"agent_id": None, "assigned_at": None, "offer_until": None, "changed_at": work.now}
    since = func.coalesce(Conversation.waiting_since, Conversation.queued_at, literal(work.now, _TIME))
    changed = await work.all(
        update(Conversation)
        .where(Conversation.id.in_([one.id for one in conversations]))
        .values(**back, queued_at=since, rev=Conversation.rev + case((Conversation.id.in_(holders), 2), else_=1))
        .returning(Conversation)
        .execution_options(synchronize_session=False)
    )
    for one in changed:
        action, owner_id = RETURNS.get(reason, "conversation.return"), holders.get(one.id)
        record_change(work, by, action, facts[one.id], one, agent_id=owner_id, cause=reason)
    await begin_assignments(work, [AssignmentRecord(one, reason, {}) for one in changed], "routing")
    await ask_anew(work, taken)
    names = dict[str, str](await work.rows(select(Agent.id, Agent.name).where(Agent.id.in_(set(holders.values())))))
    code = PUT_BACK.get(reason, "unassigned")
    await add_activities(work, [(one, code, names.get(holders[one.id], "")) for one in changed if one.id in holders])
    await announce_conversations(work, changed)
    await announce_loads(work, former)


async def give_conversation(
    work: Work,
    by: SignedInAgent,
    conversation: Conversation,
    agent_id: str | None,
    team_id: str | None,
    *,
    reason: str,
    action: str,
) -> ConversationView:
    """Change the owner and the team of a conversation whose row is locked, and record it as `action`."""
    await _must_exist(work, agent_id, team_id if team_id != conversation.team_id else None)
    former, before, facts = conversation.agent_id, await standing_of(work, conversation), facts_of(conversation)
    values: dict[str, Any] = {
        "agent_id": agent_id,
        "team_id": team_id,
        "assigned_at": work.now if agent_id else None,
        "offer_until": None,
        "routed_at": conversation.routed_at or work.now,
    }
    if agent_id is None:
        values["queued_at"] = conversation.queued_at or work.now
    if conversation.category == "waiting":
        values |= await status_values(work, "open") | {"snoozed_until": None}
    if former == agent_id and team_id == conversation.team_id and not conversation.offer_until:
        return await announce_conversation(work, conversation)
    conversation = await change_conversation(work, conversation, **values)
    record_change(work, by, action, facts, conversation, agent_id=former or agent_id)
    conversation = await _settle(work, conversation, made_by=by.id, by_name=by.name, reason=reason)
    await keep_undo(work, by, before, conversation)
    if agent_id is None:
        givers = dict.fromkeys(id for id in (former, by.id) if id)
        await ask_anew(work, [conversation.id], list(givers))
    view = await announce_conversation(work, conversation)
    await announce_loads(work, [id for id in (agent_id, former) if id])
    return view


async def _settle(work: Work, conversation: Conversation, *, made_by: str, by_name: str, reason: str) -> Conversation:
    """Note a change of owner: the history, a line for agents, the new owner's notice. The contact reads of it only when an
    agent they know hands them over, or the new owner took it themself."""
    await begin_assignment(work, conversation, made_by, reason)
    if reason == "transferred" and conversation.joined_ids:
        conversation = await add_system_message(work, conversation, "transferred", "Connecting you to a colleague.", by_name)
    if conversation.agent_id is None:
        return await add_activity(work, conversation, "unassigned", by_name)
    owner_id = conversation.agent_id
    name = await note_assigned(work, owner_id)
    if made_by == owner_id:
        return await join(work, conversation, made_by, name, told=True)
    offered = AssignmentOffered(conversation_id=conversation.id, reason=reason, until=None)
    work.announce(offered, to=ToAgent(agent_id=owner_id))
    return await add_activity(work, conversation, "assigned", name)


async def _must_exist(work: Work, agent_id: str | None, team_id: str | None) -> None:
    if agent_id and not await work.one(select(Agent.id).where(Agent.id == agent_id, Agent.is_active)):
        raise NotFound("agent", agent_id)
    if team_id and not await work.one(select(Team.id).where(Team.id == team_id)):
        raise NotFound("team", team_id)
