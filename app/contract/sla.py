"""SLA over HTTP: the policies admins keep, what a change would do, and the clocks of a conversation with their accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Event, View
from app.contract.values import Id, Line, Priority

SlaClockName = Literal[
    "first_response",
    "next_response",
    "periodic_update",
    "resolution",
    "customer_wait",
    "agent_work",
    "escalation_response",
]
SlaProgress = Literal["running", "paused", "kept", "missed", "given_up"]
SlaMinutes = Annotated[int, Meta(ge=1, le=5_270_400)]
SlaWarning = Annotated[int, Meta(ge=0, le=5_270_400)]


class NextDueView(View):
    """The open SLA clock that is due first. It is missed once `due_at` has come; from `warn_at` on it is about to be."""

    clock: SlaClockName
    due_at: datetime
    warn_at: datetime | None


class SlaChanged(Event, tag="sla.changed"):
    """An SLA clock of a conversation started, stopped, paused, warned or was missed. `next_due` is the open one that is due
    first, if any. Each clock with its account: `GET /api/v1/conversations/{conversation_id}/sla`."""

    conversation_id: str
    next_due: NextDueView | None


class SlaTarget(Body):
    """The minutes a clock may run for tickets of a priority; with `warn_minutes` it warns so long before. `around_the_clock`
    counts every minute, not only the hours of the policy."""

    clock: SlaClockName
    priority: Priority
    minutes: SlaMinutes
    warn_minutes: SlaWarning = 0
    around_the_clock: bool = False


class SlaConditions(Body):
    """The conversations a policy is for. Each list that is not empty has to hold the conversation's own value."""

    inbox_ids: Annotated[list[Id], Meta(max_length=100)] = []
    team_ids: Annotated[list[Id], Meta(max_length=100)] = []
    topics: Annotated[list[Line], Meta(max_length=100)] = []
    priorities: Annotated[list[Priority], Meta(max_length=4)] = []
    companies: Annotated[list[Line], Meta(max_length=200)] = []


class SaveSlaPolicy(Body):
    """`POST /api/v1/sla/policies` and `PUT /api/v1/sla/policies/{policy_id}`, which replaces. Without `hours_id` every minute
    counts. `version` is the one that was edited: when a colleague has saved another meanwhile, the change is refused."""

    name: Annotated[Line, Meta(min_length=1)]
    conditions: SlaConditions
    targets: Annotated[list[SlaTarget], Meta(min_length=1, max_length=28)]
    hours_id: Id | None = None
    version: Annotated[int, Meta(ge=1)] | None = None


class OrderSlaPolicies(Body):
    """`PUT /api/v1/sla/policies`: every policy's id in the order they are tried."""

    policy_ids: Annotated[list[Id], Meta(max_length=200)]


class TrySlaPolicy(Body):
    """`POST /api/v1/sla/dry-run`: what would saving this policy make overdue? Without `policy_id` it would be a new one."""

    policy: SaveSlaPolicy
    policy_id: Id | None = None


class SlaPolicyView(View):
    """A policy as it is now. `version` grows with each change; older ones are kept."""

    id: str
    name: str
    version: int
    hours_id: str | None
    conditions: SlaConditions
    targets: list[SlaTarget]
    changed_at: datetime
    changed_by: str


class SlaPolicyIs(View):
    """The policy after the change."""

    policy: SlaPolicyView


class SlaPolicyList(View):
    """Every policy in the order they are tried; the first that matches applies."""

    policies: list[SlaPolicyView]


class SlaOverdueView(View):
    """A clock that would be overdue, and is not now. `ticket_number` is empty without a ticket."""

    conversation_id: str
    contact_id: str
    contact_name: str
    ticket_number: int | None
    clock: SlaClockName
    due_at: datetime


class SlaDryRunIs(View):
    """Clocks that would become overdue among the `looked_at` open conversations; `overdue` holds the first 50 of
    `overdue_count`. `is_complete` says that every open conversation was looked at."""

    looked_at: int
    is_complete: bool
    overdue_count: int
    overdue: list[SlaOverdueView]


class SlaStretchView(View):
    """Time that counted."""

    start: datetime
    end: datetime
    minutes: float


class SlaPauseView(View):
    """Time in which the clock stood still, and why: `status_pauses`, `nothing_unanswered`, `unassigned`. `end` is empty while
    it lasts."""

    start: datetime
    end: datetime | None
    because: list[str]


class SlaAccountView(View):
    """The account of a due time. The stretches add up to `counted_minutes`: the target, or what a paused clock has used."""

    policy_id: str
    policy_name: str
    policy_version: int
    hours_id: str | None
    hours_version: int | None
    time_zone: str
    target_minutes: float
    warn_minutes: float
    around_the_clock: bool
    counted_minutes: float
    stretches: list[SlaStretchView]
    pauses: list[SlaPauseView]
    holidays: list[str]


class SlaClockView(View):
    """A cycle of a clock. `due_at` is empty while it pauses in time and when nothing was promised; then `account` is empty as
    well. `warned_at` and `breached_at` are when the warning and the due time came and found it running."""

    clock: SlaClockName
    cycle: int
    progress: SlaProgress
    is_overdue: bool
    started_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    remaining_minutes: float | None
    warned_at: datetime | None
    breached_at: datetime | None
    account: SlaAccountView | None


class PriorityDueView(View):
    """A priority and the clock that would be due first with it; empty when nothing is promised then."""

    priority: Priority
    next_due: NextDueView | None


class DueByPriority(View):
    """`GET /api/v1/conversations/{conversation_id}/sla/priorities`: the due time of each priority, were it set at `at`. No entry
    while there is no policy."""

    at: datetime
    due: list[PriorityDueView]
    ok: Literal[True] = True


class SlaClockList(View):
    """Every cycle of every clock of a conversation, computed from what has happened until `at`."""

    at: datetime
    clocks: list[SlaClockView]
