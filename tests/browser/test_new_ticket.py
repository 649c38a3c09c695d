"""A ticket for a caller, written down with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, look, look_in_every_way
from tests.browser.people import AgentPage
from tests.running import Running


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def test_c_opens_a_ticket_for_a_caller_and_tab_takes_what_is_proposed(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url)
    page = ana.page
    page.keyboard.press("c")
    form = page.get_by_role("dialog", name="New ticket")
    contact = form.get_by_role("combobox", name="Contact")
    expect(contact).to_be_focused()
    page.keyboard.type("Mia Chen")
    expect(form.get_by_role("option", name="Add “Mia Chen” as a new contact")).to_be_visible()
    page.keyboard.press("Enter")
    expect(form.get_by_label("Name", exact=True)).to_have_value("Mia Chen")
    form.get_by_label("Email").fill("mia.chen@example.com")
    form.get_by_label("Description").fill("She called: the parcel is damaged, a hose is broken and she wants a refund.")
    title = form.get_by_label("Title")
    expect(title).to_have_attribute("placeholder", re.compile("She called"))
    expect(form.get_by_text("Proposed: High")).to_be_visible()
    look_in_every_way(page, artefacts, "new-ticket")
    page.set_viewport_size(DESKTOP)
    title.focus()
    page.keyboard.press("Tab")
    expect(title).to_have_value(re.compile("She called"))
    title.fill("Broken hose")
    form.get_by_role("button", name="Create ticket").click()
    expect(form).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/tickets/\d+$"))
    expect(page.get_by_text("She called: the parcel is damaged").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Title: Broken hose"))).to_be_visible()
    look(page, artefacts / "ticket-of-a-caller.png")

    page.goto(f"{parley.url}/inbox/tickets")
    page.get_by_role("button", name="New ticket").click()
    contact.fill("mia.chen@")
    form.get_by_role("option", name=re.compile("^Mia Chen")).click()
    form.get_by_role("button", name="Create ticket").click()
    expect(form.get_by_text("Required")).to_be_visible()
    look(page, artefacts / "new-ticket-lacking.png")
