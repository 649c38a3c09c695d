"""Inboxes: what admins decide about them, their identity secret, their hours, and the sites where their script was seen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Event, View
from app.contract.routing import Language
from app.contract.values import (
    Channel,
    EmailPrompt,
    FormFieldKind,
    FormWhen,
    Id,
    LauncherIcon,
    Line,
    PageOutcome,
    SightingOutcome,
    WidgetPosition,
)

InboxKey = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]
Color = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$(?!\n)")]
Origin = Annotated[str, Meta(pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$(?!\n)", max_length=300)]
SiteUrl = Annotated[str, Meta(pattern=r"^(https?://[^\s\x00-\x1f\x7f\"<>]{1,1990})?$(?!\n)", max_length=2000)]
PageUrl = Annotated[str, Meta(pattern=r"^https?://[^\s\x00-\x1f\x7f\"<>]{1,1990}$(?!\n)", max_length=2000)]
InboxWords = Annotated[str, Meta(max_length=500)]
FieldKey = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$(?!\n)", max_length=40)]
FieldLabel = Annotated[str, Meta(max_length=100)]
FieldOption = Annotated[str, Meta(min_length=1, max_length=100)]


class InboxTextView(View):
    """The greeting and the away text in one language. Empty: the widget's own words."""

    locale: str
    greeting: str
    away: str


class FormFieldView(View):
    """A field of a form. `key` names its answer; a label may be empty for a name, an email or a phone number, which the
    widget names in the visitor's language. `options` are those of a choice."""

    key: str
    label: str
    kind: FormFieldKind
    options: list[str]
    is_required: bool


class InboxFormView(View):
    """Fields asked for before the first message, or after it."""

    when: FormWhen
    fields: list[FormFieldView]


class InboxDetailsView(View):
    """Everything an admin decides about an inbox. `greeting` and `away` are those of `locale`, `texts` those of its other
    languages. `secret_changed_at` is when the identity secret was last shown, empty when it never was; `archived_at` is
    empty while the inbox is in use. `open_count` counts its open conversations."""

    id: str
    key: str
    name: str
    channel: Channel
    team_id: str | None
    hours_id: str | None
    locale: str
    languages: list[str]
    greeting: str
    away: str
    texts: list[InboxTextView]
    color: str
    position: WidgetPosition
    launcher: LauncherIcon
    site_url: str
    allowed_origins: list[str]
    shows_history: bool
    shows_suggestions: bool
    shows_visitors: bool
    previews_typing: bool
    allows_files: bool
    tells_escalations: bool
    has_web_form: bool
    email_prompt: EmailPrompt
    form: InboxFormView | None
    open_count: int
    secret_changed_at: datetime | None
    archived_at: datetime | None
    changed_at: datetime | None
    changed_by: str
    created_at: datetime


class InboxSightingView(View):
    """A site whose script tag asked for an inbox: `ok`, `blocked` because the site is not allowed, or `unknown_key` because
    no inbox has the key it names."""

    key: str
    origin: str
    page: str
    outcome: SightingOutcome
    seen_at: datetime


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


class InboxAvailability(Event, tag="inbox.availability"):
    """The inbox opened, closed, or is staffed now or no longer; said on connecting, too. `agent_names` are of up to four
    agents who are there; `opens_at` is when it opens next, empty while it is open."""

    is_open: bool
    is_staffed: bool
    opens_at: datetime | None
    reply_seconds: int | None
    agent_names: list[str]


class SetInbox(Body):
    """`POST /api/v1/inboxes/{id}`: fields left out stay."""

    shows_visitors: bool | None = None
    previews_typing: bool | None = None


class InboxIs(View):
    """The inbox after the change."""

    inbox: InboxView
    ok: Literal[True] = True


class InboxText(Body):
    """The greeting and the away text in one language."""

    locale: Language
    greeting: InboxWords = ""
    away: InboxWords = ""


class FormField(Body):
    """A field of a form. Only a name, an email and a phone number may do without a label; only a choice has options."""

    key: FieldKey
    kind: FormFieldKind
    label: FieldLabel = ""
    options: Annotated[list[FieldOption], Meta(max_length=30)] = []
    is_required: bool = False


class InboxForm(Body):
    """Fields asked for before the first message, or after it."""

    fields: Annotated[list[FormField], Meta(min_length=1, max_length=20)]
    when: FormWhen = "before"


class SaveInbox(Body):
    """`POST /api/v1/inboxes` and `PUT /api/v1/inboxes/{id}`, which replaces: a field left out goes back to its default.

    Without a `key` a new inbox gets one made of its name; it never changes afterwards. Empty texts stand for the widget's
    own words; `allowed_origins` empty lets every site show the widget.
    """

    name: Annotated[Line, Meta(min_length=1)]
    channel: Literal["chat"] = "chat"
    key: InboxKey | None = None
    team_id: Id | None = None
    hours_id: Id | None = None
    locale: Language = "en"
    languages: Annotated[list[Language], Meta(max_length=20)] = []
    greeting: InboxWords = ""
    away: InboxWords = ""
    texts: Annotated[list[InboxText], Meta(max_length=20)] = []
    color: Color = "#3b4cca"
    position: WidgetPosition = "right"
    launcher: LauncherIcon = "bubble"
    site_url: SiteUrl = ""
    allowed_origins: Annotated[list[Origin], Meta(max_length=50)] = []
    shows_history: bool = True
    shows_suggestions: bool = True
    shows_visitors: bool = False
    previews_typing: bool = False
    allows_files: bool = True
    tells_escalations: bool = True
    has_web_form: bool = True
    email_prompt: EmailPrompt = "ask"
    form: InboxForm | None = None


class InboxList(View):
    """Every inbox by name, archived ones included."""

    inboxes: list[InboxDetailsView]
    ok: Literal[True] = True


class InboxDetailsAre(View):
    """The inbox after the change."""

    inbox: InboxDetailsView
    ok: Literal[True] = True


class InboxSecretIs(View):
    """The new identity secret, shown this once."""

    identity_secret: str
    inbox: InboxDetailsView
    ok: Literal[True] = True


class InboxSightings(View):
    """Pages where the inbox's script was seen, latest first, and tags that name a key no inbox has."""

    sightings: list[InboxSightingView]
    unknown: list[InboxSightingView]
    ok: Literal[True] = True


class CheckPage(Body):
    """The address of a page that is to carry the snippet."""

    url: PageUrl


class PageCheckIs(View):
    """The result of a check of the page's HTML for the snippet. `key` is the inbox it names, empty without one. `found`,
    `other_key`, `blocked_by_csp` (the page's Content-Security-Policy lets no browser load it), `not_found` (a tag manager
    may still add it), `private_address`, or `unreachable`, also for a page that answers with an error."""

    url: str
    outcome: PageOutcome
    key: str
    ok: Literal[True] = True
