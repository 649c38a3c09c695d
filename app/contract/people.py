"""People over HTTP: invitations, roles and teams, passwords and sessions, the workspace and its setup checklist."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.commands import Email
from app.contract.http import Body, Password
from app.contract.values import ChecklistItemKey, Id, Line, Role, View

OneTimeToken = Annotated[str, Meta(min_length=1, max_length=100)]
TeamIds = Annotated[list[Id], Meta(max_length=100)]
PersonName = Annotated[Line, Meta(min_length=1)]


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


class WorkspaceView(View):
    """The workspace: its name, and who changed it last."""

    name: str
    changed_by_name: str
    changed_at: datetime | None


class WorkspaceIs(View):
    """The workspace after the change."""

    workspace: WorkspaceView
    ok: Literal[True] = True


class SetWorkspace(Body):
    """`PUT /api/v1/workspace`"""

    name: PersonName


class ChecklistItem(View):
    """One step of the setup, done or not. `detail` is the fact that shows it, such as the site that was seen, at `at`."""

    key: ChecklistItemKey
    is_done: bool
    detail: str
    at: datetime | None


class Checklist(View):
    """`GET /api/v1/setup/checklist`: what is set up and what is left, in order."""

    items: list[ChecklistItem]
    is_hidden: bool
    ok: Literal[True] = True


class HideChecklist(Body):
    """`PUT /api/v1/setup/checklist`"""

    is_hidden: bool
