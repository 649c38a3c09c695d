"""Visitors on the site, the messages that greet them, and their widget's settings."""

from __future__ import annotations

from datetime import datetime

from app.contract.values import EmailPrompt, InvitationState, LauncherIcon, Staffing, View, VisitorKind, WidgetPosition
from app.contract.views.inboxes import InboxFormView
from app.contract.views.messages import AuthorView


class VisitorView(View):
    """A visitor on a site now. `name` is empty until they give it, `conversation_id` until they write; `invitation` tells
    how far our own first message to them has come."""

    contact_id: str
    inbox_id: str
    name: str
    is_contact: bool
    is_returning: bool
    url: str
    title: str
    locale: str
    came_at: datetime
    page_since: datetime
    conversation_id: str | None
    agent_id: str | None
    invitation: InvitationState


class GreetingView(View):
    """A first message from us to a visitor. Shown once they have been on the page for `after_seconds`, and then not again
    for `every_days`; both are 0 for the word of an agent, which is shown at once."""

    id: str
    author: AuthorView
    body: str
    after_seconds: int
    every_days: int


class ProactiveMessageView(View):
    """A message that is shown by rule, and how it has fared. `position` orders them: a visitor sees the first that fits."""

    id: str
    inbox_id: str
    name: str
    position: int
    is_on: bool
    page: str
    locale: str
    visitor: VisitorKind
    staffing: Staffing
    after_seconds: int
    every_days: int
    body: str
    agent_id: str | None
    shown_count: int
    answered_count: int


class WidgetInboxView(View):
    """An inbox as its widget needs it, its texts in the visitor's language where the inbox has them.

    `agent_names` are of up to four agents who are there.
    `is_open` goes by the business hours, `is_staffed` also by the people: open, and somebody there. `opens_at` is when it
    opens next; empty while it is open, and when it never opens. `away_text` empty stands for the widget's own words.
    `previews_typing`: agents see what is typed before it is sent, and the visitor is told so. An archived inbox takes no
    new conversations, and its `away_text` says so. `asks_email` is what `email_prompt` was before it had three answers.
    """

    key: str
    name: str
    greeting: str
    away_text: str
    color: str
    position: WidgetPosition
    launcher: LauncherIcon
    locale: str
    site_url: str
    is_open: bool
    opens_at: datetime | None
    is_staffed: bool
    is_archived: bool
    reply_seconds: int | None
    agent_names: list[str]
    asks_email: bool
    email_prompt: EmailPrompt
    form: InboxFormView | None
    shows_history: bool
    shows_suggestions: bool
    previews_typing: bool
    allows_files: bool
    max_file_bytes: int


class WidgetContactView(View):
    """The visitor as the widget knows them."""

    id: str
    name: str
    email: str | None
    is_verified: bool
