"""The agents' toolbox: views, canned responses, macros."""

from __future__ import annotations

from app.contract.values import ListView, Priority, Shelf, Sort, StepKind, View


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
    """A filter with a name, one agent's or everybody's."""

    id: str
    name: str
    is_shared: bool
    filter: FilterView


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
