"""The supervisors' wall."""

from __future__ import annotations

from datetime import datetime

from app.contract.values import Stuck, Unserved, View
from app.contract.views.people import AgentView


class ThresholdsView(View):
    """The thresholds of a queue: a figure that has come this far is too much, and near it from four fifths on.

    `answer_seconds` is how soon after the contact's first message an answer is promised.
    """

    waiting_count: int
    longest_seconds: int
    p90_seconds: int
    answer_seconds: int


class QueueWallView(View):
    """One team's queue now, and its day (UTC) so far. `team_id` is empty for conversations no team has.

    `at_risk_count` have waited four fifths of `thresholds.longest_seconds` or more; the next one will have at
    `next_at_risk_at`. `wait_p50_seconds` and `wait_p90_seconds` are of the waits that ended today in an agent's hands,
    empty without one. `abandoned_today` were ended by their contact before anybody answered. Of `answered_today`, the
    first answers given today, `answered_in_time_today` came within `thresholds.answer_seconds`; `unanswered_late_count`
    wait for theirs now and have for longer than that, and the next one will have at `next_late_at`. Of `promised_today`,
    the ranges of waiting time told to contacts today whose wait is over, `kept_today` held. `unserved` says why nobody will
    be given what waits, as long as nothing changes: nobody is in the team, none of it may hold anything, none of it is online.
    """

    team_id: str | None
    name: str
    waiting_count: int
    unserved: Unserved | None
    oldest_waiting_at: datetime | None
    at_risk_count: int
    next_at_risk_at: datetime | None
    open_count: int
    online_count: int
    wait_p50_seconds: float | None
    wait_p90_seconds: float | None
    abandoned_today: int
    answered_today: int
    answered_in_time_today: int
    unanswered_late_count: int
    next_late_at: datetime | None
    promised_today: int
    kept_today: int
    thresholds: ThresholdsView


class ChatWallView(View):
    """A conversation an agent holds, since when, and since when its contact waits for an answer (empty: they do not)."""

    conversation_id: str
    contact_id: str
    contact_name: str
    since: datetime
    waiting_since: datetime | None


class AgentWallView(View):
    """An agent and what they hold now, longest first. `chats` stays empty when they hold more than twelve.

    `missed_today` offers went on because the agent did not take them in time.
    """

    agent: AgentView
    missed_today: int
    chat_count: int
    chats: list[ChatWallView]


class StuckWallView(View):
    """A conversation that routing gives to nobody as things stand, and why: everyone who could take it declined, or nobody
    in the team speaks its language or has its skills (`detail`)."""

    conversation_id: str
    contact_name: str
    team_id: str | None
    reason: Stuck
    detail: str
    queued_at: datetime | None


class CsatWallView(View):
    """Contacts' scores today (UTC). `average` of 1 to 5, empty without an answer; 4 and 5 are satisfied."""

    average: float | None
    answered_count: int
    satisfied_count: int


class WallView(View):
    """The wall a supervisor watches: every queue and every agent now, and the day (UTC) so far."""

    queues: list[QueueWallView]
    stuck: list[StuckWallView]
    agents: list[AgentWallView]
    csat: CsatWallView
    opened_today: int
    resolved_today: int
    made_at: datetime
