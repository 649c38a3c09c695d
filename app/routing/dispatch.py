"""Serving a queue: give its head to the next agent, until either runs out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from app.conversations.assignment import put_back, take_if_free
from app.conversations.tickets import open_ticket_for
from app.conversations.views import in_queue_of
from app.people.agents import loads_of
from app.routing.next_agent import Candidate, next_agent
from app.routing.queue import queue_of, tell_positions
from app.work import Work, Works
from models import Agent, Conversation, TeamMember, Ticket

RULE = "least-load/1"
MOST_AT_ONCE = 200


async def dispatch(works: Works, team_id: str | None) -> int:
    """Serve a team's queue; how many were assigned. Safe to run at any time, from anywhere, as often as one likes."""
    served = 0
    while served < MOST_AT_ONCE and await works.run(_serve_head, team_id):
        served += 1
    await works.run(_settle_queue, team_id)
    return served


async def _serve_head(work: Work, team_id: str | None) -> bool:
    """Give the head of the queue to the next agent; False when there is nobody to give or nobody to take.

    The agent's row is locked before their load is counted, so two decisions can never both see the last free slot.
    """
    conversation = await work.one(queue_of(team_id).limit(1).with_for_update(skip_locked=True))
    if conversation is None:
        return False
    candidates = await _candidates(work, team_id)
    while chosen := next_agent(candidates):
        locked = await work.one(select(Agent).where(Agent.id == chosen.agent_id).with_for_update())
        now_stands = (await _candidates(work, team_id, chosen.agent_id))[:1] if locked else []
        if next_agent(now_stands) is None:
            candidates = [c for c in candidates if c.agent_id != chosen.agent_id]
            continue
        decision = {"rule": RULE, "candidates": msgspec.to_builtins(candidates), "winner": chosen.agent_id}
        return await take_if_free(work, conversation.id, chosen.agent_id, work.now, decision, "routed") is not None
    return False


async def _candidates(work: Work, team_id: str | None, agent_id: str | None = None) -> list[Candidate]:
    wanted = select(Agent).where(Agent.is_active, Agent.lease_until.is_not(None)).order_by(Agent.id)
    if team_id:
        wanted = wanted.where(Agent.id.in_(select(TeamMember.agent_id).where(TeamMember.team_id == team_id)))
    if agent_id:
        wanted = wanted.where(Agent.id == agent_id)
    agents = await work.all(wanted)
    loads = await loads_of(work, [agent.id for agent in agents])
    return [
        Candidate(
            agent_id=agent.id,
            name=agent.name,
            presence=agent.presence,
            has_lease=agent.lease_until is not None and agent.lease_until > work.now,
            load=loads.get(agent.id, 0),
            capacity=agent.capacity,
            last_assigned_at=agent.last_assigned_at,
        )
        for agent in agents
    ]


async def _settle_queue(work: Work, team_id: str | None) -> None:
    """Whoever still waits is told where they stand; when nobody of the team is here at all, they get a ticket."""
    await tell_positions(work, team_id)
    if any(candidate.has_lease and candidate.presence in ("online", "busy") for candidate in await _candidates(work, team_id)):
        return
    has_ticket = select(Ticket.conversation_id)
    forgotten = await work.all(
        select(Conversation)
        .where(in_queue_of(team_id), Conversation.id.not_in(has_ticket))
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for conversation in forgotten:
        await open_ticket_for(work, conversation)


async def hand_on(work: Work, agent_ids: Sequence[str]) -> None:
    """Agents have gone: chats whose contact waits for an answer go back to the head of their queue."""
    if not agent_ids:
        return
    held = await work.all(
        select(Conversation)
        .where(
            Conversation.agent_id.in_(agent_ids),
            Conversation.category.in_(("new", "open")),
            Conversation.waiting_since.is_not(None),
        )
        .order_by(Conversation.id)
        .with_for_update()
    )
    for conversation in held:
        await put_back(work, conversation, "agent_left")
