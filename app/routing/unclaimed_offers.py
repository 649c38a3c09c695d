"""The ladder of an offer nobody takes: the next agent, then the team's lead, then a ticket and mail."""

from __future__ import annotations

from sqlalchemy import select, update

from app.activity.record import PARLEY, record
from app.conversations.announcements import announce_conversation
from app.conversations.assignments.claim import UNTAKEN_JOB, Claim, take_if_free
from app.conversations.assignments.history import begin_assignment
from app.conversations.tickets import open_ticket_for
from app.people.presence import announce_load
from app.routing.candidates import candidates_of
from app.routing.decisions import record_decision
from app.routing.next_agent import Need, chosen_of, verdicts
from app.work import Work
from models import Agent, Conversation, Routing

MAX_ASKED = 2
"""How many agents are asked before the lead is: the contact waits for each."""


def is_climbing(routing: Routing) -> bool:
    """Return whether enough agents have declined it, and the ladder has not ended."""
    return len(routing.passed) >= MAX_ASKED and routing.rung != "ticket"


async def climb(work: Work, conversation_id: str, lead_id: str | None, accept_seconds: int) -> bool:
    """One rung up: offered to the lead, if they are here with room and have not been asked; else a ticket, and mail to the
    lead and the contact. Whether somebody was offered it. At the top nothing more happens."""
    conversation = await work.one(
        select(Conversation)
        .where(Conversation.id == conversation_id, Conversation.agent_id.is_(None), Conversation.category.in_(("new", "open")))
        .with_for_update(skip_locked=True)
    )
    routing = await work.one(select(Routing).where(Routing.conversation_id == conversation_id))
    if conversation is None or routing is None or routing.rung == "ticket":
        return False
    if lead_id and lead_id not in routing.passed and await _offer_to_lead(work, conversation, routing, lead_id, accept_seconds):
        return True
    await _note_rung(work, conversation_id, "ticket")
    asked = {"agents_asked": len(routing.passed)}
    record(work, PARLEY, "conversation.untaken", conversation=conversation, after=asked, agent_id=lead_id)
    await begin_assignment(work, conversation, "routing", "untaken")
    await open_ticket_for(work, conversation)
    await work.later(UNTAKEN_JOB, {"conversation_id": conversation_id, "lead_id": lead_id})
    return False


async def _offer_to_lead(work: Work, conversation: Conversation, routing: Routing, lead_id: str, accept_seconds: int) -> bool:
    await work.one(select(Agent.id).where(Agent.id == lead_id).with_for_update(key_share=True))
    lead = await candidates_of(work, work.now, None, [lead_id])
    need = Need(channel=conversation.channel, passed=list(routing.passed))
    judged = verdicts(lead, need)
    if chosen_of(judged) is None:
        return False
    decision = record_decision(judged, need, "least_load", routing.rule_id)
    taken = await take_if_free(work, [Claim(conversation.id, lead_id, "to_lead", decision)], accept_seconds)
    for one in taken:
        await _note_rung(work, one.id, "lead")
        await announce_load(work, lead_id)
        await announce_conversation(work, one)
    return bool(taken)


async def _note_rung(work: Work, conversation_id: str, rung: str) -> None:
    await work.change(update(Routing).where(Routing.conversation_id == conversation_id).values(rung=rung))
