"""Links between tickets, tickets merged into others, and the agents who follow one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.values import AuthorKind, Category, Id, Visibility

LinkKind = Literal["related", "parent", "child", "duplicate_of", "duplicated_by"]
"""The other ticket, as this one sees it: its parent, its child, the one it is a duplicate of, or a duplicate of it."""


SeenLinkKind = Literal["related", "parent", "child", "duplicate_of", "duplicated_by", "follow_up_of", "followed_by"]
"""A kind that agents give, or what Parley notes by itself: the customer wrote after the other was closed, or after this one."""


class LinkTicket(Body):
    """`POST /api/v1/conversations/{conversation_id}/links`: link the ticket of this conversation with the one of this number."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    kind: LinkKind


class MergeTicket(Body):
    """`POST /api/v1/conversations/{conversation_id}/merge`: let the ticket of this number take this conversation over. With
    another contact it needs `is_other_contact`: each of the two goes on reading only their own."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    is_other_contact: bool = False


class SetWatching(Body):
    """`PUT /api/v1/conversations/{conversation_id}/watching`: follow a ticket, or no longer."""

    is_watching: bool


class MergedMessage(View):
    """A message of one of two conversations that are to be merged; `is_moved` when it is the one that is taken over."""

    id: str
    is_moved: bool
    author_kind: AuthorKind
    author_name: str
    visibility: Visibility
    body: str
    file_count: int
    created_at: datetime


class MergePreview(View):
    """`GET /api/v1/conversations/{conversation_id}/merge`: the ticket that would take this conversation over, and the latest
    messages of both in the order in which they were written."""

    conversation_id: str
    number: int
    title: str
    contact_name: str
    is_other_contact: bool
    messages: list[MergedMessage]
    ok: Literal[True] = True


class LookalikeView(View):
    """A ticket that may be about the same: of the same customer, near in time and in meaning."""

    conversation_id: str
    number: int
    title: str
    opened_at: datetime
    is_likely: bool


class Lookalikes(View):
    """`GET /api/v1/conversations/{conversation_id}/lookalikes`: the most alike first, three at most."""

    lookalikes: list[LookalikeView]
    ok: Literal[True] = True


class DismissLookalike(Body):
    """`POST /api/v1/conversations/{conversation_id}/lookalikes`: this other conversation is about something else."""

    other_id: Id


class SplitTicket(Body):
    """`POST /api/v1/conversations/{conversation_id}/split`: begin a ticket of its own with these messages of the customer."""

    message_ids: Annotated[list[Id], Meta(min_length=1, max_length=50)]
    title: Annotated[str, Meta(max_length=200)] = ""


class SplitOff(View):
    """The ticket that a split began."""

    conversation_id: str
    number: int
    ok: Literal[True] = True


class LinkView(View):
    """A linked ticket. `kind` is what it is to the ticket that was asked for; follow-ups cannot be unlinked."""

    id: str
    kind: SeenLinkKind
    conversation_id: str
    number: int
    title: str
    status: str
    category: Category


class WatcherView(View):
    """An agent who follows a ticket."""

    agent_id: str
    name: str


class MergeView(View):
    """A conversation that was merged into this one, or (`is_into`) the one that this was merged into. `number` and `title` are
    its ticket's; without one `title` is its contact's name. Until `undo_until` the merge can be undone."""

    id: str
    is_into: bool
    conversation_id: str
    number: int | None
    title: str
    by_name: str
    made_at: datetime
    undo_until: datetime | None


class TicketLinks(View):
    """The tickets linked with one, by kind and number, the agents who follow it, and what was merged."""

    links: list[LinkView]
    watchers: list[WatcherView]
    merges: list[MergeView]
    ok: Literal[True] = True
