"""Replies to commands. Every reply says `ok`; a refusal says why in a stable code and a sentence."""

from __future__ import annotations

from typing import Literal

from app.contract.values import ErrorCode, View
from app.contract.views import (
    AgentView,
    ContactDetailsView,
    ContactView,
    ConversationView,
    DraftView,
    MessageView,
    NotChanged,
    SuggestionView,
    TicketView,
    VisitorConversationView,
    VisitorView,
    WallView,
    WidgetContactView,
)


class Reply(View):
    """An answer to one command."""


class Done(Reply):
    """The command succeeded; there is nothing more to say."""

    ok: Literal[True] = True


class Started(Reply):
    """The conversation the first message went to."""

    conversation: VisitorConversationView
    message: MessageView
    ok: Literal[True] = True


class Sent(Reply):
    """The message as stored: durable, ordered, told to everyone who may read it."""

    message: MessageView
    ok: Literal[True] = True


class VisitorSynced(Reply):
    """Messages after the asked seq, oldest first. `is_complete` is false when another page follows. A snapshot replaces
    every message held; `has_earlier` says whether there are messages before it."""

    conversation: VisitorConversationView
    messages: list[MessageView]
    is_complete: bool
    is_snapshot: bool
    has_earlier: bool
    ok: Literal[True] = True


class AgentSynced(Reply):
    """Messages after the asked rev, oldest first, and the conversation as it is now. A snapshot replaces every message
    held; `has_earlier` says whether there are messages before it."""

    conversation: ConversationView
    messages: list[MessageView]
    is_complete: bool
    is_snapshot: bool
    has_earlier: bool
    ok: Literal[True] = True


class EarlierMessages(Reply):
    """The messages just before those asked about, oldest first, and whether there are more before them."""

    messages: list[MessageView]
    has_earlier: bool
    ok: Literal[True] = True


class Changed(Reply):
    """The conversation after the change."""

    conversation: ConversationView
    ok: Literal[True] = True


class ManyChanged(Reply):
    """The conversations after the change, and those that were refused it."""

    conversations: list[ConversationView]
    failed: list[NotChanged]
    ok: Literal[True] = True


class DraftIs(Reply):
    """The draft as kept."""

    draft: DraftView
    ok: Literal[True] = True


class Ended(Reply):
    """The conversation after the visitor's change."""

    conversation: VisitorConversationView
    ok: Literal[True] = True


class TicketIs(Reply):
    """The ticket, opened now or earlier."""

    ticket: TicketView
    ok: Literal[True] = True


class PresenceIs(Reply):
    """The agent after the change."""

    agent: AgentView
    ok: Literal[True] = True


class ContactIs(Reply):
    """The visitor after the change."""

    contact: WidgetContactView
    ok: Literal[True] = True


class ArticlesFound(Reply):
    """Passages that may answer, best first; empty when nothing fits. `is_by_words`: articles are not encoded yet, so only
    words were compared; ask again in a few seconds."""

    suggestions: list[SuggestionView]
    is_by_words: bool
    ok: Literal[True] = True


class Watching(Reply):
    """The wall as it is now; changes follow as events."""

    wall: WallView
    ok: Literal[True] = True


class ContactEdited(Reply):
    """The contact after the change."""

    contact: ContactView
    details: ContactDetailsView
    ok: Literal[True] = True


class VisitorsWatched(Reply):
    """The visitors who are here now, latest first; changes follow as events."""

    visitors: list[VisitorView]
    ok: Literal[True] = True


class Refused(Reply):
    """The command was refused. `missed` holds the messages a stale reply had not seen; `retry_seconds` when to try again."""

    code: ErrorCode
    detail: str
    retry_seconds: float | None
    missed: list[MessageView]
    ok: Literal[False] = False


VisitorReply = Done | Started | Sent | VisitorSynced | EarlierMessages | Ended | ContactIs | ArticlesFound | Refused
AgentReply = (
    Done
    | Sent
    | AgentSynced
    | EarlierMessages
    | Changed
    | ManyChanged
    | DraftIs
    | TicketIs
    | PresenceIs
    | ArticlesFound
    | Watching
    | ContactEdited
    | VisitorsWatched
    | Refused
)
