"""Forms of tickets: arranged by an admin, filled in beside the conversation, and asked for before a ticket is resolved."""

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


def test_required_fields_are_asked_for_in_place(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    admin = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "settings/forms")
    page = admin.page
    form = page.get_by_role("dialog")
    for name, kind, switch in (("Serial number", "Text", ""), ("Model", "Choice", ""), ("Cause", "Text", "Required to resolve")):
        page.get_by_role("button", name="Add field").click()
        form.get_by_label("Name", exact=True).fill(name)
        if kind == "Choice":
            form.get_by_label("Kind", exact=True).click()
            page.get_by_role("option", name=kind, exact=True).click()
            for option in ("Camp", "Field"):
                form.get_by_label("Options").fill(option)
                form.get_by_label("Options").press("Enter")
        if switch:
            form.get_by_role("switch", name=switch).click()
            look(page, artefacts / "field-dialog.png")
        form.get_by_role("button", name="Save").click()
        expect(form).to_have_count(0)
    expect(page.get_by_role("button", name="Edit Cause")).to_contain_text("to resolve")
    look_in_every_way(page, artefacts, "forms")

    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("The stove leaks")
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url)
    ana.open_row("The stove leaks")
    details = ana.page.get_by_role("complementary", name="Details")
    if details.get_by_role("button", name="Open ticket").count():
        details.get_by_role("button", name="Open ticket").click()
    expect(ana.page.get_by_text(re.compile("Ticket 1 opened"))).to_be_visible()
    fields = details.get_by_role("region", name="Fields")
    fields.get_by_label("Serial number").fill("X-1")
    fields.get_by_label("Serial number").press("Enter")
    fields.get_by_label("Model").click()
    ana.page.get_by_role("option", name="Camp").click()
    expect(fields.get_by_text("Required to resolve")).to_have_count(1)
    fields.scroll_into_view_if_needed()
    look(ana.page, artefacts / "fields-in-place.png")

    ana.page.get_by_role("button", name="Resolve", exact=True).click()
    missing = ana.page.get_by_role("dialog", name="Fill in first")
    expect(missing.get_by_label("Cause")).to_be_visible()
    expect(missing.get_by_label("Serial number")).to_have_count(0)
    missing.get_by_label("Cause").fill("A worn seal")
    look(ana.page, artefacts / "missing-fields.png")
    missing.get_by_role("button", name="Save and continue").click()
    expect(missing).to_have_count(0)
    expect(ana.page.get_by_role("button", name="Reopen", exact=True)).to_be_visible()
    expect(fields.get_by_label("Cause")).to_have_value("A worn seal")
    expect(fields.get_by_label("Serial number")).to_have_value("X-1")
