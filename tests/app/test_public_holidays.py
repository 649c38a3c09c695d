"""Public holidays to tick: by country and region, named in the reader's language where the package can."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Invalid
from app.sla.public_holidays import holiday_countries, public_holidays

TODAY = date(2026, 11, 30)


def test_a_region_has_days_of_its_own_until_the_end_of_next_year() -> None:
    bavaria = {one.day: one.name for one in public_holidays("DE", "BY", "de-AT", TODAY)}
    assert bavaria["2026-12-25"] == "Erster Weihnachtstag"
    assert bavaria["2027-01-06"] == "Heilige Drei Könige"
    assert min(bavaria) >= "2026-12-01"
    assert max(bavaria) == "2027-12-26"
    assert "2027-01-06" not in {one.day for one in public_holidays("DE", "", "de", TODAY)}


def test_names_fall_back_to_english_and_then_to_the_countrys_own() -> None:
    assert {one.name for one in public_holidays("DE", "", "ja", TODAY)} >= {"Christmas Day"}
    assert public_holidays("GB", "", "ja", TODAY)


def test_every_country_is_there_and_regions_are_named() -> None:
    countries = {one.code: one.regions for one in holiday_countries()}
    assert len(countries) > 200
    assert ("BY", "Bayern") in {(one.code, one.name) for one in countries["DE"]}


@pytest.mark.parametrize(("country", "region"), [("ZZ", ""), ("", ""), ("DE", "XX"), ("de", "")])
def test_what_is_not_known_is_refused(country: str, region: str) -> None:
    with pytest.raises(Invalid):
        public_holidays(country, region, "en", TODAY)
