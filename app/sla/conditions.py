"""The seven clocks as data: when each starts, while it pauses, when it stops, in words an admin can read.

A trigger is something that happens; a state is something that holds after it. `clocks.py` runs any set of these rules, and
knows none of the clocks by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from app.contract.sla import SlaClockName

ClockName = SlaClockName

Trigger = Literal[
    "opened",
    "customer_writes",
    "agent_writes",
    "status_stops",
    "reopened",
    "merged",
    "escalated",
    "escalation_answered",
    "escalation_withdrawn",
]

State = Literal["never_answered", "answered_before", "nothing_unanswered", "not_stopped", "status_pauses", "unassigned"]


class ClockRule(Struct, frozen=True, kw_only=True):
    """One clock. It starts a cycle when any trigger of `starts_when` happens while every state of `only_if` holds and no
    cycle is open, stands still while any state of `pauses_while` holds, is kept when one of `stops_when` happens, and given
    up when one of `ends_when` does."""

    clock: ClockName
    starts_when: tuple[Trigger, ...]
    only_if: tuple[State, ...] = ()
    pauses_while: tuple[State, ...] = ()
    stops_when: tuple[Trigger, ...]
    ends_when: tuple[Trigger, ...] = ("merged",)


WORDS: dict[Trigger | State, str] = {
    "opened": "the ticket is opened",
    "customer_writes": "the customer writes",
    "agent_writes": "an agent replies to the customer",
    "status_stops": "the ticket reaches a status that stops the clock",
    "reopened": "the ticket is reopened",
    "merged": "the ticket is merged into another",
    "escalated": "the ticket is escalated",
    "escalation_answered": "the escalation is answered",
    "escalation_withdrawn": "the escalation is taken back",
    "never_answered": "no agent has replied yet",
    "answered_before": "an agent has replied before",
    "nothing_unanswered": "every message of the customer is answered",
    "not_stopped": "its status does not stop the clock",
    "status_pauses": "its status pauses the clock",
    "unassigned": "nobody is assigned",
}

SEVEN_CLOCKS: tuple[ClockRule, ...] = (
    ClockRule(
        clock="first_response",
        starts_when=("customer_writes",),
        only_if=("never_answered",),
        stops_when=("agent_writes",),
        ends_when=("status_stops", "merged"),
    ),
    ClockRule(
        clock="next_response",
        starts_when=("customer_writes",),
        only_if=("answered_before",),
        stops_when=("agent_writes",),
        ends_when=("status_stops", "merged"),
    ),
    ClockRule(
        clock="periodic_update",
        starts_when=("agent_writes",),
        only_if=("not_stopped",),
        pauses_while=("status_pauses",),
        stops_when=("agent_writes",),
        ends_when=("status_stops", "merged"),
    ),
    ClockRule(
        clock="resolution",
        starts_when=("opened", "reopened"),
        pauses_while=("status_pauses",),
        stops_when=("status_stops",),
    ),
    ClockRule(
        clock="customer_wait",
        starts_when=("opened", "reopened"),
        pauses_while=("nothing_unanswered",),
        stops_when=("status_stops",),
    ),
    ClockRule(
        clock="agent_work",
        starts_when=("opened", "reopened"),
        pauses_while=("status_pauses", "unassigned"),
        stops_when=("status_stops",),
    ),
    ClockRule(
        clock="escalation_response",
        starts_when=("escalated",),
        stops_when=("escalation_answered",),
        ends_when=("escalation_withdrawn", "status_stops", "merged"),
    ),
)


def sentences(rule: ClockRule) -> list[str]:
    """Return the rule as sentences: when it starts, pauses, stops and ends."""
    starts = f"Starts when {_any(rule.starts_when)}"
    lines = [f"{starts}, if {_all(rule.only_if)}." if rule.only_if else f"{starts}."]
    if rule.pauses_while:
        lines.append(f"Pauses while {_any(rule.pauses_while)}.")
    lines.append(f"Stops when {_any(rule.stops_when)}.")
    if rule.ends_when:
        lines.append(f"Ends without a result when {_any(rule.ends_when)}.")
    return lines


def _any(names: Sequence[Trigger | State]) -> str:
    return " or ".join(WORDS[name] for name in names)


def _all(names: Sequence[Trigger | State]) -> str:
    return " and ".join(WORDS[name] for name in names)
