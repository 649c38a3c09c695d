"""Tickets as agents work on them: the page of one, by its number."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.guests import Guest
from tests.browser.looking import DESKTOP, PHONE, look_in_every_way
from tests.browser.people import AgentPage, as_agent
from tests.running import Running

NewContext = Callable[..., BrowserContext]
SAM = "sam@example.com"


def open_ticket(parley: Running, guest: Guest, **given: str) -> None:
    """Open a ticket and name it; one that opened by itself, because nobody is here, is named as well."""
    as_agent(parley.url, SAM, type="ticket.open", conversation_id=guest.id)
    as_agent(parley.url, SAM, type="ticket.update", conversation_id=guest.id, **given)


def test_a_ticket_is_opened_by_its_number_and_edited_in_place(
    busy_parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    guest = Guest(busy_parley.url, "Rosa Lind", "The tent leaks")
    open_ticket(busy_parley, guest, title="A leaking tent", topic="Repairs")
    seen = AgentPage(new_context(viewport=DESKTOP), busy_parley.url, SAM, f"c/{guest.id}?view=all").page
    text = seen.get_by_role("complementary", name="Details").get_by_text(re.compile(r"^#\d+$")).text_content() or ""
    number = int(text.removeprefix("#"))

    agent = AgentPage(new_context(viewport=DESKTOP), busy_parley.url, SAM, f"tickets/{number}")
    page = agent.page
    expect(page.get_by_role("heading", name="A leaking tent").first).to_be_visible()
    agent.sees("The tent leaks")

    panel = page.get_by_role("complementary", name="Details")
    panel.get_by_role("button", name="Title: A leaking tent").click()
    field = panel.get_by_role("textbox", name="Title")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Never mind")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("button", name="Title: A leaking tent")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("A leaking tent, twice")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Title: A leaking tent, twice")).to_be_focused()
    # At once for all who look at it.
    expect(seen.get_by_text("A leaking tent, twice").first).to_be_visible()

    page.keyboard.press("r")
    agent.say("We send you a new one.")
    agent.sees("We send you a new one.")
    look_in_every_way(page, artefacts, "ticket-page")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("button", name="Title: A leaking tent, twice")).to_be_visible()
    look_in_every_way(page, artefacts, "ticket-details", [PHONE])
    page.go_back()
    expect(agent.composer).to_be_visible()

    page.goto(f"{busy_parley.url}/inbox/tickets/99999999")
    expect(page.get_by_text("There is no ticket with this number.")).to_be_visible()
    page.get_by_role("button", name="All tickets").click()
    expect(page).to_have_url(re.compile(r"/tickets$"))
