"""Statuses as admins arrange them and agents choose them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, look, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def test_a_status_is_added_chosen_where_it_may_follow_and_retired(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    admin = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "settings/statuses")
    page = admin.page
    waiting = page.get_by_role("region", name="Waiting")
    expect(waiting.get_by_role("button", name="Edit Snoozed")).to_contain_text("SLA clocks pause")
    page.get_by_role("button", name="Add status").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill("Waiting for parts")
    form.get_by_label("Add a language").click()
    page.get_by_role("option", name="German", exact=True).click()
    form.get_by_label("Name in German").fill("Wartet auf Teile")
    form.get_by_label("Category", exact=True).click()
    page.get_by_role("option", name="Waiting", exact=True).click()
    form.get_by_text("Pink", exact=True).click()
    look(page, artefacts / "status-dialog.png")
    form.get_by_role("button", name="Create status").click()
    expect(form).to_have_count(0)
    expect(waiting.get_by_role("button", name="Edit Waiting for parts")).to_contain_text("No open conversations")

    page.get_by_role("button", name="Edit In Progress").click()
    form.get_by_label("May be followed by").click()
    for name in ("Waiting for parts", "Resolved"):
        page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(page.get_by_role("button", name="Edit In Progress")).to_contain_text("then Waiting for parts, Resolved")
    look_in_every_way(page, artefacts, "statuses")
    page.set_viewport_size(DESKTOP)

    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("The part is broken")
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url)
    ana.open_row("The part is broken")
    details = ana.page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("button", name=re.compile("^Status: (New|Open)"))).to_be_visible()
    details.get_by_role("button", name=re.compile("^Status: ")).click()
    ana.page.get_by_role("menuitemcheckbox", name="In Progress").click()
    details.get_by_role("button", name="Status: In Progress").click()
    choices = ana.page.get_by_role("menuitemcheckbox")
    expect(choices.filter(has_text="Waiting for parts")).to_be_visible()
    expect(choices.filter(has_text="Closed")).to_have_count(0)
    choices.filter(has_text="Waiting for parts").click()
    expect(details.get_by_role("button", name="Status: Waiting for parts")).to_be_visible()
    look(ana.page, artefacts / "status-chosen.png")

    page.get_by_role("button", name="Edit Waiting for parts").click()
    form.get_by_role("button", name="Retire").click()
    expect(form.get_by_role("button", name="Retire")).to_be_disabled()
    form.get_by_label("Replace by").click()
    page.get_by_role("option", name="Responded", exact=True).click()
    look(page, artefacts / "status-retire.png")
    form.get_by_role("button", name="Retire").click()
    expect(form).to_have_count(0)
    expect(page.get_by_text("Waiting for parts, replaced by Responded")).to_be_visible()
    expect(details.get_by_role("button", name="Status: Responded")).to_be_visible()
