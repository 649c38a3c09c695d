"""Statuses over HTTP: the names admins give to where a conversation stands."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.routing import Language
from app.contract.values import Category, ClockMode, StatusColor, StatusKey

ShortName = Annotated[str, Meta(min_length=1, max_length=80)]


class LocalNameView(View):
    """A name in one language."""

    locale: str
    name: str


class StatusView(View):
    """A status as admins named it: `name` in every language that `names` does not have.

    `clock` is what SLA clocks do in it. `next_keys` are the statuses that may follow it, empty for any. Parley itself puts
    conversations into one that `is_fixed`. `replaced_by` takes the place of one that `is_retired`.
    """

    key: str
    name: str
    names: list[LocalNameView]
    category: Category
    color: StatusColor
    clock: ClockMode
    next_keys: list[str]
    is_fixed: bool
    is_retired: bool
    replaced_by: str | None


class LocalName(Body):
    """A name in one language."""

    locale: Language
    name: ShortName


class SaveStatus(Body):
    """`POST /api/v1/statuses` and `PUT /api/v1/statuses/{key}`, which replaces.

    The category of a status never changes. Without `clock` SLA clocks do what the category says: they run in new and open,
    pause in waiting, stop in resolved and closed. `next_keys` empty lets any status follow.
    """

    name: ShortName
    category: Category
    names: Annotated[list[LocalName], Meta(max_length=40)] = []
    color: StatusColor = "gray"
    clock: ClockMode | None = None
    next_keys: Annotated[list[StatusKey], Meta(max_length=100)] = []


class OrderStatuses(Body):
    """`PUT /api/v1/statuses`: every status in use, in the order menus and lists show them."""

    keys: Annotated[list[StatusKey], Meta(max_length=200)]


class RetireStatus(Body):
    """`POST /api/v1/statuses/{key}/retire`. A status that is in use needs another of its category to take its place."""

    replace_by: StatusKey | None = None


class StatusUseView(View):
    """A status and how many open conversations stand in it. `is_used` counts those that have ended as well."""

    status: StatusView
    open_count: int
    is_used: bool


class StatusList(View):
    """Every status in order, retired ones included."""

    statuses: list[StatusUseView]
    ok: Literal[True] = True


class StatusIs(View):
    """The status after the change."""

    status: StatusView
    ok: Literal[True] = True
