"""Triage of new conversations: rules set the team's queue, the needs and the priority."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import func, select, update

from app.activity.record import rule_actor
from app.contract.routing import RuleActions
from app.contract.values import Priority
from app.conversations.announcements import announce_conversation
from app.conversations.assignments.offers import ensure_routing
from app.conversations.messages.send import add_bot_message
from app.conversations.queue.positions import in_queue_of
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import PRIORITY_RANKS, change_conversation
from app.conversations.tickets import open_ticket_for
from app.routing.overflow import arm_overflow
from app.routing.rule_store import enabled_rules
from app.routing.rules import Facts, Judgement, Rule, judge
from app.sla.hours import is_open, periods_of
from app.work import Rows, Work, Works
from models import BusinessHours, Contact, Conversation, Inbox, Message, Routing, Team

log = structlog.get_logger("routing")

BATCH = 20
TOPIC_WITHIN_SECONDS = 2.0
FULL = "All of us are busy right now. We have noted your question and will get back to you."

Propose = Callable[[str], Awaitable[tuple[str, str]]]
"""A title and a topic for somebody's words."""


class Arrival(Struct, frozen=True):
    """A conversation the rules have not seen, and what is known of it."""

    conversation_id: str
    facts: Facts


async def apply_rules(works: Works, propose: Propose) -> int:
    """Apply the rules to whatever waits and has not been sorted; how many. Without rules, nothing needs sorting."""
    sorted_count = 0
    while True:
        async with works.read() as rows:
            rules = await enabled_rules(rows)
            arrivals = await _arrivals(rows, works) if rules else []
        if any(rule.conditions.topics for rule in rules):
            arrivals = [Arrival(one.conversation_id, await _with_topic(one.facts, propose)) for one in arrivals]
        for arrival in arrivals:
            await works.run(_sort, arrival.conversation_id, judge(rules, arrival.facts), arrival.facts)
        sorted_count += len(arrivals)
        if len(arrivals) < BATCH:
            return sorted_count


async def topic_of(words: str, propose: Propose) -> str:
    """Return the topic of the words; empty when it cannot be told in time."""
    try:
        async with asyncio.timeout(TOPIC_WITHIN_SECONDS):
            return (await propose(words))[1] if words else ""
    except Exception as error:  # noqa: BLE001 - a topic is a help: whoever waits must not wait for it
        log.warning("no topic", error=repr(error)[:200])
        return ""


async def teams_there(rows: Rows, actions: RuleActions) -> RuleActions:
    """The actions without teams that are gone: what they said of these does not count."""
    known = set(await rows.all(select(Team.id)))
    return msgspec.structs.replace(
        actions,
        team_id=actions.team_id if actions.team_id in known else None,
        overflow=[step for step in actions.overflow if step.team_id in known],
    )


async def waiting_in(rows: Rows, team_id: str | None, but: str | None = None) -> int:
    """Count the conversations waiting in a team's queue, except this one."""
    waiting = select(func.count()).select_from(Conversation).where(in_queue_of(team_id))
    return await rows.one(waiting.where(Conversation.id != but) if but else waiting) or 0


async def _with_topic(facts: Facts, propose: Propose) -> Facts:
    return msgspec.structs.replace(facts, topic=await topic_of(facts.words, propose))


async def _arrivals(rows: Rows, works: Works) -> list[Arrival]:
    found = await rows.rows(
        select(Conversation, Contact, Routing, BusinessHours)
        .join(Contact, Contact.id == Conversation.contact_id)
        .join(Inbox, Inbox.id == Conversation.inbox_id)
        .outerjoin(Routing, Routing.conversation_id == Conversation.id)
        .outerjoin(BusinessHours, BusinessHours.id == Inbox.hours_id)
        .where(Conversation.agent_id.is_(None), Conversation.category.in_(("new", "open")), Conversation.routed_at.is_(None))
        .order_by(Conversation.created_at)
        .limit(BATCH)
    )
    words = await _words(rows, [row[0].id for row in found])
    now = works.clock()
    return [
        Arrival(
            conversation.id,
            Facts(
                inbox_id=conversation.inbox_id,
                channel=conversation.channel,
                page_url=contact.page_url or "",
                language=contact.locale,
                priority=cast(Priority, conversation.priority),
                email=contact.email or "",
                company=getattr(contact, "company", None) or "",
                fields=cast("dict[str, str]", routing.fields) if routing else {},
                words="\n".join(words[conversation.id]),
                is_open=_is_open(hours, now),
            ),
        )
        for conversation, contact, routing, hours in found
    ]


def _is_open(hours: BusinessHours | None, now: datetime) -> bool:
    return hours is None or is_open(hours.time_zone, periods_of(hours.periods), hours.closed_on, now)


async def _words(rows: Rows, ids: Sequence[str]) -> dict[str, list[str]]:
    words: defaultdict[str, list[str]] = defaultdict(list)
    if ids:
        said = select(Message.conversation_id, Message.body).where(
            Message.conversation_id.in_(ids), Message.author_kind == "contact"
        )
        for conversation_id, body in await rows.rows(said.order_by(Message.conversation_id, Message.rev)):
            words[conversation_id].append(body)
    return words


async def _sort(work: Work, conversation_id: str, judgement: Judgement, facts: Facts) -> None:
    """Write what the rules decided. Taken, ended or sorted meanwhile: nothing happens."""
    conversation = await work.one(
        select(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.agent_id.is_(None),
            Conversation.category.in_(("new", "open")),
            Conversation.routed_at.is_(None),
        )
        .with_for_update()
    )
    if conversation is None:
        return
    rule, facts_before = judgement.rule, facts_of(conversation)
    actions = await teams_there(work, rule.actions) if rule else RuleActions()
    values: dict[str, Any] = {"routed_at": work.now, "team_id": actions.team_id or conversation.team_id}
    if actions.priority:
        values |= {"priority": actions.priority, "priority_rank": PRIORITY_RANKS[actions.priority]}
    is_full = actions.queue_limit is not None and (
        await waiting_in(work, values["team_id"], conversation_id) >= actions.queue_limit
    )
    conversation = await change_conversation(work, conversation, **values)
    if rule is not None:
        by, cause = rule_actor(rule.id, rule.name), f"rule:{rule.id}"
        record_change(work, by, "conversation.apply_rule", facts_before, conversation, about=("rule", rule.id), cause=cause)
    await _keep(work, conversation, rule, actions, judgement, facts)
    if is_full:
        await _say_full(work, conversation, actions.full_message or FULL)
    await announce_conversation(work, conversation)


async def _keep(
    work: Work, conversation: Conversation, rule: Rule | None, actions: RuleActions, judgement: Judgement, facts: Facts
) -> None:
    await ensure_routing(work, conversation.id)
    language = facts.language if actions.needs_language and facts.language else None
    await work.change(
        update(Routing)
        .where(Routing.conversation_id == conversation.id)
        .values(
            rule_id=rule.id if rule else None,
            trace=msgspec.to_builtins(judgement.trace),
            skills=list(actions.skills),
            language=language,
        )
    )
    await arm_overflow(work, conversation.id, msgspec.to_builtins(actions.overflow))


async def _say_full(work: Work, conversation: Conversation, words: str) -> None:
    name = await work.one(select(Inbox.name).where(Inbox.id == conversation.inbox_id)) or ""
    conversation = await add_bot_message(work, conversation, name, words)
    await open_ticket_for(work, conversation)
