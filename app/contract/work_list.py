"""The tickets' work list: what it can be narrowed to and ordered by besides what any list of conversations can."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View

TicketOrder = Annotated[
    str, Meta(pattern=r"^-?(number|active|topic|priority|status|owner|team)(,(-?number|-?priority))?$(?!\n)", max_length=40)
]
"""One key, or two with a comma between them; `-` in front turns a key round."""


class TicketListing(Body):
    """Settings that a list of tickets has besides its filter. `order` is the keys it is sorted by, the first one first: `number`,
    `active` (last message), `topic`, `priority`, `status`, `owner` or `team`; after one of the last four, `number` or, of
    what is open, `priority` may follow. `-` turns a key round: `-number` is the newest first."""

    topic: Annotated[str, Meta(max_length=60)] = ""
    order: TicketOrder = "-number"


class TicketListingView(View):
    """Settings that a saved view of tickets has besides its filter."""

    topic: str
    order: str


class TicketCount(View):
    """The number of tickets that a list holds, counted up to 1,000."""

    count: int
    ok: Literal[True] = True
