"""Agents, teams and inboxes, and what was done by right of a role."""

from __future__ import annotations

from datetime import datetime

from app.contract.values import Category, Channel, EmailPrompt, Presence, Role, RoutingMode, View


class ChannelCapacityView(View):
    """The most conversations of one channel an agent is given."""

    channel: Channel
    capacity: int


class AgentView(View):
    """Someone who answers. `presence` is what others may count on now: offline as soon as the lease has lapsed.

    `reason` is the name of why they are not available, `is_idle` that they only have not touched a key, `forced_by_id` the
    supervisor who set their presence. `load` counts their conversations, `weight` is what these take of `capacity`: less
    for some channels, and half for one that has been silent for ten minutes. `idle_seconds` is after how long without a
    touch their browser reports them idle, empty for never. Routing gives nothing to one who is not `takes_chats`.
    """

    id: str
    name: str
    email: str
    role: Role
    presence: Presence
    presence_since: datetime
    reason: str
    is_idle: bool
    forced_by_id: str | None
    load: int
    weight: float
    capacity: int
    takes_chats: bool
    channel_capacity: list[ChannelCapacityView]
    skills: list[str]
    languages: list[str]
    idle_seconds: int | None
    team_ids: list[str]


class TeamView(View):
    """A group of agents. An offer may stay untaken for `accept_seconds` (0: nobody needs to accept), then it goes on, at
    last to the lead. A wait of `longest_seconds` is overdue, and due soon from four fifths on; empty while the team has set
    nothing. With `takes_on_reply` a reply to a conversation without an owner makes it the writer's."""

    id: str
    name: str
    mode: RoutingMode
    accept_seconds: int
    lead_id: str | None
    takes_on_reply: bool
    longest_seconds: int | None


class PresenceReasonView(View):
    """A name admins gave to being away, busy or offline."""

    id: str
    name: str
    presence: Presence


class StatusView(View):
    """A status as admins named it."""

    key: str
    name: str
    category: Category


class InboxView(View):
    """A doorway conversations arrive by, as agents see it. `field_keys` name the answers its form asks for."""

    id: str
    key: str
    name: str
    channel: Channel
    team_id: str | None
    shows_visitors: bool
    previews_typing: bool
    hours_id: str | None
    email_prompt: EmailPrompt
    field_keys: list[str]
    is_archived: bool


class AuditDetailView(View):
    """Something more about what was done."""

    name: str
    value: str


class AuditLineView(View):
    """Something done by right of a role: `action` is the command's name, `agent_id` the colleague it concerned, `detail`
    what was asked for besides."""

    id: str
    action: str
    by_id: str
    by_name: str
    conversation_id: str | None
    agent_id: str | None
    team_id: str | None
    detail: list[AuditDetailView]
    created_at: datetime
