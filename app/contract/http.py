"""Bodies of HTTP requests and responses that are not commands."""

from __future__ import annotations

from typing import Annotated, Any, Literal, dataclass_transform

from msgspec import Meta, Struct, field

from app.contract.commands import Email
from app.contract.values import Id, Line, Role, Said
from app.contract.views import (
    AgentView,
    AttachmentView,
    ConversationView,
    InboxView,
    StatusView,
    TeamView,
    TicketView,
    VisitorConversationView,
    WidgetContactView,
    WidgetInboxView,
)

Password = Annotated[str, Meta(min_length=8, max_length=256)]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body."""


class OpenWidget(Asked):
    """`POST /api/v1/widget/sessions`"""

    inbox_key: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]
    visitor_token: Annotated[str, Meta(max_length=512)] | None = None
    identity_token: Annotated[str, Meta(max_length=8192)] | None = None
    locale: Annotated[str, Meta(max_length=35)] | None = None
    page: Annotated[str, Meta(max_length=2000)] | None = None


class WidgetSession(Said):
    """The visitor's token (give it back next time), who they are, and their conversations, newest first."""

    visitor_token: str
    contact: WidgetContactView
    inbox: WidgetInboxView
    conversations: list[VisitorConversationView]
    ok: Literal[True] = True


class Login(Asked):
    """`POST /api/v1/login`"""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=256)]
    code: Annotated[str, Meta(max_length=16)] | None = None


class SetUp(Asked):
    """`POST /api/v1/setup`: the first admin. `setup_code` is printed where the server was started."""

    setup_code: Annotated[str, Meta(max_length=64)]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Email
    password: Password


class SetupState(Said):
    """Whether the first admin is still missing."""

    is_needed: bool
    ok: Literal[True] = True


class SignedIn(Said):
    """The agent now signed in."""

    agent: AgentView
    ok: Literal[True] = True


class Me(Said):
    """Everything the inbox needs to draw itself. `permissions` are what this agent may do."""

    agent: AgentView
    permissions: list[str]
    agents: list[AgentView]
    teams: list[TeamView]
    inboxes: list[InboxView]
    statuses: list[StatusView]
    topics: list[str]
    epoch: str
    ok: Literal[True] = True


class ConversationPage(Said):
    """Conversations in the order of the view. `next` is the cursor of the following page, empty at the end."""

    conversations: list[ConversationView]
    next: str | None
    ok: Literal[True] = True


class ConversationCounts(Said):
    """How many open conversations each view holds."""

    mine: int
    unassigned: int
    all: int
    ok: Literal[True] = True


class TicketPage(Said):
    """Tickets, newest number first."""

    tickets: list[TicketView]
    next: str | None
    ok: Literal[True] = True


class Uploaded(Said):
    """A file, ready to be named in a message."""

    attachment: AttachmentView
    ok: Literal[True] = True


class ContactHistory(Said):
    """A contact's other conversations, newest first."""

    conversations: list[ConversationView]
    ok: Literal[True] = True


class EventPage(Said):
    """Events since the cursor. `is_fresh`: this is a new stream, so sync what you hold first, as after connecting."""

    events: list[Any]
    cursor: str
    is_fresh: bool
    ok: Literal[True] = True


class CreateAgent(Asked):
    """`POST /api/v1/agents`"""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Email
    password: Password
    role: Role = "agent"
    team_ids: Annotated[list[Id], Meta(max_length=100)] = []


class CreateTeam(Asked):
    """`POST /api/v1/teams`"""

    name: Annotated[Line, Meta(min_length=1)]


class AgentIs(Said):
    """The agent after the change."""

    agent: AgentView
    ok: Literal[True] = True


class TeamIs(Said):
    """The team after the change."""

    team: TeamView
    ok: Literal[True] = True
