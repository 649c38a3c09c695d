"""Agents and teams: accounts, invitations, passwords and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.values import Channel, Email, Id, Line, Presence, Role, RoutingMode

Password = Annotated[str, Meta(min_length=8, max_length=256)]
OneTimeToken = Annotated[str, Meta(min_length=1, max_length=100)]
TeamIds = Annotated[list[Id], Meta(max_length=100)]
PersonName = Annotated[Line, Meta(min_length=1)]


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


class CreateAgent(Body):
    """`POST /api/v1/agents`"""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Email
    password: Password
    role: Role = "agent"
    team_ids: Annotated[list[Id], Meta(max_length=100)] = []


class CreateTeam(Body):
    """`POST /api/v1/teams`"""

    name: Annotated[Line, Meta(min_length=1)]


class AgentIs(View):
    """The agent after the change."""

    agent: AgentView
    ok: Literal[True] = True


class TeamIs(View):
    """The team after the change."""

    team: TeamView
    ok: Literal[True] = True


class InviteAgent(Body):
    """`POST /api/v1/agents/invitations`: an address that is invited already gets a new link, with this role and teams."""

    email: Email
    role: Role = "agent"
    team_ids: TeamIds = []


class InvitationView(View):
    """An invitation that was not accepted yet. From `expires_at` on its link is void until it is sent again."""

    id: str
    email: str
    role: Role
    team_ids: list[str]
    invited_by_name: str
    created_at: datetime
    expires_at: datetime


class InvitationIs(View):
    """The invitation and its link, shown this once. `is_mailed` says whether the link was mailed as well."""

    invitation: InvitationView
    link: str
    is_mailed: bool
    ok: Literal[True] = True


class LookAtToken(Body):
    """`POST /api/v1/invitations/look` and `POST /api/v1/password-resets/look`"""

    token: OneTimeToken


class InvitedTo(View):
    """The invitation a link belongs to."""

    email: str
    role: Role
    invited_by_name: str
    workspace_name: str
    ok: Literal[True] = True


class AcceptInvitation(Body):
    """`POST /api/v1/invitations/accept`: choose a name and a password, and be signed in."""

    token: OneTimeToken
    name: PersonName
    password: Password


class SaveAgent(Body):
    """`PUT /api/v1/agents/{agent_id}`: name, role and teams, each replaced."""

    name: PersonName
    role: Role
    team_ids: TeamIds


class ResetLink(View):
    """A one-time link to choose a new password, shown this once. `is_mailed` says whether it was mailed as well."""

    link: str
    is_mailed: bool
    ok: Literal[True] = True


class ForgottenPassword(Body):
    """`POST /api/v1/password-resets`: mail a link to this address, if it belongs to an agent."""

    email: Email


class ResetFor(View):
    """The account a reset link belongs to."""

    email: str
    name: str
    ok: Literal[True] = True


class UseReset(Body):
    """`POST /api/v1/password-resets/use`: choose a new password, and be signed in."""

    token: OneTimeToken
    password: Password


class SetOwnName(Body):
    """`PUT /api/v1/me/name`"""

    name: PersonName


class SetOwnPassword(Body):
    """`PUT /api/v1/me/password`: all other sessions end."""

    old_password: Annotated[str, Meta(max_length=256)]
    password: Password


class SessionView(View):
    """A browser an agent is signed in with. `is_this` is the one that asks."""

    id: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


class SessionList(View):
    """An agent's own sessions, this one first, then the last seen."""

    sessions: list[SessionView]
    ok: Literal[True] = True


class PersonView(View):
    """An agent as admins manage them. `open_count` is how many open conversations they hold."""

    id: str
    name: str
    email: str
    role: Role
    team_ids: list[str]
    is_active: bool
    open_count: int
    last_seen_at: datetime | None
    created_at: datetime


class TeamUseView(View):
    """A team as admins manage it: who is in it, what it has open, and which inboxes and rules send conversations to it."""

    id: str
    name: str
    is_archived: bool
    member_count: int
    waiting_count: int
    open_count: int
    inbox_names: list[str]
    rule_names: list[str]


class PeoplePage(View):
    """`GET /api/v1/people`: everything the People page shows. `is_mailing` says whether links are mailed."""

    people: list[PersonView]
    invitations: list[InvitationView]
    teams: list[TeamUseView]
    is_mailing: bool
    ok: Literal[True] = True


class RenameTeam(Body):
    """`PUT /api/v1/teams/{team_id}`"""

    name: PersonName


class ArchiveTeam(Body):
    """`POST /api/v1/teams/{team_id}/archive`: its open conversations go to this team, or, without one, to everyone."""

    move_to: Id | None = None
