"""Every screen of the inbox at every width: nothing is wider than its panel, whatever it holds; and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.guests import Guest
from tests.browser.looking import DESKTOP, PHONE, look_in_every_way
from tests.browser.people import AgentPage, as_agent
from tests.running import Running

LONG = "Donaudampfschifffahrtsgesellschaftskapitaenswitwe" * 4
"""A word of 200 letters, as a name and as a message."""
WIDTHS: list[ViewportSize] = [
    {"width": 320, "height": 640},
    {"width": 390, "height": 844},
    {"width": 768, "height": 1024},
    {"width": 1440, "height": 900},
    {"width": 720, "height": 450},  # 1440x900 at 200 % zoom
]
SCREENS = [
    "?view=all",
    "tickets",
    "visitors",
    "wall",
    "knowledge",
    "settings",
    "settings/people",
    "settings/proactive",
    "settings/routing",
    "settings/replies",
]
TOO_WIDE = """() => {
    const scrolls = it => ["auto", "scroll"].includes(getComputedStyle(it).overflowX)
    const panels = [document.documentElement, ...document.querySelectorAll("main, nav, aside, header, [role=region], section, form")]
    return panels
        .filter(it => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0 && !scrolls(it) && !it.closest(".sr-only"))
        .map(it => `${it.tagName} ${it.getAttribute("aria-label") ?? it.className} ${it.scrollWidth}/${it.clientWidth}`)
}"""


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def fits(page: Page, screen: str) -> None:
    for size in WIDTHS:
        page.set_viewport_size(size)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(TOO_WIDE) == [], f"{screen} at {size['width']}"


def test_nothing_is_wider_than_its_panel_with_long_words_at_any_width(
    parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    guest = Guest(parley.url, LONG[:80], LONG)
    as_agent(parley.url, "admin@example.com", type="ticket.open", conversation_id=guest.id, title=LONG[:200])
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com").page
    for screen in SCREENS:
        page.set_viewport_size(DESKTOP if screen != "settings" else PHONE)
        page.goto(f"{parley.url}/inbox/{screen}")
        expect(page.get_by_role("heading", level=1).first).to_be_attached()
        expect(page.get_by_role("status").get_by_text("Opening your inbox")).to_have_count(0)
        fits(page, screen)
    for path in (f"c/{guest.id}?view=all", f"c/{guest.id}/details?view=all"):
        page.set_viewport_size(PHONE)
        page.goto(f"{parley.url}/inbox/{path}")
        expect(page.get_by_text(LONG[:80]).first).to_be_attached()
        fits(page, path)


def test_settings_are_found_by_search_and_on_a_phone_one_page_at_a_time(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    page = AgentPage(new_context(viewport=PHONE), parley.url, "admin@example.com", "settings").page
    menu = page.get_by_role("navigation", name="Settings")
    menu.get_by_role("searchbox", name="Search settings").fill("saved replies")
    expect(menu.get_by_role("link")).to_have_count(1)
    look_in_every_way(page, artefacts, "settings-search", [PHONE])
    menu.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Replies and macros")).to_be_visible()
    expect(menu).to_have_count(0)
    page.get_by_role("link", name="Settings").first.click()
    expect(menu).to_be_visible()
    menu.get_by_role("searchbox").fill("nothing is called so")
    expect(menu.get_by_role("status")).to_have_text("No settings match “nothing is called so”.")
    page.set_viewport_size(DESKTOP)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()


def test_the_inbox_opens_with_few_requests_and_nothing_jumps(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    Guest(parley.url, "Cold Carl")
    context = new_context(viewport=DESKTOP)
    context.add_init_script(
        """window.shifts = 0
        new PerformanceObserver(list => list.getEntries().forEach(it => { if (!it.hadRecentInput) shifts += it.value }))
            .observe({ type: "layout-shift", buffered: true })"""
    )
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = AgentPage(context, parley.url, path="?view=all").page
    expect(page.get_by_role("link").filter(has_text="Cold Carl").first).to_be_visible()
    assert len(asked) < 40, asked
    assert page.evaluate("shifts") < 0.05
