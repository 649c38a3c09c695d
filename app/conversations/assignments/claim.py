"""Routing's claim: one conditional UPDATE for all who are given something at once, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import case, literal, update

from app.activity.actor import PARLEY
from app.contract.assignments import AssignmentOffered
from app.contract.audiences import ToAgent
from app.conversations.assignments.history import AssignmentRecord, begin_assignments
from app.conversations.messages.send import add_activities
from app.conversations.recorded_facts import facts_of, record_change
from app.job_kinds import JobKind, TimerKind
from app.work import Work
from models import Agent, Conversation
from models.base import IdColumn

OFFER_JOB = TimerKind(name="assignment.lapse")
"""Queued with every batch of offers; when it falls due, what nobody has taken goes on."""
UNTAKEN_JOB = JobKind(name="conversation.untaken", unique_by=("conversation_id",))
"""Queued when nobody has taken it, not even the lead: mail tells them, and the contact."""


class Claim(Struct, frozen=True):
    """A conversation for an agent, and the decision that made it theirs."""

    conversation_id: str
    agent_id: str
    reason: str
    decision: dict[str, Any]


async def take_if_free(work: Work, takes: Sequence[Claim], accept_seconds: int = 0) -> list[Conversation]:
    """Take those conversations that nobody had and that still wait, and return them as they are now; the others stay as
    they are.

    With `accept_seconds` they are only offered, and go on by themselves when these have passed. The agents' rows must be
    locked and their leases and loads checked by the caller, in this same work; the caller also announces how the
    conversations and the agents' loads stand now.
    """
    if not takes:
        return []
    by_id = {take.conversation_id: take for take in takes}
    offer_until = work.now + timedelta(seconds=accept_seconds) if accept_seconds else None
    values: dict[str, Any] = {
        "agent_id": case(*((Conversation.id == id, literal(take.agent_id, IdColumn)) for id, take in by_id.items())),
        "assigned_at": work.now,
        "changed_at": work.now,
        "offer_until": offer_until,
        "rev": Conversation.rev + 1,
    }
    if offer_until is None:  # the line that says whose it is now is counted with it: one UPDATE for both
        values["rev"] = Conversation.rev + 2
    taken = await work.all(
        update(Conversation)
        .where(Conversation.id.in_(by_id), Conversation.agent_id.is_(None), Conversation.category.in_(("new", "open")))
        .values(**values)
        .returning(Conversation)
        .execution_options(synchronize_session=False)
    )
    action = "conversation.offer" if accept_seconds else "conversation.route"
    for one in taken:
        take = by_id[one.id]
        before = facts_of(one) | {"agent_id": None, "is_offered": None}
        record_change(work, PARLEY, action, before, one, cause=_cause_of(take), agent_id=one.agent_id, reason=take.reason)
    holdings = [AssignmentRecord(one, by_id[one.id].reason, by_id[one.id].decision) for one in taken]
    await begin_assignments(work, holdings, "routing")
    names = await _assigned_now(work, [one.agent_id for one in taken if one.agent_id])
    if offer_until is None:
        await add_activities(work, [(one, "assigned", names.get(one.agent_id or "", "")) for one in taken])
    if taken and offer_until:  # one for all: it looks for whatever is due, and a version before this for the one it names
        due = {"conversation_id": taken[0].id, "until": offer_until.isoformat()}
        await work.later(OFFER_JOB, due, timedelta(seconds=accept_seconds))
    for one in taken:
        offered = AssignmentOffered(conversation_id=one.id, reason=by_id[one.id].reason, until=offer_until)
        work.announce(offered, to=ToAgent(agent_id=one.agent_id or ""))
    return list(taken)


def _cause_of(claim: Claim) -> str:
    """Return the rule that sent it to this queue, or routing without one."""
    rule_id = claim.decision.get("rule_id")
    return f"rule:{rule_id}" if rule_id else "routing"


async def _assigned_now(work: Work, agent_ids: Sequence[str]) -> dict[str, str]:
    """These have just been given something; their names."""
    assigned = update(Agent).where(Agent.id.in_(agent_ids)).values(last_assigned_at=work.now)
    found = await work.rows(assigned.returning(Agent.id, Agent.name))
    return dict[str, str]((id, name) for id, name in found)
