"""Signing in, the first admin, and what the inbox needs to draw itself."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.inboxes import InboxView
from app.contract.people import AgentView, Password, TeamView
from app.contract.presence import PresenceReasonView
from app.contract.statuses import StatusView
from app.contract.values import Email


class Login(Body):
    """`POST /api/v1/login`"""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=256)]
    code: Annotated[str, Meta(max_length=16)] | None = None


class SetUp(Body):
    """`POST /api/v1/setup`: the first admin. `setup_code` is printed where the server was started."""

    setup_code: Annotated[str, Meta(max_length=64)]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Email
    password: Password


class SetupState(View):
    """The state of the setup: whether the first admin is still missing; the workspace's name, and whether a forgotten
    password can be mailed."""

    is_needed: bool
    workspace_name: str
    mails_passwords: bool
    ok: Literal[True] = True


class SignedIn(View):
    """The agent now signed in."""

    agent: AgentView
    ok: Literal[True] = True


class Me(View):
    """Everything the inbox needs to draw itself. `permissions` are what this agent may do, `max_file_bytes` how large a
    file may be."""

    agent: AgentView
    permissions: list[str]
    agents: list[AgentView]
    teams: list[TeamView]
    inboxes: list[InboxView]
    statuses: list[StatusView]
    topics: list[str]
    reasons: list[PresenceReasonView]
    workspace_name: str
    max_file_bytes: int
    epoch: str
    ok: Literal[True] = True
