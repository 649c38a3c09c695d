"""Business hours as an admin keeps them: a week by typing, a day copied, days closed, and what it means now."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage
from tests.running import Running

NewContext = Callable[..., BrowserContext]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def settings(new_context: NewContext, url: str, path: str) -> Page:
    return AgentPage(new_context(locale="en-GB", viewport=DESKTOP), url, "admin@example.com", f"settings/{path}").page


def zone_at_daytime() -> str:
    """A zone in which the day changes neither now nor soon."""
    return "Asia/Tokyo" if datetime.now(UTC).hour >= 18 else "Europe/Berlin"


def test_hours_are_a_week_by_typing_with_days_copied_and_closed(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    page, other = settings(new_context, parley.url, "hours"), settings(new_context, parley.url, "hours")
    page.get_by_role("button", name="New business hours").first.click()
    expect(page.get_by_label("Opens on Monday")).to_have_value("09:00")
    expect(other.get_by_role("list", name="Business hours").get_by_role("listitem").first).to_be_visible()
    name = page.get_by_label("Name", exact=True)
    name.fill("Shop hours")
    zone = zone_at_daytime()
    page.get_by_label("Time zone").click()
    page.keyboard.insert_text(zone.split("/")[1])
    page.get_by_role("option", name=zone).click()

    page.get_by_label("Closes on Monday").fill("12:00")
    page.get_by_role("button", name="Add hours on Monday").click()
    expect(page.get_by_label("Opens on Monday").nth(1)).to_have_value("13:00")
    page.get_by_label("Closes on Monday").nth(1).fill("18:30")
    page.get_by_role("button", name="Copy Monday to the other weekdays").click()
    expect(page.get_by_label("Closes on Friday").nth(1)).to_have_value("18:30")
    expect(page.get_by_label("Closes on Saturday")).to_have_count(0)
    page.get_by_role("button", name="Add hours on Saturday").click()
    page.get_by_role("button", name="Remove 13:00 to 18:30 on Friday").click()
    expect(page.get_by_label("Opens on Friday")).to_have_count(1)
    today = DAYS[datetime.now(ZoneInfo(zone)).weekday()]
    while page.get_by_label(f"Opens on {today}").count():
        page.get_by_role("button", name=re.compile(f"^Remove .* on {today}$")).first.click()
    page.get_by_role("button", name=f"Add hours on {today}").click()
    page.get_by_label(f"Opens on {today}").fill("00:01")
    page.get_by_label(f"Closes on {today}").fill("23:59")
    page.get_by_label("Days you are closed").fill("2031-12-24, 2031-02-30")
    save = page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Save")
    save.click()
    expect(page.get_by_text("Write each date as 2026-12-24.")).to_be_visible()
    page.get_by_label("Days you are closed").fill("2031-12-24\n2031-12-31")
    save.click()
    expect(page.get_by_text(f"Now: open until 23:59 ({zone.split('/')[1]})")).to_be_visible()
    expect(page.get_by_text(re.compile("^Last changed by Ada Admin · now$"))).to_be_visible()
    expect(other.get_by_role("link").filter(has_text="Shop hours").get_by_text("Now: open until 23:59")).to_be_visible()
    look_in_every_way(page, artefacts, "hours")
    look_in_every_way(other, artefacts, "hours-list")
    page.set_viewport_size(DESKTOP)

    closed = datetime.now(ZoneInfo(zone)).date().isoformat()
    page.get_by_label("Days you are closed").fill(closed)
    save.click()
    expect(page.get_by_text("Now: closed until")).to_be_visible()
    page.reload()
    expect(name).to_have_value("Shop hours")
    expect(page.get_by_label("Days you are closed")).to_have_value(closed)


def test_public_holidays_of_a_country_and_region_are_ticked(parley: Running, new_context: NewContext, artefacts: Path) -> None:
    page = settings(new_context, parley.url, "hours")
    countries = "**/api/v1/public-holidays/countries"
    page.route(countries, lambda route: route.abort())
    page.get_by_role("button", name="New business hours").first.click()
    page.get_by_label("Name", exact=True).fill("Holiday hours")
    expect(page.get_by_text("Holidays could not be loaded")).to_be_visible()
    page.unroute(countries)
    page.get_by_role("button", name="Try again").click()
    page.get_by_label("Country").click()
    page.keyboard.insert_text("Germany")
    page.get_by_role("option", name="Germany").click()
    listed = page.get_by_role("list", name="Holidays")
    christmas = listed.get_by_role("checkbox", name="Christmas Day").first
    christmas.click()
    expect(page.get_by_label("Days you are closed")).to_have_value(re.compile(r"^20\d\d-12-25$"))
    expect(listed.get_by_role("checkbox", name="Epiphany")).to_have_count(0)
    page.get_by_label("Region").click()
    page.get_by_role("option", name="Bayern").click()
    expect(listed.get_by_role("checkbox", name="Epiphany").first).to_be_visible()
    expect(christmas).to_be_checked()
    page.get_by_role("button", name="Tick all").click()
    expect(page.get_by_role("button", name="Untick all")).to_be_visible()
    look_in_every_way(page, artefacts, "holidays")
    page.set_viewport_size(DESKTOP)
    listed.get_by_role("checkbox", name="Epiphany").first.click()
    page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("^Last changed by Ada Admin"))).to_be_visible()
    page.reload()
    expect(page.get_by_label("Days you are closed")).to_have_value(re.compile(r"20\d\d-12-25"))
    expect(page.get_by_label("Days you are closed")).not_to_have_value(re.compile(r"-01-06"))


def test_deleting_hours_says_how_many_inboxes_keep_them(parley: Running, new_context: NewContext) -> None:
    page = settings(new_context, parley.url, "hours")
    page.get_by_role("button", name="New business hours").first.click()
    expect(page.get_by_label("Opens on Monday")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Winter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name="Winter")).to_be_visible()
    page.goto(f"{parley.url}/inbox/settings/inboxes")
    page.get_by_role("button", name="New inbox").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Skis")
    page.get_by_role("dialog").get_by_role("button", name="Create inbox").click()
    page.get_by_label("Hours", exact=True).click()
    page.get_by_role("option", name="Winter").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Unsaved changes")).to_have_count(0)
    page.get_by_role("link", name="Edit these hours").click()
    page.get_by_role("button", name="Delete business hours").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 inbox uses these hours. It will always be open.")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1, name="Business hours")).to_be_visible()
    expect(page.get_by_role("link").filter(has_text="Winter")).to_have_count(0)
