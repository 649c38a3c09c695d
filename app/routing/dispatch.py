"""Serving a queue: give those at its head to the next agents, a batch a transaction, until either runs out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import or_, select

from app.contract.audiences import ToAllAgents
from app.contract.events import PresenceChanged
from app.contract.values import RoutingMode
from app.conversations.assignment import put_back, take_if_free
from app.conversations.telling import tell_changes
from app.conversations.tickets import open_ticket_for
from app.conversations.views import in_queue_of
from app.people.agents import list_agents
from app.people.load import weight_of
from app.routing.candidates import candidates_of
from app.routing.decisions import record
from app.routing.ladder import climb, is_climbing
from app.routing.next_agent import Candidate, Need, next_agent
from app.routing.queue import Places, tell_positions
from app.routing.sticky import last_agents
from app.work import Rows, Work, Works
from models import Agent, Conversation, Routing, RoutingRule, Team, Ticket

MOST_AT_ONCE = 2_000
MOST_PUT_BACK = 200
BATCH = 50
PAGES = 10
RULES_MUST_DECIDE_WITHIN = timedelta(seconds=15)


class Serving(Struct, frozen=True, kw_only=True):
    """How a team's queue is served."""

    team_id: str | None
    mode: RoutingMode = "least_load"
    accept_seconds: int = 0
    lead_id: str | None = None


class Choice(Struct, frozen=True, kw_only=True):
    """One conversation planned for one agent as they stood then."""

    conversation_id: str
    candidate: Candidate
    decision: dict[str, Any]
    reason: str


async def dispatch(works: Works, team_id: str | None) -> int:
    """Serve a team's queue, then tell those who still wait; how many were assigned. Safe to run at any time, from anywhere,
    as often as one likes."""
    served = await serve_queue(works, team_id)
    await settle_queue(works, team_id, Places())
    return served


async def serve_queue(works: Works, team_id: str | None) -> int:
    """Give what waits to those who are free; how many were assigned."""
    served = 0
    while served < MOST_AT_ONCE and (batch := await works.run(_serve_batch, team_id)):
        served += batch
    return served


async def settle_queue(works: Works, team_id: str | None, places: Places) -> None:
    """Whoever still waits is told where they stand; when nobody of the team could take them at all, they get a ticket."""
    await works.run(_settle_queue, team_id, places)


async def _serve_batch(work: Work, team_id: str | None) -> int:
    """Plan in memory over one look at the agents, lock who and what was planned, and keep to the plan where it still holds.

    Conversations are locked before agents, agents in the order of their ids, so that no two can wait for each other. What
    changed between the look and the lock is left to the next batch. Serving one team takes turns on the team's row.
    """
    serving = await _serving_of(work, team_id)
    candidates = await candidates_of(work, work.now, team_id)
    choices, climbers = await _plan(work, serving, candidates)
    climbed = 0
    for conversation_id in climbers:
        climbed += await climb(work, conversation_id, serving.lead_id, serving.accept_seconds)
    return await _carry_out(work, choices, serving) + climbed


async def _plan(work: Work, serving: Serving, candidates: list[Candidate]) -> tuple[list[Choice], list[str]]:
    """Who gets what: each takes their place in the load of those after it. Besides, whose offers must climb higher.

    A need nobody can meet now is not asked about again, so a queue of any length costs one look at the agents for each
    different need in it.
    """
    standing = {candidate.agent_id: candidate for candidate in candidates}
    choices: list[Choice] = []
    climbers: list[str] = []
    hopeless: set[Any] = set()
    has_rules = await _has_rules(work)
    for page in range(PAGES):
        if not serving.accept_seconds and not any(_has_room(candidate) for candidate in standing.values()):
            break
        waiting = await _waiting(work, serving.team_id, page, has_rules=has_rules)
        had_before = await last_agents(work, work.now, [conversation for conversation, _ in waiting])
        for conversation, routing in waiting:
            need = need_of(conversation, routing, had_before.get(conversation.contact_id))
            sort = (need.channel, *need.skills, need.language, *need.passed)
            if sort in hopeless:
                continue
            if serving.accept_seconds and routing is not None and is_climbing(routing):
                climbers.append(conversation.id)
                continue
            chosen = next_agent(list(standing.values()), need, serving.mode)
            if chosen is None:
                has_rungs = need.passed and routing is not None and routing.rung != "ticket"
                if serving.accept_seconds and has_rungs and serving.mode != "manual":
                    climbers.append(conversation.id)
                else:
                    hopeless.add(sort)
                continue
            rule_id = routing.rule_id if routing else None
            choices.append(
                Choice(
                    conversation_id=conversation.id,
                    candidate=chosen,
                    decision=record(list(standing.values()), need, serving.mode, rule_id),
                    reason="offered" if serving.accept_seconds else "routed",
                )
            )
            standing[chosen.agent_id] = _after_one_more(chosen, need, work)
        if len(waiting) < BATCH or choices:
            break
    return choices, climbers


