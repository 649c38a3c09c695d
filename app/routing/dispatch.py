"""Serving a queue: give those at its head to the next agents, a batch a transaction, until either runs out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import and_, or_, select, update

from app.activity.actor import PARLEY, Recorded
from app.contract.people import TeamView
from app.contract.routing import SetTeamRouting
from app.contract.values import RoutingMode
from app.conversations.announcements import announce_conversation, announce_conversations
from app.conversations.assignments.change import put_back
from app.conversations.assignments.claim import Claim, take_if_free
from app.conversations.queue.positions import in_queue_of
from app.conversations.tickets import open_ticket_for
from app.people.actors import Staff
from app.people.load import weight_of
from app.people.presence import announce_loads
from app.people.team_routing import set_team_routing
from app.routing.candidates import candidates_of
from app.routing.decisions import MAX_KEPT, record_decision
from app.routing.next_agent import Candidate, Need, chosen_of
from app.routing.queue import LastAnnounced, announce_positions
from app.routing.ranking import Ranking, sort_of
from app.routing.sticky import last_agents
from app.routing.unclaimed_offers import climb, is_climbing
from app.work import Rows, Work, Works
from models import Agent, Conversation, Routing, RoutingRule, Team, Ticket
from models.conversation import IS_HELD

MAX_AT_ONCE = 2_000
MAX_PUT_BACK = 200
TICKETS_AT_ONCE = 20
BATCH = 50
PAGES = 10
RULES_MUST_DECIDE_WITHIN = timedelta(seconds=15)


class Serving(Struct, frozen=True, kw_only=True):
    """Settings by which a team's queue is served."""

    team_id: str | None
    mode: RoutingMode = "least_load"
    accept_seconds: int = 0
    lead_id: str | None = None


class Choice(Struct, frozen=True, kw_only=True):
    """One conversation planned for one agent as they stood then."""

    conversation_id: str
    need: Need
    candidate: Candidate
    decision: dict[str, Any]
    reason: str


class Plan(Struct, frozen=True):
    """Plan of who gets what, whose offers climb, and whether that is all the queue holds for the agents who are free."""

    choices: list[Choice]
    climbers: list[str]
    is_whole: bool


class Batch(Struct, frozen=True):
    """Result of one batch: how many were assigned, and whether another look would find nothing more."""

    count: int
    is_last: bool


async def dispatch(works: Works, team_id: str | None) -> int:
    """Serve a team's queue, then tell those who still wait; how many were assigned. Safe to run at any time, from anywhere,
    as often as one likes."""
    served = await serve_queue(works, team_id)
    await settle_queue(works, team_id, LastAnnounced())
    return served


async def serve_team_anew(work: Work, actor: Staff, team_id: str, asked: SetTeamRouting) -> TeamView:
    """Set how a team's queue is served, and look at the queue again.

    An offer missed or declined under another mode or another time to accept says nothing about the new one, so what waits
    may be given to everybody again. Raises NotFound for an unknown team or lead.
    """
    before = await work.one(select(Team).where(Team.id == team_id).with_for_update(key_share=True))
    was_served = (before.mode or "least_load", before.accept_seconds or 0) if before else None
    view = await set_team_routing(work, actor, team_id, asked)
    if was_served != (view.mode, view.accept_seconds):
        queued = select(Conversation.id).where(in_queue_of(team_id))
        await work.change(update(Routing).where(Routing.conversation_id.in_(queued)).values(passed=[], rung=None))
        if first := await work.one(select(Conversation).where(in_queue_of(team_id)).limit(1)):
            await announce_conversation(work, first)
    return view


async def serve_queue(works: Works, team_id: str | None) -> int:
    """Give what waits to those who are free; how many were assigned."""
    served = 0
    while served < MAX_AT_ONCE:
        batch = await works.run(_serve_batch, team_id)
        served += batch.count
        if batch.is_last:
            break
    return served


async def settle_queue(works: Works, team_id: str | None, places: LastAnnounced) -> bool:
    """Whoever still waits is told where they stand; when nobody of the team could take them at all, they get a ticket.
    Whether some of a long queue have not had their turn to be told."""
    note_told = await works.run(announce_positions, team_id, places)
    while await works.run(_open_tickets, team_id):
        pass
    return note_told()


async def _serve_batch(work: Work, team_id: str | None) -> Batch:
    """Plan in memory over one look at the agents, lock who and what was planned, and keep to the plan where it still holds.

    Conversations are locked before agents, agents in the order of their ids, so that no two can wait for each other. What
    changed between the look and the lock is left to the next batch. Serving one team takes turns on the team's row.
    """
    if await work.one(select(Conversation.id).where(in_queue_of(team_id)).limit(1)) is None:
        return Batch(0, is_last=True)
    serving = await _serving_of(work, team_id)
    candidates = await candidates_of(work, work.now, team_id)
    plan = await _plan(work, serving, candidates)
    climbed = 0
    for conversation_id in plan.climbers:
        climbed += await climb(work, conversation_id, serving.lead_id, serving.accept_seconds)
    served = await _carry_out(work, plan.choices, serving)
    is_as_planned = served == len(plan.choices) and not climbed
    return Batch(served + climbed, is_last=(is_as_planned and plan.is_whole) or not served + climbed)


