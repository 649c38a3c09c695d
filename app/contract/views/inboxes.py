"""Inboxes: what admins decide about them, and where their script was seen."""

from __future__ import annotations

from datetime import datetime

from app.contract.values import Channel, EmailPrompt, FormFieldKind, FormWhen, LauncherIcon, SightingOutcome, View, WidgetPosition


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