async def _carry_out(work: Work, choices: Sequence[Choice], serving: Serving) -> int:
    if not choices:
        return 0
    ids = [choice.conversation_id for choice in choices]
    free = set(
        await work.all(
            select(Conversation.id)
            .where(Conversation.id.in_(ids), in_queue_of(serving.team_id))
            .order_by(Conversation.id)
            .with_for_update(skip_locked=True)
        )
    )
    agent_ids = sorted({choice.candidate.agent_id for choice in choices})
    await work.all(select(Agent.id).where(Agent.id.in_(agent_ids)).order_by(Agent.id).with_for_update(key_share=True))
    stands = {candidate.agent_id: candidate for candidate in await candidates_of(work, work.now, None, agent_ids)}
    served: list[Conversation] = []
    for choice in choices:
        planned = choice.candidate
        if choice.conversation_id not in free or stands.get(planned.agent_id) != planned:
            stands.pop(planned.agent_id, None)  # what was planned for them afterwards assumed that this would be theirs
            continue
        taken = await take_if_free(
            work,
            choice.conversation_id,
            planned.agent_id,
            work.now,
            choice.decision,
            choice.reason,
            serving.accept_seconds,
            tells=False,
        )
        if taken is None:
            stands.pop(planned.agent_id, None)
            continue
        served.append(taken)
        stands[planned.agent_id] = _after_one_more(planned, Need(channel=taken.channel), work)
    await tell_changes(work, served)
    await tell_loads(work, [conversation.agent_id for conversation in served if conversation.agent_id])
    return len(served)


async def tell_loads(work: Work, agent_ids: Sequence[str]) -> None:
    """Colleagues see how much each of these holds now."""
    if agent_ids:
        for view in await list_agents(work, work.now, agent_ids=sorted(set(agent_ids))):
            work.announce(PresenceChanged(agent=view), to=ToAllAgents())


def need_of(conversation: Conversation, routing: Routing | None, last_agent_id: str | None) -> Need:
    """What a conversation asks of its agent."""
    return Need(
        channel=conversation.channel,
        skills=list(routing.skills) if routing else [],
        language=routing.language if routing else None,
        last_agent_id=last_agent_id,
        passed=list(routing.passed) if routing else [],
    )


async def _serving_of(work: Work, team_id: str | None) -> Serving:
    """The team's settings, its row locked: whoever serves the same team waits for their turn."""
    if team_id is None:
        return Serving(team_id=None)
    team = await work.one(select(Team).where(Team.id == team_id).with_for_update(key_share=True))
    if team is None:
        return Serving(team_id=team_id)
    return Serving(
        team_id=team_id,
        mode=team.mode or "least_load",  # pyright: ignore[reportArgumentType] - the column holds nothing else
        accept_seconds=team.accept_seconds or 0,
        lead_id=team.lead_id,
    )


async def _has_rules(rows: Rows) -> bool:
    return await rows.one(select(RoutingRule.id).where(RoutingRule.is_enabled).limit(1)) is not None


async def _waiting(work: Work, team_id: str | None, page: int, *, has_rules: bool) -> list[tuple[Conversation, Routing | None]]:
    """A page of the queue, next first. While there are rules, only what they have judged, or failed to judge in time."""
    wanted = (
        select(Conversation, Routing)
        .outerjoin(Routing, Routing.conversation_id == Conversation.id)
        .where(in_queue_of(team_id))
        .order_by(Conversation.priority_rank, Conversation.queued_at, Conversation.id)
        .limit(BATCH)
        .offset(page * BATCH)
    )
    if has_rules:
        late = Conversation.created_at <= work.now - RULES_MUST_DECIDE_WITHIN
        wanted = wanted.where(or_(Conversation.routed_at.is_not(None), late))
    return [(conversation, routing) for conversation, routing in await work.rows(wanted)]


def _has_room(candidate: Candidate) -> bool:
    return candidate.has_lease and candidate.presence == "online" and candidate.load < candidate.capacity


def _after_one_more(candidate: Candidate, need: Need, work: Work) -> Candidate:
    channels = candidate.channels | {need.channel: candidate.channels.get(need.channel, 0) + 1}
    load = round(candidate.load + weight_of(need.channel), 3)
    return replace(candidate, load=load, channels=channels, last_assigned_at=work.now)


async def _settle_queue(work: Work, team_id: str | None, places: Places) -> None:
    await tell_positions(work, team_id, places)
    candidates = await candidates_of(work, work.now, team_id)
    if any(candidate.has_lease and candidate.presence in ("online", "busy") for candidate in candidates):
        return
    has_ticket = select(Ticket.conversation_id)
    forgotten = await work.all(
        select(Conversation)
        .where(in_queue_of(team_id), Conversation.id.not_in(has_ticket))
        .limit(MOST_PUT_BACK)
        .with_for_update(skip_locked=True)
    )
    for conversation in forgotten:
        await open_ticket_for(work, conversation)


async def hand_on(work: Work, agent_ids: Sequence[str], reason: str = "agent_left", *, all_of_it: bool = False) -> None:
    """Agents have gone: chats whose contact waits for an answer go back to the head of their queue, and so does, with
    `all_of_it`, everything else they hold."""
    if not agent_ids:
        return
    held = select(Conversation).where(Conversation.agent_id.in_(agent_ids), Conversation.category.in_(("new", "open")))
    if not all_of_it:
        held = held.where(Conversation.waiting_since.is_not(None))
    for conversation in await work.all(held.order_by(Conversation.id).with_for_update()):
        await put_back(work, conversation, reason)


async def inactive_owners(rows: Rows) -> list[str]:
    """Agents who hold conversations and are no longer active."""
    held = select(Conversation.agent_id).where(Conversation.agent_id == Agent.id, Conversation.category.in_(("new", "open")))
    return list(await rows.all(select(Agent.id).where(Agent.is_active.is_(False), held.exists())))