async def _plan(work: Work, serving: Serving, candidates: list[Candidate]) -> Plan:
    """Plan who gets what: each choice adds to the load that later ones see. List the offers that must climb, too.

    A need nobody can meet now is not asked about again, so a queue of any length costs one look at the agents for each
    different need in it.
    """
    standing = Ranking(candidates, serving.mode)
    choices: list[Choice] = []
    climbers: list[str] = []
    hopeless: set[Any] = set()
    has_rules = await _has_rules(work)
    is_whole = True
    for page in range(PAGES):
        if not serving.accept_seconds and not any(_has_room(candidate) for candidate in standing):
            break
        waiting = await _waiting(work, serving.team_id, page, has_rules=has_rules)
        is_whole = len(waiting) < BATCH
        had_before = await last_agents(work, work.now, [conversation for conversation, _ in waiting])
        for conversation, routing in waiting:
            need = need_of(conversation, routing, had_before.get(conversation.contact_id))
            sort = sort_of(need)
            if sort in hopeless:
                continue
            if serving.accept_seconds and routing is not None and is_climbing(routing):
                climbers.append(conversation.id)
                continue
            judged = standing.judge(need, MAX_KEPT)
            chosen = chosen_of(judged)
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
                    need=need,
                    candidate=chosen,
                    decision=record_decision(judged, need, serving.mode, rule_id),
                    reason=_reason_of(chosen, need, serving),
                )
            )
            standing.move(_after_one_more(chosen, need, work))
        if is_whole or choices:
            break
    return Plan(choices, climbers, is_whole)


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
    takes: list[Claim] = []
    for choice in choices:
        planned = choice.candidate
        if choice.conversation_id not in free or stands.get(planned.agent_id) != planned:
            stands.pop(planned.agent_id, None)  # what was planned for them afterwards assumed that this would be theirs
            continue
        takes.append(Claim(choice.conversation_id, planned.agent_id, choice.reason, choice.decision))
        stands[planned.agent_id] = _after_one_more(planned, choice.need, work)
    served = await take_if_free(work, takes, serving.accept_seconds)
    await announce_conversations(work, served)
    await announce_loads(work, [conversation.agent_id for conversation in served if conversation.agent_id])
    return len(served)


def need_of(conversation: Conversation, routing: Routing | None, last_agent_id: str | None) -> Need:
    """Return the needs a conversation has of its agent."""
    return Need(
        channel=conversation.channel,
        skills=list(routing.skills) if routing else [],
        language=routing.language if routing else None,
        last_agent_id=last_agent_id,
        passed=list(routing.passed) if routing else [],
        givers=list(routing.givers or []) if routing else [],
    )


def _reason_of(chosen: Candidate, need: Need, serving: Serving) -> str:
    """Why it is theirs; who handed it over is told that nobody else is left."""
    if chosen.agent_id in need.givers:
        return "nobody_else"
    return "offered" if serving.accept_seconds else "routed"


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
    is_available = candidate.has_lease and candidate.presence == "online" and candidate.takes_chats
    return is_available and candidate.load < candidate.capacity


def _after_one_more(candidate: Candidate, need: Need, work: Work) -> Candidate:
    channels = candidate.channels | {need.channel: candidate.channels.get(need.channel, 0) + 1}
    load = round(candidate.load + weight_of(need.channel), 3)
    return replace(candidate, load=load, channels=channels, last_assigned_at=work.now)


async def _open_tickets(work: Work, team_id: str | None) -> bool:
    """Open a ticket for some of those who wait while nobody of the team could take them at all; whether there may be more.

    Every other new ticket waits for its number until these are committed, so they are few.
    """
    candidates = await candidates_of(work, work.now, team_id)
    if any(one.has_lease and one.takes_chats and one.presence in ("online", "busy") for one in candidates):
        return False
    has_ticket = select(Ticket.id).where(Ticket.conversation_id == Conversation.id).exists()
    forgotten = await work.all(
        select(Conversation).where(in_queue_of(team_id), ~has_ticket).limit(TICKETS_AT_ONCE).with_for_update(skip_locked=True)
    )
    for conversation in forgotten:
        await open_ticket_for(work, conversation)
    return len(forgotten) == TICKETS_AT_ONCE


async def hand_on(
    work: Work, agent_ids: Sequence[str], reason: str = "agent_left", *, all_of_it: bool = False, by: Recorded = PARLEY
) -> None:
    """Agents have gone: chats whose contact waits for an answer go back to the head of their queue, and so does, with
    `all_of_it`, everything else they hold."""
    if not agent_ids:
        return
    held = select(Conversation).where(Conversation.agent_id.in_(agent_ids), Conversation.category.in_(("new", "open")))
    if not all_of_it:
        held = held.where(Conversation.waiting_since.is_not(None))
    await put_back(work, await work.all(held.order_by(Conversation.id).with_for_update()), reason, by)


async def take_back_forsaken(work: Work) -> None:
    """Put back conversations that wait for an agent whose grace is over and who had them while they were here. A message
    that came in the very moment the grace ended may have missed the hand-over; a conversation given to an agent who had
    already left stays with them.
    """
    had_it = and_(Conversation.agent_id == Agent.id, Conversation.assigned_at < Agent.presence_since)
    left = and_(Agent.lease_until.is_(None), Agent.left_at.is_(None))
    forsaken = await work.all(
        select(Conversation)
        .join(Agent, had_it)
        .where(left, IS_HELD, Conversation.waiting_since.is_not(None))
        .limit(MAX_PUT_BACK)
        .with_for_update(of=Conversation, skip_locked=True)
    )
    await put_back(work, forsaken, "agent_left")


async def inactive_owners(rows: Rows) -> list[str]:
    """Agents who hold conversations and are no longer active."""
    held = select(Conversation.agent_id).where(Conversation.agent_id == Agent.id, Conversation.category.in_(("new", "open")))
    return list(await rows.all(select(Agent.id).where(Agent.is_active.is_(False), held.exists())))
