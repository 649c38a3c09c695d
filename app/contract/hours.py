"""Business hours and public holidays."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.values import Id, Line

LocalTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)")]


class OpenPeriod(Body):
    """Open from one local time to another; day 0 is Monday. One that closes before it opens ends the next day."""

    day: Annotated[int, Meta(ge=0, le=6)]
    opens: LocalTime
    closes: LocalTime


class SaveHours(Body):
    """`POST /api/v1/business-hours` and `PUT /api/v1/business-hours/{hours_id}`"""

    name: Annotated[Line, Meta(min_length=1)]
    time_zone: Annotated[str, Meta(max_length=64)]
    periods: Annotated[list[OpenPeriod], Meta(max_length=70)] = []
    closed_on: Annotated[list[Day], Meta(max_length=500)] = []


class HoursView(View):
    """Business hours. `is_open` says whether they are open now; then `closes_at` says until when, and otherwise `opens_at`
    from when. Both are empty when that does not change within the year."""

    id: str
    name: str
    time_zone: str
    periods: list[OpenPeriod]
    closed_on: list[str]
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    changed_at: datetime | None
    changed_by: str


class HoursIs(View):
    """The hours after the change."""

    hours: HoursView
    ok: Literal[True] = True


class HoursList(View):
    """All business hours, by name."""

    hours: list[HoursView]
    ok: Literal[True] = True


class HolidayRegion(View):
    """A part of a country with public holidays of its own."""

    code: str
    name: str


class HolidayCountry(View):
    """A country whose public holidays are known, by its two letters of ISO 3166."""

    code: str
    regions: list[HolidayRegion]


class HolidayCountries(View):
    """Every country whose public holidays are known."""

    countries: list[HolidayCountry]
    ok: Literal[True] = True


class HolidayView(View):
    """A public holiday; `day` is a date, such as 2026-12-25."""

    day: str
    name: str


class HolidayList(View):
    """Public holidays from today to the end of next year, in their order."""

    holidays: list[HolidayView]
    ok: Literal[True] = True


class SetInboxHours(Body):
    """`PUT /api/v1/inboxes/{inbox_id}/hours`: which hours the inbox keeps; empty for always open."""

    hours_id: Id | None
