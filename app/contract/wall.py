"""The supervisors' wall, and the thresholds of its queues."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Command, Done, Event, Reply, View
from app.contract.people import AgentView
from app.contract.values import Id, Stuck, Unserved


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
    `sla_late_count` conversations have a missed SLA clock that still runs, `sla_at_risk_count` others have one that has warned.
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
    sla_late_count: int
    sla_at_risk_count: int
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


class Watching(Reply):
    """The wall as it is now; changes follow as events."""

    wall: WallView
    ok: Literal[True] = True


class WatchWall(Command, tag="wall.watch", answers=Watching | Done):
    """Start or stop receiving `wall.changed` on this connection; with `by_rows` mostly `wall.moved` instead. For
    supervisors."""

    watching: bool
    by_rows: bool = False


class SetThresholds(Command, tag="team.set_thresholds", answers=Done):
    """From which figures on a team's queue needs somebody, on every wall; times in seconds."""

    team_id: Id
    waiting_count: Annotated[int, Meta(ge=1, le=100_000)]
    longest_seconds: Annotated[int, Meta(ge=1, le=604_800)]
    p90_seconds: Annotated[int, Meta(ge=1, le=604_800)]
    answer_seconds: Annotated[int, Meta(ge=1, le=604_800)]


class WallChanged(Event, tag="wall.changed"):
    """The wall, whole, at most once a second."""

    wall: WallView


class WallMoved(Event, tag="wall.moved"):
    """Changes since the wall made at `after`: queues and agents that replace those of the same id, and all single figures;
    `stuck` is empty while it is as it was. A wall older than `after` cannot be brought up to date by it: watch anew."""

    after: datetime
    queues: list[QueueWallView]
    agents: list[AgentWallView]
    stuck: list[StuckWallView] | None
    csat: CsatWallView
    opened_today: int
    resolved_today: int
    made_at: datetime


class ThresholdsChanged(Event, tag="team.thresholds_changed"):
    """From which figures on a team's queue needs somebody was set anew."""

    team_id: str
    thresholds: ThresholdsView
