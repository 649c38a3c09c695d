"""Routing over HTTP: rules and what they would do, how teams and agents are served, hours, and why somebody was chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.forms import FieldValue
from app.contract.values import Channel, Email, Id, Line, Presence, Priority, RoutingMode, RuleTrouble

Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)", max_length=35)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
Names = Annotated[list[Name], Meta(max_length=50)]
Ids = Annotated[list[Id], Meta(max_length=200)]
Verdict = Literal[
    "chosen",
    "not_here",
    "away",
    "busy",
    "offline",
    "missing_skill",
    "missing_language",
    "full",
    "full_on_channel",
    "not_taking",
    "has_passed",
    "handed_over",
    "more_load",
    "served_later",
    "by_hand_only",
]


class FieldCondition(Body):
    """A field of the form holds one of these values."""

    name: Name
    values: Names


class RuleConditions(Body):
    """The conditions of a rule: each one given must hold, and holds when any one of its values does. None given: always.

    `pages` are parts of the address, where `*` stands for anything; `languages` match their dialects; `domains` are those
    of the contact's email address and match what lies below them; `words` are whole words of the first message;
    `is_open` is whether the inbox is within its business hours.
    """

    inbox_ids: Ids = []
    channels: Annotated[list[Channel], Meta(max_length=10)] = []
    pages: Annotated[list[Annotated[str, Meta(min_length=1, max_length=500)]], Meta(max_length=50)] = []
    languages: Annotated[list[Language], Meta(max_length=50)] = []
    topics: Names = []
    priorities: Annotated[list[Priority], Meta(max_length=4)] = []
    domains: Annotated[list[Annotated[str, Meta(min_length=1, max_length=253)]], Meta(max_length=50)] = []
    companies: Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=50)] = []
    fields: Annotated[list[FieldCondition], Meta(max_length=20)] = []
    words: Names = []
    is_open: bool | None = None


class OverflowStep(Body):
    """After so many seconds in the queue before it, the conversation moves on to this team."""

    team_id: Id
    after_seconds: Annotated[int, Meta(ge=5, le=86_400)]


class RuleActions(Body):
    """The decisions of a rule. Fields left out stay as they are.

    With `needs_language` only agents who speak the contact's language are asked. When `queue_limit` conversations wait
    already, the contact is written `full_message` and the conversation becomes a ticket; it keeps its place in the queue.
    """

    team_id: Id | None = None
    skills: Annotated[list[Name], Meta(max_length=20)] = []
    needs_language: bool = False
    priority: Priority | None = None
    overflow: Annotated[list[OverflowStep], Meta(max_length=5)] = []
    queue_limit: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    full_message: Annotated[str, Meta(max_length=2000)] = ""


class SaveRule(Body):
    """`POST /api/v1/routing/rules` and `PUT /api/v1/routing/rules/{rule_id}`"""

    name: Annotated[Line, Meta(min_length=1)]
    conditions: RuleConditions
    actions: RuleActions
    is_enabled: bool = True


class OrderRules(Body):
    """`PUT /api/v1/routing/rules`: every rule's id, first to be tried first."""

    rule_ids: Annotated[list[Id], Meta(max_length=500)]


class RuleProblem(View):
    """A problem of a rule that could still be saved."""

    code: RuleTrouble
    detail: str


class RuleView(View):
    """A rule, with what is wrong with it."""

    id: str
    position: int
    name: str
    is_enabled: bool
    conditions: RuleConditions
    actions: RuleActions
    problems: list[RuleProblem]
    changed_at: datetime


class RuleIs(View):
    """The rule after the change."""

    rule: RuleView
    ok: Literal[True] = True


class RuleList(View):
    """Every rule, in the order they are tried."""

    rules: list[RuleView]
    ok: Literal[True] = True


