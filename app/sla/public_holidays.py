"""Public holidays by country, from the `holidays` package, for admins to tick in business hours."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

import holidays

from app.contract.hours import HolidayCountry, HolidayRegion, HolidayView
from app.errors import Invalid

YEARS_SHOWN = 2


@cache
def holiday_countries() -> list[HolidayCountry]:
    """Return every country that is known, by its two letters, with the regions that have days of their own. Takes about
    0.2 s the first time: not for the event loop."""
    return [
        HolidayCountry(code=code, regions=_regions_of(code, codes))
        for code, codes in sorted(holidays.list_supported_countries(include_aliases=False).items())
        if len(code) == 2
    ]


@lru_cache(maxsize=200)
def public_holidays(country: str, region: str, language: str, today: date) -> list[HolidayView]:
    """Return the days from today to the end of next year, in the language asked for, else in English, else in the country's
    own. Raises Invalid for a country or region that is not known. Not for the event loop."""
    known = {one.code: one for one in holiday_countries()}.get(country)
    if known is None or (region and region not in {one.code for one in known.regions}):
        raise Invalid("There are no public holidays for this country or region.")
    years = range(today.year, today.year + YEARS_SHOWN)
    spoken = _language_of(country, language)
    days = holidays.country_holidays(country, subdiv=region or None, years=years, language=spoken)
    return [HolidayView(day=day.isoformat(), name=name) for day, name in sorted(days.items()) if day >= today]


def _regions_of(country: str, codes: list[str]) -> list[HolidayRegion]:
    aliases: dict[str, str] = getattr(_class_of(country), "subdivisions_aliases", {})
    names: dict[str, str] = {}
    for name, code in aliases.items():
        names.setdefault(code, name)
    return sorted((HolidayRegion(code=code, name=names.get(code, code)) for code in codes), key=lambda region: region.name)


def _language_of(country: str, wanted: str) -> str | None:
    offered: tuple[str, ...] = getattr(_class_of(country), "supported_languages", ())
    begun = wanted.replace("-", "_").casefold()
    for asked in (begun, begun.partition("_")[0], "en"):
        for one in offered:
            if asked and (one.casefold() == asked or one.casefold().partition("_")[0] == asked):
                return one
    return None


def _class_of(country: str) -> type[holidays.HolidayBase]:
    return type(holidays.country_holidays(country))
