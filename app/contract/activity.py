"""The record of changes: who changed what, when, and from what to what."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.contract.bases import Event, View

ActorKind = Literal["agent", "contact", "visitor", "api_token", "rule", "operator", "parley"]
Door = Literal["inbox", "widget", "api", "email", "job", "rule", "cli"]


class ChangeView(View):
    """One field that changed. Texts are as they are, anything else is JSON; empty where there was or is nothing."""

    name: str
    before: str | None
    after: str | None


class ActivityView(View):
    """One change of a conversation: `action` is the command's name or what happened by itself. `actor_name` is empty for
    contacts and for Parley itself; `agent_id` and `team_id` are the colleague and team concerned; `cause` is what made it
    happen."""

    id: str
    conversation_id: str
    at: datetime
    action: str
    actor_kind: ActorKind
    actor_id: str | None
    actor_name: str
    door: Door | None
    object_kind: str | None
    object_id: str | None
    agent_id: str | None
    team_id: str | None
    cause: str | None
    changes: list[ChangeView]


class TimelineNameView(View):
    """The name of an agent or a team that changes name by id."""

    id: str
    name: str


class TimelinePage(View):
    """`GET /api/v1/conversations/{id}/timeline`: changes in their order, to be shown between the messages by `at`. `earlier` is
    what to give as `before` for the page before, empty at the beginning. `names` holds every agent and team in them."""

    activities: list[ActivityView]
    names: list[TimelineNameView]
    earlier: str | None
    ok: Literal[True] = True


class ActivityAdded(Event, tag="activity.added"):
    """Changes were made to a conversation, in this order. Sent to agents who have it open."""

    conversation_id: str
    activities: list[ActivityView]
