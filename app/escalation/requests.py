"""Escalating a conversation, and the decision about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, insert, select, update

from app.activity.actor import Recorded
from app.activity.record import record
from app.clock import new_id
from app.contract.audiences import ToAgent, ToSupervisors
from app.contract.conversations import ConversationView
from app.contract.escalations import (
    ConversationEscalated,
    DecideEscalation,
    DeescalateConversation,
    EscalateConversation,
    EscalationList,
    EscalationState,
    EscalationView,
)
from app.contract.warnings import WarningsChanged
from app.conversations.access import access_conversation, access_conversation_to_read, of_visible
from app.conversations.announcements import announce_conversation
from app.conversations.messages.send import add_system_message
from app.conversations.open_escalations import withdraw_open
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import change_conversation
from app.conversations.undo_points import keep_undo, standing_of
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.escalation.approvers import Candidate, choose_approver, deciders_of, list_candidates
from app.job_kinds import JobKind
from app.people.actors import SignedInAgent
from app.people.agents import announce_warnings
from app.people.permissions import Permission, require
from app.text import clean_text
from app.work import Rows, Work
from models import Agent, Contact, Conversation, Escalation, Inbox, SlaEvent, SlaPolicy, Team

MAIL_JOB = JobKind(name="escalation.mail", unique_by=("escalation_id",))
"""Queued with every escalation; it mails those who may decide."""
MAX_LISTED = 200
VERBS: dict[EscalationState, str] = {"approved": "approved", "declined": "declined", "withdrawn": "withdrew", "open": "opened"}


async def escalate_conversation(work: Work, agent: SignedInAgent, command: EscalateConversation) -> ConversationView:
    """Raise the level and ask for a decision. Agents read the reason, those who may decide are told at once, and the contact
    reads that it was passed on, where the inbox says so. One that waits already is replaced.

    Raises Invalid without a reason, and for an approver who cannot decide.
    """
    require(Permission.ASSIGN, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    reason = clean_text(command.reason)
    if not reason:
        raise Invalid("Enter a reason.")
    before = await standing_of(work, conversation)
    conversation = await raise_level(work, conversation, command.level, reason, agent, approver_id=command.approver_id)
    await keep_undo(work, agent, before, conversation)
    return await announce_conversation(work, conversation)


async def raise_level(
    work: Work,
    conversation: Conversation,
    level: int,
    reason: str,
    actor: Recorded,
    *,
    approver_id: str | None,
    cause: str | None = None,
) -> Conversation:
    """Write an escalation of a conversation whose row is locked. `actor` is an agent or a rule."""
    by = actor.recorded
    by_name, by_id, rule_id = by.name, by.id if by.kind == "agent" else None, by.id if by.kind == "rule" else None
    candidates = await list_candidates(work, work.now)
    approver, substitute = choose_approver(candidates, approver_id, conversation.team_id, by_id)
    was_escalated = conversation.escalation_level > 0
    await withdraw_open(work, conversation.id, by_name, by_id)
    escalation = await work.add(
        Escalation(
            id=new_id(),
            conversation_id=conversation.id,
            level=level,
            reason=reason,
            state="open",
            asked_by_id=by_id,
            asked_by_name=by_name,
            rule_id=rule_id,
            approver_id=approver.id if approver else None,
            substitute_id=substitute.id if substitute else None,
            team_id=conversation.team_id,
            decided_by_name="",
            answer="",
            created_at=work.now,
        )
    )
    facts = facts_of(conversation)
    conversation = await change_conversation(work, conversation, escalation_level=level, escalation_reason=reason)
    asked = {"approver": approver.name if approver else None, "substitute": substitute.name if substitute else None}
    record_change(work, actor, "conversation.escalate", facts, conversation, cause=cause, **asked)
    if not was_escalated and not await work.one(select(Inbox.hides_escalations).where(Inbox.id == conversation.inbox_id)):
        conversation = await add_system_message(
            work, conversation, "escalated", "Passed on to a specialist.", by_name if by_id else ""
        )
    conversation = await add_system_message(
        work, conversation, "escalation_reason", f"Level {level}: {reason}", by_name, "internal"
    )
    await work.later(MAIL_JOB, {"escalation_id": escalation.id})
    contact_name = await work.one(select(Contact.name).where(Contact.id == conversation.contact_id))
    escalated = ConversationEscalated(
        conversation_id=conversation.id,
        contact_name=contact_name or "",
        level=level,
        reason=reason,
        by_id=by_id or "",
        by_name=by_name,
    )
    work.announce(escalated, to=ToSupervisors())
    for one in deciders_of(candidates, escalation):
        if not one.is_supervisor:
            work.announce(escalated, to=ToAgent(agent_id=one.id))
    _announce_waiting(work, candidates, escalation)
    return conversation


async def deescalate_conversation(work: Work, agent: SignedInAgent, command: DeescalateConversation) -> ConversationView:
    """Take an escalation back, decided or not. One that is not escalated stays as it is."""
    require(Permission.ASSIGN, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.escalation_level > 0:
        before = await standing_of(work, conversation)
        asked = await _open_of(work, conversation.id)
        await withdraw_open(work, conversation.id, agent.name, agent.id)
        facts = facts_of(conversation)
        conversation = await change_conversation(work, conversation, escalation_level=0, escalation_reason="")
        record_change(work, agent, "conversation.deescalate", facts, conversation)
        conversation = await add_system_message(
            work, conversation, "deescalated", "The escalation was taken back.", agent.name, "internal"
        )
        await keep_undo(work, agent, before, conversation)
        announce_warnings(work)
        if asked:
            _announce_waiting(work, await list_candidates(work, work.now), asked)
    return await announce_conversation(work, conversation)


async def decide_escalation(work: Work, agent: SignedInAgent, escalation_id: str, asked: DecideEscalation) -> EscalationView:
    """Approve an escalation, which keeps its level, or decline it, which takes the level back.

    Raises Forbidden for one who was not asked, Invalid for a decline without a reason, and Conflict when it was decided or
    withdrawn already.
    """
    require(Permission.VIEW_CONVERSATIONS, agent)
    reason = clean_text(asked.reason)
    if not asked.is_approved and not reason:
        raise Invalid("Say why you decline.")
    found = await _escalation(work, escalation_id)
    conversation = await access_conversation(work, agent, found.conversation_id)
    escalation = await _escalation(work, escalation_id)
    candidates = await list_candidates(work, work.now)
    if agent.id not in {one.id for one in deciders_of(candidates, escalation)}:
        raise Forbidden("You were not asked to decide this.")
    state: EscalationState = "approved" if asked.is_approved else "declined"
    values = {"state": state, "decided_by_id": agent.id, "decided_by_name": agent.name, "answer": reason, "decided_at": work.now}
    still_open = Escalation.id == escalation_id, Escalation.state == "open"
    if not await work.change(update(Escalation).where(*still_open).values(**values)):
        raise Conflict(_decided_already(await _escalation(work, escalation_id)))
    await _answer_clock(work, conversation.id)
    record(
        work,
        agent,
        "escalation.approve" if asked.is_approved else "escalation.decline",
        conversation=conversation,
        about=("escalation", escalation_id),
        before={"state": "open"},
        after={"state": state},
        reason=reason,
    )
    if not asked.is_approved:
        facts = facts_of(conversation)
        conversation = await change_conversation(work, conversation, escalation_level=0, escalation_reason="")
        record_change(work, agent, "conversation.deescalate", facts, conversation)
    code = "escalation_approved" if asked.is_approved else "escalation_declined"
    conversation = await add_system_message(work, conversation, code, reason, agent.name, "internal")
    announce_warnings(work)
    _announce_waiting(work, candidates, escalation)
    await announce_conversation(work, conversation)
    return (await _views(work, agent, [await _escalation(work, escalation_id)], candidates))[0]


async def withdraw_escalation(work: Work, agent: SignedInAgent, escalation_id: str) -> EscalationView:
    """Take back what waits for a decision, and the level with it. For the one who asked, and for supervisors.

    Raises Forbidden for others, and Conflict when it was decided already.
    """
    require(Permission.ASSIGN, agent)
    found = await _escalation(work, escalation_id)
    conversation = await access_conversation(work, agent, found.conversation_id)
    escalation = await _escalation(work, escalation_id)
    if escalation.asked_by_id != agent.id and not agent.may(Permission.SUPERVISE):
        raise Forbidden("Only the one who asked, or a supervisor, can withdraw this.")
    if escalation.state != "open" or not await withdraw_open(work, conversation.id, agent.name, agent.id):
        raise Conflict(_decided_already(escalation))
    facts = facts_of(conversation)
    conversation = await change_conversation(work, conversation, escalation_level=0, escalation_reason="")
    record_change(work, agent, "conversation.deescalate", facts, conversation)
    line = "The escalation was taken back."
    conversation = await add_system_message(work, conversation, "deescalated", line, agent.name, "internal")
    announce_warnings(work)
    candidates = await list_candidates(work, work.now)
    _announce_waiting(work, candidates, escalation)
    await announce_conversation(work, conversation)
    return (await _views(work, agent, [await _escalation(work, escalation_id)], candidates))[0]


async def escalations_of(rows: Rows, agent: SignedInAgent, conversation_id: str, now: datetime) -> EscalationList:
    """Return every escalation of a conversation, newest first."""
    conversation = await access_conversation_to_read(rows, agent, conversation_id)
    wanted = select(Escalation).where(Escalation.conversation_id == conversation.id).order_by(Escalation.id.desc())
    return await _list(rows, agent, await rows.all(wanted.limit(MAX_LISTED)), now)


async def waiting_escalations(rows: Rows, agent: SignedInAgent, now: datetime) -> EscalationList:
    """Return what waits for a decision: of everyone for supervisors, of an agent what waits for them or was asked by them."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    wanted = (
        select(Escalation)
        .where(Escalation.state == "open", of_visible(agent, Escalation.conversation_id))
        .order_by(Escalation.id.desc())
        .limit(MAX_LISTED)
    )
    listed = await _list(rows, agent, await rows.all(wanted), now)
    if agent.may(Permission.SUPERVISE):
        return listed
    mine = [one for one in listed.escalations if one.waits_for_me or one.asked_by_id == agent.id]
    return EscalationList(escalations=mine, waiting_count=listed.waiting_count)


