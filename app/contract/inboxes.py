"""Inboxes over HTTP: what admins decide about them, their identity secret, and the check that the widget is on a site."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.http import Body, InboxKey
from app.contract.routing import Language
from app.contract.values import EmailPrompt, FormFieldKind, FormWhen, Id, LauncherIcon, Line, PageOutcome, View, WidgetPosition
from app.contract.views import InboxDetailsView, InboxSightingView

Color = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$(?!\n)")]
Origin = Annotated[str, Meta(pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$(?!\n)", max_length=300)]
SiteUrl = Annotated[str, Meta(pattern=r"^(https?://[^\s\x00-\x1f\x7f\"<>]{1,1990})?$(?!\n)", max_length=2000)]
PageUrl = Annotated[str, Meta(pattern=r"^https?://[^\s\x00-\x1f\x7f\"<>]{1,1990}$(?!\n)", max_length=2000)]
InboxWords = Annotated[str, Meta(max_length=500)]
FieldKey = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$(?!\n)", max_length=40)]
FieldLabel = Annotated[str, Meta(max_length=100)]
FieldOption = Annotated[str, Meta(min_length=1, max_length=100)]


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
