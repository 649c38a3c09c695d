"""Who holds a conversation: claimed, given, handed over or put back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from app.contract.audiences import ToAgent
from app.contract.commands import AssignConversation, ClaimConversation, TransferConversation
from app.contract.events import AssignmentOffered
from app.contract.views import ConversationView
from app.conversations.access import access_conversation
from app.conversations.changing import change_conversation, status_values
from app.conversations.holding import begin_assignment
from app.conversations.messages import accept_offer, add_agent_message, add_system_message
from app.conversations.telling import tell_change
from app.database import Prepared
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import may_assign, may_reply, require
from app.people.presence import announce_load
from app.work import Work
from models import Agent, Conversation, Team

REOPENS = ("resolved", "closed", "waiting")
_CONVERSATIONS = Conversation.__table__
_AGENTS = Agent.__table__
_TIME = _CONVERSATIONS.c.changed_at.type
_TAKE = Prepared(
    update(_CONVERSATIONS)  # pyright: ignore[reportArgumentType] - a table, said to be any from-clause
    .where(
        _CONVERSATIONS.c.id == bindparam("row_id"),
        _CONVERSATIONS.c.agent_id.is_(None),
        or_(_CONVERSATIONS.c.category == "new", _CONVERSATIONS.c.category == "open"),
    )
    .values(
        agent_id=bindparam("agent"),
        assigned_at=bindparam("now", type_=_TIME),
        changed_at=bindparam("now", type_=_TIME),
        offer_until=bindparam("until", type_=_TIME),
        rev=_CONVERSATIONS.c.rev + 1,
    )
    .returning(*_CONVERSATIONS.c),
    Conversation,
)
_ASSIGNED_NOW = Prepared(
    update(_AGENTS)  # pyright: ignore[reportArgumentType] - as above
    .where(_AGENTS.c.id == bindparam("row_id"))
    .values(last_assigned_at=bindparam("now", type_=_TIME))
    .returning(*_AGENTS.c),
    Agent,
)

OFFER_JOB = "assignment.lapse"
"""Queued with every offer; when it falls due, what nobody has taken goes on."""


async def claim_conversation(work: Work, agent: SignedInAgent, command: ClaimConversation) -> ConversationView:
    """Take a conversation nobody has. Raises Conflict when a colleague has it; one's own again changes nothing."""
    require(may_reply, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.agent_id == agent.id:
        if conversation.offer_until:
            conversation = await accept_offer(work, conversation, agent.name)
        return await tell_change(work, conversation)
    if conversation.agent_id is not None:
        raise Conflict("A colleague already has this conversation.")
    return await _give(work, conversation, agent.id, conversation.team_id, made_by=agent.id, reason="claimed")


async def assign_conversation(work: Work, agent: SignedInAgent, command: AssignConversation) -> ConversationView:
    """Give to an agent, to a team's queue, or (both empty) back to the queue it came from."""
    require(may_assign, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    return await _give(
        work, conversation, command.agent_id, command.team_id or conversation.team_id, made_by=agent.id, reason="assigned"
    )


async def transfer_conversation(work: Work, agent: SignedInAgent, command: TransferConversation) -> ConversationView:
    """Hand over to an agent or a team, with a note for whoever takes it."""
    require(may_assign, agent)
    if command.agent_id is None and command.team_id is None:
        raise Invalid("Choose an agent or a team.")
    conversation = await access_conversation(work, agent, command.conversation_id)
    if command.note.strip():
        await add_agent_message(work, conversation, agent, None, command.note, "internal")
    return await _give(
        work, conversation, command.agent_id, command.team_id or conversation.team_id, made_by=agent.id, reason="transferred"
    )


async def take_if_free(
    work: Work,
    conversation_id: str,
    agent_id: str,
    now: datetime,
    decision: dict[str, Any],
    reason: str,
    accept_seconds: int = 0,
    *,
    tells: bool = True,
) -> Conversation | None:
    """Routing's claim: one conditional UPDATE. None when somebody was faster, or it is no longer waiting to be had.

    With `accept_seconds` it is only offered, and goes on by itself when they have passed. The agent's row must be locked
    and their lease and load checked by the caller, in this same work; without `tells`, the caller also tells everybody how
    the conversation and the agent's load stand now.
    """
    offer_until = now + timedelta(seconds=accept_seconds) if accept_seconds else None
    taken = await work.first(_TAKE, row_id=conversation_id, agent=agent_id, now=now, until=offer_until)
    if taken is None:
        return None
    if offer_until:
        due = {"conversation_id": conversation_id, "until": offer_until.isoformat()}
        await work.later(OFFER_JOB, due, timedelta(seconds=accept_seconds))
    taken = await _settle(work, taken, made_by="routing", reason=reason, decision=decision)
    if tells:
        await announce_load(work, agent_id)
        await tell_change(work, taken)
    return taken


async def put_back(work: Work, conversation: Conversation, reason: str) -> None:
    """Back to the head of its queue: it keeps the time it first began to wait."""
    former, queued_at = conversation.agent_id, conversation.waiting_since or conversation.queued_at or work.now
    changed = await change_conversation(
        work, conversation, agent_id=None, assigned_at=None, offer_until=None, queued_at=queued_at
    )
    await begin_assignment(work, changed, "routing", reason, {})
    await tell_change(work, changed)
    if former:
        await announce_load(work, former)


async def _give(
    work: Work, conversation: Conversation, agent_id: str | None, team_id: str | None, *, made_by: str, reason: str
) -> ConversationView:
    await _must_exist(work, agent_id, team_id)
    former = conversation.agent_id
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
        return await tell_change(work, conversation)
    conversation = await change_conversation(work, conversation, **values)
    conversation = await _settle(work, conversation, made_by=made_by, reason=reason, decision={})
    if agent_id:
        await announce_load(work, agent_id)
    view = await tell_change(work, conversation)
    if former and former != agent_id:
        await announce_load(work, former)
    return view


async def _settle(
    work: Work,
    conversation: Conversation,
    *,
    made_by: str,
    reason: str,
    decision: dict[str, Any],
) -> Conversation:
    """What every change of owner brings with it: the history, the line the contact reads, the new owner's notice."""
    await begin_assignment(work, conversation, made_by, reason, decision)
    if conversation.agent_id:
        agent = await work.first(_ASSIGNED_NOW, row_id=conversation.agent_id, now=work.now)
        name = agent.name if agent else ""
        if not conversation.offer_until:
            conversation = await add_system_message(work, conversation, "joined", f"{name} joined.", name)
        if made_by != conversation.agent_id:
            offered = AssignmentOffered(conversation_id=conversation.id, reason=reason, until=conversation.offer_until)
            work.announce(offered, to=ToAgent(agent_id=conversation.agent_id or ""))
    return conversation


async def _must_exist(work: Work, agent_id: str | None, team_id: str | None) -> None:
    if agent_id and not await work.one(select(Agent.id).where(Agent.id == agent_id, Agent.is_active)):
        raise NotFound("agent", agent_id)
    if team_id and not await work.one(select(Team.id).where(Team.id == team_id)):
        raise NotFound("team", team_id)
