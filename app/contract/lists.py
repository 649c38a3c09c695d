"""Lists of conversations: filters, pages, counts, and the lists a screen shows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.contract.bases import Body, Command, Done, Event, View
from app.contract.conversations import ConversationView
from app.contract.values import Category, Id, Line, ListView, Priority, Shelf, Sort


class ConversationMoved(Event, tag="conversation.moved"):
    """A conversation that is not this agent's, or no longer, as a list shows it. Fields are as in the conversation. Older
    than what you hold (`rev`): drop it. Not held and now on the list you show: ask for it."""

    conversation_id: str
    inbox_id: str
    rev: int
    seq: int
    status: str
    category: Category
    priority: Priority
    agent_id: str | None
    offer_until: datetime | None
    team_id: str | None
    unread_count: int
    preview: str
    last_message_at: datetime
    waiting_since: datetime | None
    queued_at: datetime | None
    snoozed_until: datetime | None
    escalation_level: int
    escalation_reason: str
    tags: list[str]
    ticket_number: int | None


class WatchedList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list a screen shows. Narrower filters are the screen's own: it is told of all that these fields let through."""

    view: ListView
    shelf: Shelf
    team_id: Id | None = None
    inbox_id: Id | None = None


class WatchScreen(Command, tag="screen.watch", answers=Done):
    """Say what this connection shows, as often as that changes: from then on it hears of the agent's own conversations, of
    what waits in their teams' queues, and of this. One that never says so hears of every inbox the agent may view.

    `conversation_ids` are the conversations it keeps at hand, all of whose events it hears. Of what `lists` hold it hears
    messages, and changes as `conversation.moved`. With `people` it hears of every colleague's presence, else of those in the
    same teams; with `tickets` of every ticket."""

    lists: Annotated[list[WatchedList], Meta(max_length=8)] = []
    conversation_ids: Annotated[list[Id], Meta(max_length=80)] = []
    people: bool = False
    tickets: bool = False


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
