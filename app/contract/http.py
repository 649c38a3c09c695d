"""Bodies of HTTP requests and responses that are not commands."""

from __future__ import annotations

from typing import Annotated, Any, Literal, dataclass_transform

from msgspec import Meta, Struct, field

from app.contract.commands import Email, Url
from app.contract.values import (
    Id,
    IdentityState,
    Line,
    ListView,
    MessageBody,
    Priority,
    Role,
    Shelf,
    Sort,
    Staffing,
    StepKind,
    View,
    VisitorKind,
)
from app.contract.views import (
    AgentView,
    AttachmentView,
    AuditLineView,
    CannedResponseView,
    ContactDetailsView,
    ContactView,
    ConversationView,
    DraftView,
    GreetingView,
    InboxView,
    MacroView,
    NoticeView,
    PageView,
    PresenceReasonView,
    ProactiveMessageView,
    SavedViewView,
    ScoreView,
    StatusView,
    SuggestionView,
    TeamView,
    TicketView,
    VisitorConversationView,
    WidgetContactView,
    WidgetInboxView,
)

InboxKey = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]
VisitorToken = Annotated[str, Meta(max_length=512)]
Password = Annotated[str, Meta(min_length=8, max_length=256)]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body."""


class OpenWidget(Body):
    """`POST /api/v1/widget/sessions`"""

    inbox_key: InboxKey
    visitor_token: VisitorToken | None = None
    identity_token: Annotated[str, Meta(max_length=8192)] | None = None
    locale: Annotated[str, Meta(max_length=35)] | None = None
    page: Annotated[str, Meta(max_length=2000)] | None = None
    link_token: Annotated[str, Meta(max_length=256)] | None = None
    """From a link in a mail: opens the widget as the contact the mail went to."""


class WidgetSession(View):
    """The visitor's token (give it back next time), who they are, and their conversations, newest first. `articles` are a
    few of the help centre's, where the inbox suggests any."""

    visitor_token: str
    contact: WidgetContactView
    inbox: WidgetInboxView
    conversations: list[VisitorConversationView]
    articles: list[SuggestionView]
    identity: IdentityState
    ok: Literal[True] = True


class SignOutVisitor(Body):
    """`POST /api/v1/widget/sign-out`: the visitor's token of this browser is void from now on."""

    visitor_token: VisitorToken


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


class ConversationPage(View):
    """Conversations in the order of the view. `next` is the cursor of the following page, empty at the end. `is_reading`
    says of a search that words of many messages are still being put into the index, after a restore, say: it may lack
    some."""

    conversations: list[ConversationView]
    next: str | None
    is_reading: bool
    ok: Literal[True] = True


class SavedCount(View):
    """The number of conversations a saved view holds, counted up to 1,000."""

    id: str
    count: int


class ConversationCounts(View):
    """The numbers of open conversations in each view, and in each saved view of this agent."""

    mine: int
    unassigned: int
    all: int
    saved: list[SavedCount]
    ok: Literal[True] = True


class Desk(View):
    """The agent's toolbox: their own and shared views, canned responses and macros, drafts, and every tag in use."""

    views: list[SavedViewView]
    canned: list[CannedResponseView]
    macros: list[MacroView]
    drafts: list[DraftView]
    tags: list[str]
    ok: Literal[True] = True


class ListFilter(Body):
    """The filter and order of a list; fields left out narrow nothing."""

    view: ListView = "all"
    shelf: Shelf = "open"
    query: Line = ""
    tag: Annotated[str, Meta(max_length=40)] = ""
    priority: Priority | None = None
    status: Annotated[str, Meta(max_length=40)] = ""
    team_id: Id | None = None
    inbox_id: Id | None = None
    agent_id: Id | None = None
    sort: Sort = "newest"


class SaveView(Body):
    """`POST /api/v1/views`, `PUT /api/v1/views/{id}`"""

    name: Annotated[Line, Meta(min_length=1)]
    filter: ListFilter
    is_shared: bool = False


class SaveCannedResponse(Body):
    """`POST /api/v1/canned-responses`, `PUT /api/v1/canned-responses/{id}`"""

    shortcut: Annotated[str, Meta(max_length=40, pattern=r"^[^\s/]{1,40}$(?!\n)")]
    body: Annotated[MessageBody, Meta(min_length=1)]
    is_shared: bool = False


class MacroStep(Body):
    """One action of a macro, as in MacroStepView."""

    do: StepKind
    value: Annotated[MessageBody, Meta(min_length=1)]


class SaveMacro(Body):
    """`POST /api/v1/macros`, `PUT /api/v1/macros/{id}`"""

    name: Annotated[Line, Meta(min_length=1)]
    steps: Annotated[list[MacroStep], Meta(min_length=1, max_length=20)]
    is_shared: bool = False


