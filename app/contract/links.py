"""Links between tickets, and the agents who follow one."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.values import Category

LinkKind = Literal["related", "parent", "child", "duplicate_of", "duplicated_by"]
"""The other ticket, as this one sees it: its parent, its child, the one it is a duplicate of, or a duplicate of it."""


SeenLinkKind = Literal["related", "parent", "child", "duplicate_of", "duplicated_by", "follow_up_of", "followed_by"]
"""A kind that agents give, or what Parley notes by itself: the customer wrote after the other was closed, or after this one."""


class LinkTicket(Body):
    """`POST /api/v1/conversations/{conversation_id}/links`: link the ticket of this conversation with the one of this number."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    kind: LinkKind


class SetWatching(Body):
    """`PUT /api/v1/conversations/{conversation_id}/watching`: follow a ticket, or no longer."""

    is_watching: bool


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


class TicketLinks(View):
    """The tickets linked with one, by kind and number, and the agents who follow it."""

    links: list[LinkView]
    watchers: list[WatcherView]
    ok: Literal[True] = True
