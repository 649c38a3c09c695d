"""The agents' toolbox: saved views, canned responses and macros."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Event, View
from app.contract.drafts import DraftView
from app.contract.lists import ListFilter
from app.contract.values import Line, ListView, MessageBody, Priority, Shelf, Sort, StepKind
from app.contract.work_list import TicketListing, TicketListingView


class FilterView(View):
    """The filter and order of a list. Empty fields narrow nothing."""

    view: ListView
    shelf: Shelf
    query: str
    tag: str
    priority: Priority | None
    status: str
    team_id: str | None
    inbox_id: str | None
    agent_id: str | None
    sort: Sort


class SavedViewView(View):
    """A filter with a name, one agent's or everybody's. `tickets` is empty for a view of the inbox; else the view is one of the
    tickets' work list, and the filter's own `sort` counts for nothing."""

    id: str
    name: str
    is_shared: bool
    filter: FilterView
    tickets: TicketListingView | None


class CannedResponseView(View):
    """A text found by its shortcut. `{{contact.name}}`, `{{agent.name}}` and `{{ticket.number}}` are filled in; what
    stands in [square brackets] is left for the agent."""

    id: str
    shortcut: str
    body: str
    is_shared: bool


class MacroStepView(View):
    """One action. `value` is a status, a priority, `me`, `queue`, `agent:` or `team:` and an id, seconds of snooze, a tag,
    or the text of a reply or note."""

    do: StepKind
    value: str


class MacroView(View):
    """A named list of actions, done in order."""

    id: str
    name: str
    is_shared: bool
    steps: list[MacroStepView]


class ToolboxChanged(Event, tag="desk.changed"):
    """Saved views, canned responses or macros changed: ask `GET /api/v1/desk`. The event and the route keep their earlier name."""


class ToolboxContent(View):
    """The agent's toolbox: their own and shared views, canned responses and macros, drafts, and every tag in use."""

    views: list[SavedViewView]
    canned: list[CannedResponseView]
    macros: list[MacroView]
    drafts: list[DraftView]
    tags: list[str]
    ok: Literal[True] = True


class SaveView(Body):
    """`POST /api/v1/views`, `PUT /api/v1/views/{id}`"""

    name: Annotated[Line, Meta(min_length=1)]
    filter: ListFilter
    is_shared: bool = False
    tickets: TicketListing | None = None


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