class DryRun(Body):
    """`POST /api/v1/routing/dry-run`: what would happen to this message? Nothing is written."""

    inbox_id: Id
    body: Annotated[str, Meta(max_length=10_000)] = ""
    page_url: Annotated[str, Meta(max_length=2000)] = ""
    language: Annotated[str, Meta(max_length=35)] = ""
    email: Email | None = None
    company: Line = ""
    fields: Annotated[list[FieldValue], Meta(max_length=20)] = []
    priority: Priority = "medium"
    at: datetime | None = None


class ConditionTrace(View):
    """One condition: what it wants, what was found, whether it holds."""

    condition: str
    wanted: list[str]
    found: str
    holds: bool


class RuleTrace(View):
    """One rule tried: whether it matches, and each of its conditions."""

    rule_id: str
    name: str
    matches: bool
    conditions: list[ConditionTrace]


class CandidateView(View):
    """One agent of the team as a decision saw them, and why it was or was not them."""

    agent_id: str
    name: str
    presence: Presence
    has_lease: bool
    weight: float
    capacity: int
    last_assigned_at: datetime | None
    verdict: Verdict


class VerdictCount(View):
    """The number of further agents with one verdict."""

    verdict: Verdict
    count: int


class DryRunIs(View):
    """The outcome of a dry run. `rule` is the first that matches, empty when the inbox's own team gets it; `agent_id` is the
    agent who would be given it this second, empty when it would wait; `waiting_count` is how many wait in that queue
    already."""

    topic: str
    is_open: bool
    rule: RuleView | None
    trace: list[RuleTrace]
    team_id: str | None
    skills: list[str]
    language: str | None
    priority: Priority
    overflow: list[OverflowStep]
    waiting_count: int
    is_full: bool
    agent_id: str | None
    candidates: list[CandidateView]
    others: list[VerdictCount]
    ok: Literal[True] = True


class DecisionView(View):
    """A routing decision: the agent or queue that got a conversation, when, and why.

    `made_by_id` is the agent who did it by hand, empty for routing. `reason` is one of routed, offered, to_lead, claimed,
    assigned, transferred, reopened, agent_left, missed, declined, untaken, overflow, deactivated, replied, nobody_else. Candidates are those
    who came closest, in the order of the choice; `others` counts the rest.
    """

    id: str
    conversation_id: str
    agent_id: str | None
    agent_name: str | None
    team_id: str | None
    team_name: str | None
    made_by_id: str | None
    made_by_name: str | None
    reason: str
    outcome: str | None
    mode: RoutingMode | None
    is_sticky: bool
    rule_id: str | None
    rule_name: str | None
    skills: list[str]
    language: str | None
    waited_seconds: float | None
    candidates: list[CandidateView]
    others: list[VerdictCount]
    started_at: datetime
    ended_at: datetime | None


class DecisionList(View):
    """Every decision about one conversation, newest first, and how the rules were tried when it came."""

    decisions: list[DecisionView]
    trace: list[RuleTrace]
    ok: Literal[True] = True


class SetTeamRouting(Body):
    """`PUT /api/v1/teams/{team_id}/routing`: `takes_on_reply` left out stays as it is."""

    mode: RoutingMode = "least_load"
    accept_seconds: Annotated[int, Meta(ge=0, le=3600)] = 0
    lead_id: Id | None = None
    takes_on_reply: bool | None = None


class ChannelCapacity(Body):
    """The most conversations of one channel an agent is given."""

    channel: Channel
    capacity: Annotated[int, Meta(ge=0, le=100)]


class SetAgentRouting(Body):
    """`PUT /api/v1/agents/{agent_id}/routing`: `takes_chats` and `team_ids` left out stay as they are."""

    capacity: Annotated[int, Meta(ge=0, le=100)]
    channel_capacity: Annotated[list[ChannelCapacity], Meta(max_length=10)] = []
    skills: Annotated[list[Name], Meta(max_length=50)] = []
    languages: Annotated[list[Language], Meta(max_length=50)] = []
    team_ids: Ids | None = None
    takes_chats: bool | None = None
