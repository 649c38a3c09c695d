"""Tickets as agents work on them: the page of one, by its number, and ten thousand of them in a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.crowd import crowd
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
    expect(field).to_be_focused()
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


COUNT = 10_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server with ten thousand tickets."""
    running = Running(tmp_path_factory.mktemp("parley"))
    crowd(running.folder / "data", COUNT, "tickets")
    running.start()
    yield running
    running.stop()


def links(page: Page) -> Locator:
    return page.locator("[data-conversation-list] a[data-id]")


def test_ten_thousand_tickets_are_sorted_filtered_and_changed_together(
    many: Running, new_context: NewContext, artefacts: Path
) -> None:
    agent = AgentPage(new_context(viewport=DESKTOP), many.url, SAM, "tickets")
    page = agent.page
    expect(page.get_by_text("1,000+ tickets")).to_be_visible()
    expect(links(page).first).to_contain_text(f"case {COUNT}")

    # Sorted by a click on a header, and by a second one with Shift.
    page.get_by_role("button", name="Priority").click()
    header = page.get_by_role("columnheader", name=re.compile("^Priority"))
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Urgent")
    page.get_by_role("button", name="Number").click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile("order=priority,-number|order=priority%2C-number"))
    expect(links(page).first).to_contain_text(f"case {COUNT}")

    # Read to the end of what is fetched, few rows drawn; back at the top the keyboard goes on.
    scroller = page.locator("[data-conversation-list]")
    for _ in range(6):
        scroller.evaluate("it => it.scrollTo(0, it.scrollHeight)")
        page.wait_for_function("height => document.querySelector('[data-conversation-list]').scrollHeight > height", arg=0)
    expect(page.get_by_role("row", name=re.compile("Urgent|High|Medium")).first).to_be_visible()
    assert links(page).count() <= 60
    scroller.evaluate("it => it.scrollTo(0, 0)")
    page.keyboard.press("j")
    expect(links(page).first).to_be_focused()

    # A filter is a sentence, and a saved view with a live count.
    page.get_by_role("button", name="Add filter").click()
    page.get_by_role("menuitem", name="Topic").click()
    page.get_by_role("menuitemcheckbox", name="Orders").click()
    expect(page.get_by_role("button", name="Topic is Orders", exact=True)).to_be_visible()
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("textbox", name="View name").fill("Orders first")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Orders first.*1,000\\+"))).to_be_visible()

    # Marked with x and Shift+j, changed in one request, taken back by one undo.
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.get_by_text("3 selected")).to_be_visible()
    look_in_every_way(page, artefacts, "work-list-marked", [DESKTOP])
    page.emulate_media(color_scheme="light")
    before = [row.inner_text() for row in page.get_by_role("row").all()[1:4]]
    page.get_by_role("button", name="Set topic").click()
    page.get_by_role("combobox", name="Topic").fill("Warranty")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("Warranty"))).to_have_count(3)
    # They no longer fit the filter: nothing jumps, the new list is offered.
    expect(page.get_by_text("3 changes")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("row", name=re.compile("Warranty"))).to_have_count(0)
    expect(page.get_by_text("3 changes")).to_have_count(0)
    assert [row.inner_text() for row in page.get_by_role("row").all()[1:4]] == before

    # Opening keeps the list's place: next without going back, and Esc returns to that row.
    links(page).nth(4).click()
    expect(agent.composer).to_be_visible()
    first = page.url
    page.keyboard.press("j")
    expect(page).not_to_have_url(first)
    title = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("Escape")
    expect(links(page).filter(has_text=title)).to_be_focused()
    expect(page.get_by_role("button", name="Topic is Orders", exact=True)).to_be_visible()

    look_in_every_way(page, artefacts, "work-list")


def test_columns_are_chosen_resized_and_kept(many: Running, new_context: NewContext, artefacts: Path) -> None:
    context = new_context(viewport=DESKTOP)
    page = AgentPage(context, many.url, SAM, "tickets").page
    edge = page.get_by_role("separator", name="Width of Contact")
    edge.focus()
    page.keyboard.press("ArrowRight")
    expect(edge).to_have_attribute("aria-valuenow", "176")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Team").click()
    page.locator("[data-handle=team]").focus()
    page.keyboard.press("ArrowUp")
    look_in_every_way(page, artefacts, "work-columns", [DESKTOP])
    page.keyboard.press("Escape")
    names = page.get_by_role("columnheader").all_inner_texts()
    assert names.index("Team") < names.index("Owner")
    page.reload()
    expect(page.get_by_role("separator", name="Width of Contact")).to_have_attribute("aria-valuenow", "176")
    assert page.get_by_role("columnheader").all_inner_texts() == names


def test_a_bar_of_the_closed_tickets_opens_their_list(busy_parley: Running, new_context: NewContext, artefacts: Path) -> None:
    guest = Guest(busy_parley.url, "Otto Hahn", "My stove is cold")
    open_ticket(busy_parley, guest, title="=A cold stove", topic="Repairs")
    as_agent(busy_parley.url, SAM, type="conversation.set_status", conversation_id=guest.id, status="resolved")
    page = AgentPage(new_context(viewport=DESKTOP), busy_parley.url, SAM, "tickets").page
    page.get_by_role("link", name="Closed over time").click()
    bars = page.get_by_role("list", name="Closed over time").get_by_role("link")
    expect(bars).to_have_count(30)
    expect(page.get_by_text(re.compile(r"^\d+ tickets? closed$"))).to_be_visible()
    look_in_every_way(page, artefacts, "closed-tickets")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("button", name="Month").click()
    expect(bars).to_have_count(24)
    bars.last.click()
    expect(links(page).filter(has_text="=A cold stove")).to_be_visible()
    expect(page.get_by_role("list", name="Filters").get_by_text(re.compile("^Closed "))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert "'=A cold stove" in Path(download.value.path()).read_text()
