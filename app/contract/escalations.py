"""Escalations: who may decide, and what was asked and decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Command, Event, View
from app.contract.conversations import Changed
from app.contract.values import Id, Presence

MAX_REASON = 2000
EscalationState = Literal["open", "approved", "declined", "withdrawn"]


class EscalateConversation(Command, tag="conversation.escalate", answers=Changed):
    """Raise the level and ask for a decision, with the reason. Without `approver_id` any supervisor of the team decides."""

    conversation_id: Id
    level: Annotated[int, Meta(ge=1, le=3)]
    reason: Annotated[str, Meta(min_length=1, max_length=MAX_REASON)]
    approver_id: Id | None = None


class DeescalateConversation(Command, tag="conversation.deescalate", answers=Changed):
    """Take an escalation back: level 0, without a reason."""

    conversation_id: Id


class ConversationEscalated(Event, tag="conversation.escalated"):
    """A colleague, or a rule (`by_id` is empty then), asks for a decision about a conversation."""

    conversation_id: str
    contact_name: str
    level: int
    reason: str
    by_id: str
    by_name: str


class ApproverView(View):
    """An agent who can be asked to decide. While they are away the substitute may decide besides; empty when nobody could
    stand in."""

    agent_id: str
    name: str
    presence: Presence
    is_supervisor: bool
    is_away: bool
    substitute_id: str | None
    substitute_name: str | None


class ApproverList(View):
    """A list of those who can decide about a conversation, supervisors of its team first. `team_approvers` are the names of those who
    are asked when no approver is named; `team_name` is empty when they are of no single team."""

    approvers: list[ApproverView]
    team_name: str | None
    team_approvers: list[str]
    present_team_approvers: list[str]
    ok: Literal[True] = True


class EscalationView(View):
    """An escalation. Without `approver_id` any supervisor of the team decides. `rule_name` is the rule that asked, empty when
    an agent did. `waits_for_me` and `may_withdraw` are the reader's own."""

    id: str
    conversation_id: str
    contact_name: str
    level: int
    reason: str
    state: EscalationState
    asked_by_id: str | None
    asked_by_name: str
    rule_id: str | None
    approver_id: str | None
    approver_name: str | None
    substitute_id: str | None
    substitute_name: str | None
    team_name: str | None
    waits_for_me: bool
    may_withdraw: bool
    decided_by_name: str
    answer: str
    created_at: datetime
    decided_at: datetime | None


class EscalationList(View):
    """Escalations, newest first. `waiting_count` is how many wait for the reader."""

    escalations: list[EscalationView]
    waiting_count: int
    ok: Literal[True] = True


class EscalationIs(View):
    """The escalation after the change."""

    escalation: EscalationView
    ok: Literal[True] = True


class DecideEscalation(Body):
    """`POST /api/v1/escalations/{escalation_id}/decision`: a decline needs its reason."""

    is_approved: bool
    reason: Annotated[str, Meta(max_length=MAX_REASON)] = ""