async def _list(rows: Rows, agent: SignedInAgent, found: Sequence[Escalation], now: datetime) -> EscalationList:
    views = await _views(rows, agent, found, await list_candidates(rows, now) if found else [])
    return EscalationList(escalations=views, waiting_count=sum(one.waits_for_me for one in views))


async def _views(
    rows: Rows, agent: SignedInAgent, found: Sequence[Escalation], candidates: Sequence[Candidate]
) -> list[EscalationView]:
    ids = {id for one in found for id in (one.approver_id, one.substitute_id) if id}
    names = dict(await rows.rows(select(Agent.id, Agent.name).where(Agent.id.in_(ids)))) if ids else {}
    teams = dict(await rows.rows(select(Team.id, Team.name).where(Team.id.in_({one.team_id for one in found if one.team_id}))))
    contacts = dict(
        await rows.rows(
            select(Conversation.id, Contact.name)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Conversation.id.in_({one.conversation_id for one in found}))
        )
    )
    return [
        EscalationView(
            id=one.id,
            conversation_id=one.conversation_id,
            contact_name=contacts.get(one.conversation_id, ""),
            level=one.level,
            reason=one.reason,
            state=one.state,  # pyright: ignore[reportArgumentType]
            asked_by_id=one.asked_by_id,
            asked_by_name=one.asked_by_name,
            rule_id=one.rule_id,
            approver_id=one.approver_id,
            approver_name=names.get(one.approver_id) if one.approver_id else None,
            substitute_id=one.substitute_id,
            substitute_name=names.get(one.substitute_id) if one.substitute_id else None,
            team_name=teams.get(one.team_id) if one.team_id else None,
            waits_for_me=one.state == "open" and any(agent.id == it.id for it in deciders_of(candidates, one)),
            may_withdraw=one.state == "open" and (one.asked_by_id == agent.id or agent.may(Permission.SUPERVISE)),
            decided_by_name=one.decided_by_name,
            answer=one.answer,
            created_at=one.created_at,
            decided_at=one.decided_at,
        )
        for one in found
    ]


