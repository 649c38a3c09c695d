"""The inbox without a mouse, and what it shows of time, order and refusals."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.browser.guests import Guest
from tests.browser.lists import SAM, all_of, row_of, rows, scroller
from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, as_agent, session_of
from tests.running import Running

NewContext = Callable[..., BrowserContext]
HAS_VISIBLE_FOCUS = """() => {
    const it = document.activeElement
    return it !== document.body && it.matches(":focus-visible")
}"""


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def test_everything_is_done_with_keys_and_the_focus_is_always_seen(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    other = Guest(parley.url, "Keyless Kit")
    guest = Guest(parley.url, "Keyboard Kim", "Can I do this without a mouse?")
    page = all_of(parley, new_context(viewport=DESKTOP)).page
    keys = page.keyboard
    expect(row_of(page, guest.name)).to_be_visible()

    keys.press("j")
    expect(page).to_have_url(re.compile(guest.id))
    page.wait_for_function(HAS_VISIBLE_FOCUS)
    keys.press("j")
    expect(page).to_have_url(re.compile(other.id))
    keys.press("k")
    expect(page).to_have_url(re.compile(guest.id))
    keys.press("t")
    tags = page.get_by_role("dialog", name="Tags")
    expect(tags).to_be_visible()
    page.wait_for_function(HAS_VISIBLE_FOCUS)
    keys.type("Keys")
    keys.press("Enter")
    expect(row_of(page, guest.name).get_by_text("keys", exact=True)).to_be_visible()
    expect(page.get_by_text("Tagged keys.")).to_be_visible()
    expect(tags).to_have_count(0)
    keys.press("z")
    expect(row_of(page, guest.name).get_by_text("keys", exact=True)).to_have_count(0)
    keys.press("a")
    expect(page.get_by_role("dialog", name="Assign conversation")).to_be_visible()
    keys.type("Ben")
    keys.press("Enter")
    expect(page.get_by_text("Assigned to Ben Okafor.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("s")
    expect(page.get_by_role("dialog", name="Snooze until")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("n")
    expect(page.get_by_role("textbox", name="Internal note, visible to your team only")).to_be_focused()
    keys.press("Escape")
    keys.press("r")
    expect(page.get_by_role("textbox", name=f"Reply to {guest.name}")).to_be_focused()
    keys.type("Yes, all of it.")
    keys.press("Control+Enter")
    expect(page.get_by_text("Resolved.", exact=True)).to_be_visible()
    assert "Yes, all of it." in guest.heard()
    keys.press("Escape")
    keys.press("z")
    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()
    keys.press("?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Next conversation", "Tag", "Extend selection down", "Go to wall", "Go to settings", "Canned response"):
        expect(listed.get_by_text(words, exact=True)).to_be_visible()
    page.screenshot(path=artefacts / "keys.png")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for key, title in (("k", "Help centre"), ("s", "Responses and macros"), ("r", "Wall"), ("i", "Inbox")):
        keys.press("Escape")  # out of a search field that took the focus
        keys.press("g")
        keys.press(key)
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    keys.press("/")
    expect(page.get_by_role("searchbox", name="Search conversations")).to_be_focused()


def test_what_cannot_be_changed_is_told(parley: Running, new_context: NewContext) -> None:
    """The visitor of one of two ends their conversation before the change arrives."""
    first, second = Guest(parley.url, "Bulk One"), Guest(parley.url, "Bulk Two")
    page = all_of(parley, new_context()).page
    row_of(page, second.name).click()
    expect(page.get_by_role("log")).to_be_visible()
    row_of(page, first.name).click(modifiers=["Shift"])
    expect(page.locator("[data-marked]")).to_have_count(2)
    page.keyboard.press("s")
    expect(page.get_by_role("dialog", name="Snooze until")).to_be_visible()
    first.ask("conversation.end", conversation_id=first.id)
    page.get_by_role("button", name="In 1 hour").click()
    expect(page.get_by_role("alert")).to_contain_text("1 of 2 could not be updated.")


def test_the_unassigned_are_listed_as_they_will_be_served(parley: Running, new_context: NewContext) -> None:
    as_agent(parley.url, SAM, type="presence.set", presence="away")  # who left a moment ago would still be given them
    guests = [Guest(parley.url, f"Queued {number}") for number in range(3)]
    tall = {"width": 1280, "height": 4000}  # rows out of sight are not drawn, and others wait here, too
    agent = AgentPage(new_context(viewport=tall), parley.url, "admin@example.com", "?view=unassigned")
    page = agent.page
    for guest in guests:
        expect(row_of(page, guest.name)).to_be_visible()
    order = re.findall(r"Queued \d", "\n".join(rows(page).all_inner_texts()))
    assert order == [guest.name for guest in guests], "whoever came first is served first"
    page.get_by_role("button", name="Filter and sort").click()
    page.get_by_role("menuitem", name="Sort by").click()
    expect(page.get_by_role("menuitemcheckbox", name="Queue order")).to_be_checked()
    page.get_by_role("menuitemcheckbox", name="Newest message").click()
    expect(rows(page).first).to_contain_text(guests[-1].name)
    as_agent(parley.url, SAM, type="presence.set", presence="online")


def promise_answers_within(url: str, seconds: int) -> None:
    """Every team says from when on a wait is overdue."""
    cookies = {"parley_session": session_of(url, SAM)}
    teams = httpx.get(f"{url}/api/v1/me", cookies=cookies, trust_env=False).json()["teams"]
    limits = {"waiting_count": 1000, "longest_seconds": seconds, "p90_seconds": 3600, "answer_seconds": 3600}
    for team in teams:
        as_agent(url, SAM, type="team.set_thresholds", team_id=team["id"], **limits)


def test_the_waiting_clock_ticks_without_redrawing_the_list(parley: Running, new_context: NewContext) -> None:
    guest = Guest(parley.url, "Waiting Wanda")
    promise_answers_within(parley.url, 300)
    context = new_context()
    context.clock.install()
    page = all_of(parley, context).page
    clock = row_of(page, guest.name).locator("[data-level]")
    expect(clock).to_have_attribute("data-level", "calm")
    scroller(page).evaluate(
        """list => {
            window.changed = new Set()
            new MutationObserver(all => {
                for (const { target } of all) {
                    const element = target.nodeType === 1 ? target : target.parentElement
                    changed.add(element.closest("time") ? "time" : element.tagName)
                }
            }).observe(list, { subtree: true, childList: true, characterData: true, attributes: true })
        }"""
    )

    def redrawn_by_three_ticks() -> list[str]:
        page.evaluate("changed.clear()")
        before = clock.inner_text()
        context.clock.run_for(3000)
        expect(clock).not_to_have_text(before)
        return page.evaluate("[...changed]")

    assert ["time"] in (redrawn_by_three_ticks() for _ in range(5)), "unless something happens to another conversation as well"
    context.clock.run_for(4 * 60_000)
    expect(clock).to_have_attribute("data-level", "late")
    expect(clock).to_contain_text("Due soon")
    context.clock.run_for(60_000)
    expect(clock).to_have_attribute("data-level", "overdue")
    expect(clock).to_contain_text("Overdue")


def test_marks_tags_and_settings_are_clean(parley: Running, new_context: NewContext, artefacts: Path) -> None:
    Guest(parley.url, "Clean Cleo")
    page = all_of(parley, new_context(viewport=DESKTOP, color_scheme="dark"), "&sort=waiting&priority=medium").page
    page.keyboard.press("j")
    expect(page.get_by_role("log")).to_be_visible()
    page.keyboard.press("Shift+J")
    expect(page.get_by_role("toolbar", name="Selected conversations")).to_be_visible()
    look_in_every_way(page, artefacts, "marked", [DESKTOP])
    page.keyboard.press("t")
    expect(page.get_by_role("dialog")).to_be_visible()
    look_in_every_way(page, artefacts, "tags", [DESKTOP])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for key, title in (("s", "Responses and macros"), ("k", "Help centre")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        look_in_every_way(page, artefacts, title)


def test_nobody_at_the_keys_is_asked_and_then_away_until_the_next_touch(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    context = new_context(viewport=DESKTOP)
    context.clock.install()
    agent = AgentPage(context, parley.url, "ben@example.com")
    page = agent.page
    answer = page.request.put(f"{parley.url}/api/v1/me/idle", data={"idle_seconds": 60}, headers={"Origin": parley.url})
    assert answer.ok, answer.text()
    with page.expect_response(re.compile("/StillThere")):
        page.reload()
    account = page.get_by_role("button", name=re.compile("Your account"))
    expect(account).to_have_accessible_name(re.compile("Online"))
    asked = page.get_by_role("alertdialog", name="Still there?")
    context.clock.run_for(31_000)
    expect(asked).to_be_visible()
    page.screenshot(path=artefacts / "still-there.png")
    asked.get_by_role("button", name="Stay online").click()
    expect(asked).to_have_count(0)
    context.clock.run_for(31_000)
    expect(asked).to_be_visible()
    context.clock.run_for(31_000)
    expect(asked).to_have_count(0)
    context.clock.resume()
    expect(account).to_have_accessible_name(re.compile("Away"), timeout=90_000)  # once no node has seen anybody for a lease
    page.keyboard.press("Shift")
    expect(account).to_have_accessible_name(re.compile("Online"))
    expect(page.get_by_text("You're back online.")).to_be_visible()


def test_dark_is_dark_before_any_script_has_run(parley: Running, new_context: NewContext) -> None:
    """Without scripts there is only the first paint: its ground is the scheme's."""
    for scheme, is_dark in (("dark", True), ("light", False)):
        page = new_context(color_scheme=scheme, java_script_enabled=False).new_page()
        page.goto(f"{parley.url}/inbox/")
        assert (brightness(page.screenshot()) < 60) is is_dark, scheme


def brightness(picture: bytes) -> int:
    """Of the ground, from 0 to 255."""
    pixel = Image.open(io.BytesIO(picture)).convert("L").getpixel((200, 200))
    assert isinstance(pixel, int)
    return pixel
