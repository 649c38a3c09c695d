"""Keys, menus and the palette of the inbox: one list of commands, and keys that are never taken for text or the other way round."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.guests import Guest
from tests.browser.lists import SAM
from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage
from tests.running import Running

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def agent_with(guest: Guest, context: BrowserContext, email: str = SAM) -> AgentPage:
    agent = AgentPage(context, guest.url, email, f"c/{guest.id}?view=all")
    expect(agent.composer).to_be_visible()
    expect(agent.log.get_by_text("Hello", exact=True).first).to_be_visible()
    return agent


def actions_of(page: Page, button: Locator) -> list[str]:
    """Every action that a menu has to offer now, by its name, submenus included."""
    button.click()
    menus = page.get_by_role("menu")
    expect(menus.first).to_be_visible()
    item = page.locator("[role=menuitem]:not([data-disabled]),[role=menuitemcheckbox]")
    names: list[str] = []
    for index in range(item.count()):
        one = item.nth(index)
        if one.get_attribute("aria-haspopup") == "menu":
            one.focus()
            page.keyboard.press("ArrowRight")
            expect(menus).to_have_count(2)
            names += [name.strip().split("\n")[0] for name in menus.last.locator("[role^=menuitem]").all_inner_texts()]
            page.keyboard.press("ArrowLeft")
            expect(menus).to_have_count(1)
        else:
            names.append(one.inner_text().strip().split("\n")[0])
    page.keyboard.press("Escape")
    expect(menus).to_have_count(0)
    return names


def test_every_action_of_every_menu_is_in_the_palette(parley: Running, new_context: NewContext, artefacts: Path) -> None:
    """U7: what a menu can do, the palette can."""
    guest = Guest(parley.url, "Menu Mia")
    context = new_context(viewport=DESKTOP)
    sam = agent_with(guest, context, "admin@example.com")
    page = sam.page
    page.get_by_role("button", name=re.compile("^Status: ")).wait_for()
    named = [
        page.get_by_role("button", name="More actions"),
        page.get_by_role("button", name=re.compile("Your account")),
        page.get_by_role("button", name="Filter and sort"),
        page.get_by_role("button", name=re.compile("^Status: ")),
        page.get_by_role("button", name=re.compile("^Priority: ")),
    ]
    wanted = {name for button in named for name in actions_of(page, button)}
    assert {"Transfer", "Escalate", "Urgent", "Sign out", "Online", "Do not disturb", "Queue order"} & wanted
    page.keyboard.press("Control+k")
    palette = page.get_by_role("combobox", name="Search and commands")
    expect(palette).to_be_focused()
    page.screenshot(path=artefacts / "palette.png")
    missing = []
    for name in sorted(wanted):
        palette.fill(name)
        try:
            expect(page.get_by_role("option").filter(has_text=name).first).to_be_visible(timeout=3_000)
        except AssertionError:
            missing.append(name)
    assert missing == []
    for go in ("Visitors", "People", "Routing"):
        palette.fill(go)
        expect(page.get_by_role("option").filter(has_text=re.compile(go, re.I)).first).to_be_visible()
    palette.fill("urgent")
    look_in_every_way(page, artefacts, "found", [DESKTOP])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Priority: Urgent.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("p")
    choices = page.get_by_role("combobox", name="Priority")
    expect(choices).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(4)
    page.keyboard.type("low")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Priority: Low.")).to_be_visible()
    for key, dialog in (("f", "Transfer conversation"), ("x", "Escalate conversation")):
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=dialog)).to_be_visible()
        page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Shift+A")
    expect(page.get_by_role("combobox", name="Set availability")).to_be_focused()
    page.keyboard.press("Escape")


def test_typing_that_has_lost_its_field_is_no_command(parley: Running, new_context: NewContext) -> None:
    """P10: "hello there" resolves, assigns and opens nothing, whether the field was lost or never had."""
    guest = Guest(parley.url, "Lost Lena")
    sam = agent_with(guest, new_context())
    page = sam.page
    resolve = page.get_by_role("button", name="Resolve", exact=True)
    for text in ("hello there", "everything is easy"):
        page.keyboard.type(text)
        page.wait_for_timeout(400)  # longer than a command waits
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(resolve).to_be_visible()
        expect(page).to_have_url(re.compile(guest.id))
        page.wait_for_timeout(600)  # the pause that ends a word
    sam.composer.press_sequentially("I will ")
    sam.composer.evaluate("field => field.blur()")
    page.keyboard.type("reassign the next jet")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("textbox", name=f"Reply to {guest.name}")).to_have_value("I will ")
    expect(page).to_have_url(re.compile(guest.id))
    expect(resolve).to_be_visible()
    page.get_by_role("region", name="Messages").click()
    page.keyboard.press("t")
    expect(page.get_by_role("dialog", name="Tags")).to_be_visible()


def test_single_keys_can_be_switched_off(parley: Running, new_context: NewContext) -> None:
    """P10 (WCAG 2.1.4): off for letters, remembered, and back on from the palette."""
    guest = Guest(parley.url, "Unkeyed Una")
    sam = agent_with(guest, new_context())
    page = sam.page
    page.get_by_role("button", name=re.compile("Your account")).click()
    switch = page.get_by_role("menuitemcheckbox", name="Single-key shortcuts")
    expect(switch).to_be_checked()
    switch.click()
    page.keyboard.press("Escape")
    page.reload()
    expect(sam.composer).to_be_visible()
    for key in ("t", "?", "e"):
        page.keyboard.press(key)
    page.wait_for_timeout(400)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("single-key")
    expect(page.get_by_role("option").filter(has_text="Single-key shortcuts")).to_contain_text("Off")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_function("localStorage.getItem('parley.single_keys') === 'on'")
    page.keyboard.press("t")
    expect(page.get_by_role("dialog", name="Tags")).to_be_visible()


def test_keys_work_on_a_layout_without_latin_letters(parley: Running, new_context: NewContext) -> None:
    """P11: the place of the key counts where its letter is not Latin."""
    guest = Guest(parley.url, "Layout Lev")
    sam = agent_with(guest, new_context())
    page = sam.page

    def press(key: str, code: str, **more: bool) -> None:
        page.evaluate(
            "([key, code, more]) => document.body.dispatchEvent("
            "new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...more }))",
            [key, code, more],
        )

    press("е", "KeyT")
    expect(page.get_by_role("dialog", name="Tags")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("л", "KeyK", ctrlKey=True)
    expect(page.get_by_role("combobox", name="Search and commands")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("у", "KeyE")
    expect(page.get_by_text("Resolved.", exact=True)).to_be_visible()
