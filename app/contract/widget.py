"""The widget's session: opening it and signing out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.articles import SuggestionView
from app.contract.bases import Body, View
from app.contract.contacts import WidgetContactView
from app.contract.conversations import VisitorConversationView
from app.contract.inboxes import InboxFormView, InboxKey
from app.contract.values import EmailPrompt, IdentityState, LauncherIcon, WidgetPosition

VisitorToken = Annotated[str, Meta(max_length=512)]


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
