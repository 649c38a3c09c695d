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


def test_a_customer_sends_the_public_form(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    admin = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "settings/forms")
    page = admin.page
    form = page.get_by_role("dialog")
    for name, kind in (("Order number", "Text"), ("Photo", "File from the contact")):
        page.get_by_role("button", name="Add field").click()
        form.get_by_label("Name", exact=True).fill(name)
        form.get_by_label("Kind", exact=True).click()
        page.get_by_role("option", name=kind, exact=True).click()
        if kind == "Text":
            form.get_by_role("switch", name="Required to open").click()
        form.get_by_role("switch", name="Shown to customers").click()
        form.get_by_role("button", name="Save").click()
        expect(form).to_have_count(0)
    public = page.get_by_role("region", name="Public form").get_by_role("link")
    address = public.get_attribute("href")
    assert address is not None
    customer = new_context(viewport=DESKTOP, java_script_enabled=False).new_page()
    customer.goto(address)
    customer.get_by_label("Your name").fill("Mia Chen")
    customer.get_by_label("Your email").fill("mia.form@example.com")
    customer.get_by_label("Subject").fill("A dented pot")
    customer.get_by_label("How can we help?").fill("The pot came dented, a picture is attached.")
    customer.get_by_label("Order number").fill("A-4711")
    picture = (Path(__file__).parent.parent.parent / "docs" / "parley.png").read_bytes()
    customer.get_by_label("Photo").set_input_files({"name": "pot.png", "mimeType": "image/png", "buffer": picture})
    customer.screenshot(path=artefacts / "web-form.png", full_page=True)
    customer.get_by_role("button", name="Send").click()
    expect(customer.get_by_role("heading", name="We've got your request")).to_be_visible()
    customer.screenshot(path=artefacts / "web-form-sent.png")
    with_script = new_context(viewport=DESKTOP).new_page()
    with_script.goto(address)
    look_in_every_way(with_script, artefacts, "web-form")

    ana = AgentPage(new_context(viewport=DESKTOP), parley.url)
    ana.open_row("The pot came dented")
    fields = ana.page.get_by_role("complementary", name="Details").get_by_role("region", name="Fields")
    expect(fields.get_by_label("Order number")).to_have_value("A-4711")
    expect(fields.get_by_label("Photo")).to_contain_text("pot.png")