async def _escalation(rows: Rows, escalation_id: str) -> Escalation:
    wanted = select(Escalation).where(Escalation.id == escalation_id).execution_options(populate_existing=True)
    found = await rows.one(wanted)
    if found is None:
        raise NotFound("escalation", escalation_id)
    return found


async def _open_of(rows: Rows, conversation_id: str) -> Escalation | None:
    return await rows.one(select(Escalation).where(Escalation.conversation_id == conversation_id, Escalation.state == "open"))


async def _answer_clock(work: Work, conversation_id: str) -> None:
    """Note that the escalation was answered, for its SLA clock, while anything is promised."""
    if not await work.one(select(exists(select(SlaPolicy.id)))):
        return
    answered = {"conversation_id": conversation_id, "at": work.now, "happened": "escalation_answered", "is_new": True}
    await work.change(insert(SlaEvent).values(**answered))


def _announce_waiting(work: Work, candidates: Sequence[Candidate], escalation: Escalation) -> None:
    """Tell all whom it concerns that what waits for them may have changed."""
    announce_warnings(work)
    told = {one.id for one in deciders_of(candidates, escalation) if not one.is_supervisor} | {escalation.asked_by_id}
    for agent_id in told - {None}:
        work.announce(WarningsChanged(), to=ToAgent(agent_id=agent_id or ""))


def _decided_already(escalation: Escalation) -> str:
    verb = VERBS[escalation.state]  # pyright: ignore[reportArgumentType]
    who = escalation.decided_by_name or "A colleague"
    return f"{who} {verb} this already."
