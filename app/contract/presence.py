"""Presence of agents: available or not, why, and whether routing gives them conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Command, Event, Reply, View
from app.contract.people import AgentView
from app.contract.routing import Name
from app.contract.values import Id, Presence


class PresenceReasonView(View):
    """A name admins gave to being away, busy or offline."""

    id: str
    name: str
    presence: Presence


class PresenceIs(Reply):
    """The agent after the change."""

    agent: AgentView
    ok: Literal[True] = True


class SetPresence(Command, tag="presence.set", answers=PresenceIs):
    """The agent is available (`online`) or not. Kept until changed, and true only while the lease lives.

    `reason_id` names why. With `is_automatic` the browser speaks: away because nobody touched a key, online because
    somebody did; that never changes what the agent chose, and counts only once every open tab says so.
    """

    presence: Presence
    reason_id: Id | None = None
    is_automatic: bool = False


class ForcePresence(Command, tag="presence.force", answers=PresenceIs):
    """A supervisor sets a colleague's presence; the colleague is told by whom, and may change it again."""

    agent_id: Id
    presence: Presence
    reason_id: Id | None = None


class PresenceChanged(Event, tag="presence.changed"):
    """An agent came, went, or holds more or less than before."""

    agent: AgentView


class PresenceMoved(Event, tag="presence.moved"):
    """A colleague came, went, or holds more or less than before; all else is as it was. Fields are as in the agent."""

    agent_id: str
    presence: Presence
    presence_since: datetime
    reason: str
    is_idle: bool
    load: int
    weight: float
    takes_chats: bool


class PresenceForced(Event, tag="presence.forced"):
    """A supervisor has set your presence."""

    agent: AgentView
    by_id: str
    by_name: str


class SetTakesChats(Body):
    """`PUT /api/v1/me/takes-chats`: whether routing gives me conversations."""

    takes_chats: bool


class SetIdle(Body):
    """`PUT /api/v1/me/idle`: after how long without a touch my browser may say I am idle; empty for never."""

    idle_seconds: Annotated[int, Meta(ge=60, le=86_400)] | None


class SaveReason(Body):
    """`POST /api/v1/presence-reasons`"""

    name: Name
    presence: Literal["away", "busy", "offline"]


class ReasonList(View):
    """Every reason, by name."""

    reasons: list[PresenceReasonView]
    ok: Literal[True] = True