class NoticeList(View):
    """Warnings to fix, and those this agent has dismissed."""

    notices: list[NoticeView]
    ok: Literal[True] = True


class DismissNotice(Body):
    """Do not tell me this again, as long as it lasts."""

    key: Annotated[str, Meta(min_length=1, max_length=200)]


class SavedViewIs(View):
    """The view after the change."""

    view: SavedViewView
    ok: Literal[True] = True


class CannedResponseIs(View):
    """The canned response after the change."""

    canned: CannedResponseView
    ok: Literal[True] = True


class MacroIs(View):
    """The macro after the change."""

    macro: MacroView
    ok: Literal[True] = True


class TicketPage(View):
    """Tickets, newest number first."""

    tickets: list[TicketView]
    next: str | None
    ok: Literal[True] = True


class Uploaded(View):
    """A file, ready to be named in a message."""

    attachment: AttachmentView
    ok: Literal[True] = True


class ContactHistory(View):
    """A contact's conversations, newest first. `next` is the cursor of the following page, empty at the end."""

    conversations: list[ConversationView]
    next: str | None
    ok: Literal[True] = True


class ContactKnown(View):
    """Everything known of a contact besides their conversations; each list newest first."""

    contact: ContactView
    details: ContactDetailsView
    pages: list[PageView]
    tickets: list[TicketView]
    scores: list[ScoreView]
    ok: Literal[True] = True


class TellVisit(Body):
    """`POST /api/v1/widget/visits`: a launcher says where its visitor is. `is_waiting` holds the answer back until there
    is something to say, or 20 s; `is_leaving` says that the page is being closed."""

    inbox_key: InboxKey
    url: Url
    visitor_token: VisitorToken | None = None
    title: Line = ""
    locale: Annotated[str, Meta(max_length=35)] = ""
    timezone: Annotated[str, Meta(max_length=60)] | None = None
    browser: Annotated[str, Meta(max_length=400)] | None = None
    is_returning: bool = False
    is_waiting: bool = False
    is_leaving: bool = False


class VisitTold(View):
    """The messages a launcher may show, and when to ask again: `again_seconds` 0 is never, as when the inbox does not want
    to know. `greetings` are those whose rules fit this page, in their order; `invitation` is an agent's own word."""

    visitor_token: str
    greetings: list[GreetingView]
    invitation: GreetingView | None
    again_seconds: float
    ok: Literal[True] = True


class TellGreeting(Body):
    """`POST /api/v1/widget/greetings`: a greeting was shown, or waved away."""

    visitor_token: VisitorToken
    greeting_id: Id
    outcome: Literal["shown", "dismissed"]


class SaveProactiveMessage(Body):
    """`POST /api/v1/proactive-messages` and `/{id}`: a message and when it is shown. Empty conditions hold for everybody."""

    inbox_id: Id
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    body: Annotated[str, Meta(min_length=1, max_length=500)]
    is_on: bool = True
    page: Annotated[str, Meta(max_length=500)] = ""
    locale: Annotated[str, Meta(max_length=35)] = ""
    visitor: VisitorKind = "any"
    staffing: Staffing = "any"
    after_seconds: Annotated[int, Meta(ge=0, le=3600)] = 10
    every_days: Annotated[int, Meta(ge=0, le=365)] = 7
    agent_id: Id | None = None


class OrderProactiveMessages(Body):
    """`POST /api/v1/proactive-messages/order`: all of an inbox's, first to last."""

    inbox_id: Id
    ids: Annotated[list[Id], Meta(max_length=200)]


class ProactiveMessages(View):
    """Every proactive message, in order."""

    messages: list[ProactiveMessageView]
    ok: Literal[True] = True


class ProactiveMessageIs(View):
    """The proactive message after the change."""

    message: ProactiveMessageView
    ok: Literal[True] = True


class SetInbox(Body):
    """`POST /api/v1/inboxes/{id}`: fields left out stay."""

    shows_visitors: bool | None = None
    previews_typing: bool | None = None


class InboxIs(View):
    """The inbox after the change."""

    inbox: InboxView
    ok: Literal[True] = True


class EventPage(View):
    """Events since the cursor. `is_fresh`: this is a new stream, so sync what you hold first, as after connecting."""

    events: list[Any]
    cursor: str
    is_fresh: bool
    ok: Literal[True] = True


class AuditPage(View):
    """`GET /api/v1/audit`: a page of what was done by right of a role, newest first."""

    lines: list[AuditLineView]
    next: str | None
    ok: Literal[True] = True


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
