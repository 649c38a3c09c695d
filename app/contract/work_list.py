"""The tickets' work list: what it can be narrowed to and ordered by besides what any list of conversations can."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View

TicketOrder = Annotated[
    str,
    Meta(
        pattern=r"^-?(number|active|due|closed|topic|priority|status|owner|team)(,-?(number|priority|due))?$(?!\n)",
        max_length=40,
    ),
]
"""One key, or two with a comma between them; `-` in front turns a key round."""


class TicketListing(Body):
    """Settings that a list of tickets has besides its filter. `order` is the keys it is sorted by, the first one first: `number`,
    `active` (last message), `due` (of what is open), `closed` (of what is closed), `topic`, `priority`, `status`, `owner` or
    `team`; after one of the last four, `number` or, of what is open, `priority` or `due` may follow. `-` turns a key round:
    `-number` is the newest first. `closed_from` and `closed_to` are the span of time it was closed in, the end left out."""

    topic: Annotated[str, Meta(max_length=60)] = ""
    order: TicketOrder = "-number"
    closed_from: datetime | None = None
    closed_to: datetime | None = None


class TicketListingView(View):
    """Settings that a saved view of tickets has besides its filter."""

    topic: str
    order: str
    closed_from: datetime | None
    closed_to: datetime | None


class TicketCount(View):
    """The number of tickets that a list holds, counted up to 1,000."""

    count: int
    ok: Literal[True] = True


Step = Literal["day", "week", "month"]


class ClosedBar(View):
    """The number of tickets closed from one moment to the next, as days, weeks and months begin in the reader's time zone."""

    starts_at: datetime
    ends_at: datetime
    count: int


class ClosedTickets(View):
    """The tickets closed over time, the latest step last."""

    step: Step
    bars: list[ClosedBar]
    ok: Literal[True] = True
