"""Every screen of the inbox at every width: nothing is wider than its panel, whatever it holds; and axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.guests import Guest
from tests.browser.looking import DESKTOP, PHONE, look, look_in_every_way
from tests.browser.people import AgentPage, as_agent, session_of
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
    "settings/setup",
    "settings/workspace",
    "settings/inboxes",
    "settings/hours",
    "settings/email",
    "settings/account",
]
TOO_WIDE = """() => {
    const scrolls = it => ["auto", "scroll"].includes(getComputedStyle(it).overflowX)
    const panels = [document.documentElement, ...document.querySelectorAll("main, nav, aside, header, [role=region], [role=dialog], section, form")]
    return panels
        .filter(it => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0 && !scrolls(it) && !it.closest(".sr-only"))
        .map(it => `${it.tagName} ${it.getAttribute("aria-label") ?? it.className} ${it.scrollWidth}/${it.clientWidth}`)
}"""


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


@pytest.fixture(scope="module")
def made(busy_parley: Running) -> list[str]:
    """Pages of one thing each, which has a name of 200 letters: an inbox, hours and an article; and a ticket and a person."""
    url = busy_parley.url
    cookies = {"parley_session": session_of(url, "admin@example.com")}
    with httpx.Client(base_url=f"{url}/api/v1", cookies=cookies, headers={"Origin": url}, trust_env=False, timeout=30) as http:

        def make(path: str, **body: Any) -> Any:
            answer = http.post(path, json=body)
            assert answer.status_code == 201, answer.text
            return answer.json()

        fields = [
            {"key": "colour", "kind": "choice", "label": LONG[:100], "options": [LONG[:100], "White"]},
            {"key": "email", "kind": "email"},
        ]
        texts = [{"locale": "de", "greeting": LONG, "away": LONG}]
        inbox = make(
            "/inboxes", name=LONG[:80], greeting=LONG, languages=["de"], texts=texts, form={"fields": fields}, allowed_origins=[]
        )["inbox"]
        periods = [{"day": day, "opens": "09:00", "closes": "17:00"} for day in (0, 0, 1)]
        hours = make("/business-hours", name=LONG[:80], time_zone="UTC", periods=periods)["hours"]
        article = make("/articles", title=LONG[:200], body=f"{LONG}\n\n| a | b |\n|-|-|\n| {LONG} | {LONG} |", category=LONG[:60])
        make("/agents/invitations", email=f"{LONG[:60]}@example.com", role="agent", team_ids=[])
    return [f"settings/inboxes/{inbox['id']}", f"settings/hours/{hours['id']}", f"knowledge/{article['article']['id']}"]


def open_screen(page: Page, url: str, screen: str) -> None:
    page.set_viewport_size(DESKTOP if screen != "settings" else PHONE)
    page.goto(f"{url}/inbox/{screen}")
    expect(page.get_by_role("heading", level=1).first).to_be_attached()
    expect(page.locator("main .animate-pulse, main.animate-pulse")).to_have_count(0)  # it has come


def fits(page: Page, screen: str) -> None:
    for size in WIDTHS:
        page.set_viewport_size(size)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(TOO_WIDE) == [], f"{screen} at {size['width']}"


def test_nothing_is_wider_than_its_panel_with_long_words_at_any_width(
    parley: Running, new_context: Callable[..., BrowserContext], made: list[str]
) -> None:
    guest = Guest(parley.url, LONG[:80], LONG)
    as_agent(parley.url, "admin@example.com", type="ticket.open", conversation_id=guest.id, title=LONG[:200])
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com").page
    for screen in [*SCREENS, *made]:
        open_screen(page, parley.url, screen)
        fits(page, screen)
    for path in (f"c/{guest.id}?view=all", f"c/{guest.id}/details?view=all"):
        page.set_viewport_size(PHONE)
        page.goto(f"{parley.url}/inbox/{path}")
        expect(page.get_by_text(LONG[:80]).first).to_be_attached()
        fits(page, path)


@pytest.mark.parametrize("locale", ["en-GB", "ar"])
def test_every_screen_is_clean_in_light_and_dark_and_right_to_left(
    parley: Running, new_context: Callable[..., BrowserContext], made: list[str], artefacts: Path, locale: str
) -> None:
    """Arabic once, on a phone: the looks are the same ones."""
    context = new_context(viewport=DESKTOP, locale=locale)
    page = AgentPage(context, parley.url, "admin@example.com", "settings/account").page
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ar" else "ltr")
    for screen in [it for it in [*SCREENS, *made] if it != "settings"]:
        page.emulate_media(color_scheme="light")
        open_screen(page, parley.url, screen)
        name = screen.split("?")[0].replace("/", "-") or "inbox"
        if locale == "ar":
            page.set_viewport_size(PHONE)
            look(page, artefacts / f"{name}.png")
        else:
            look_in_every_way(page, artefacts, name, [DESKTOP])


def test_open_dialogs_fit_and_are_clean(
    parley: Running, new_context: Callable[..., BrowserContext], made: list[str], artefacts: Path
) -> None:
    guest = Guest(parley.url, LONG[:80], LONG)
    as_agent(parley.url, "admin@example.com", type="ticket.open", conversation_id=guest.id, title=LONG[:200])
    page = AgentPage(new_context(viewport=DESKTOP, locale="en-GB"), parley.url, "admin@example.com").page
    dialog = page.get_by_role("dialog")

    def check(name: str) -> None:
        expect(dialog).to_be_visible()
        fits(page, name)
        look_in_every_way(page, artefacts, name)
        page.set_viewport_size(DESKTOP)
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_have_count(0)

    open_screen(page, parley.url, "knowledge")
    page.get_by_role("button", name="Import").click()
    check("import")
    open_screen(page, parley.url, made[2])
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    check("delete")
    open_screen(page, parley.url, "settings/people")
    page.get_by_role("button", name="Invite people").click()
    dialog.get_by_label("Email addresses").fill(f"{LONG}@example.com, {LONG}")
    dialog.get_by_role("button", name=re.compile("^Invite")).click()
    check("invite")
    page.get_by_role("button", name=re.compile("^Edit Sam")).click()
    check("person")
    open_screen(page, parley.url, made[0])
    page.get_by_role("button", name="Archive inbox").click()
    check("archive")
    open_screen(page, parley.url, made[1])
    page.get_by_role("button", name="Delete business hours").click()
    check("hours")
    page.set_viewport_size(PHONE)
    page.goto(f"{parley.url}/inbox/c/{guest.id}/details?view=all")
    page.get_by_role("button", name="Edit ticket").click()
    expect(dialog).to_be_visible()
    look_in_every_way(page, artefacts, "ticket", [PHONE])  # another width is another page, without the dialog
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{parley.url}/inbox/c/{guest.id}?view=all")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Escalate").click()
    check("escalate")


def test_settings_are_found_by_search_and_on_a_phone_one_page_at_a_time(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    page = AgentPage(new_context(viewport=PHONE), parley.url, "admin@example.com", "settings").page
    menu = page.get_by_role("navigation", name="Settings")
    menu.get_by_role("searchbox", name="Search settings").fill("saved replies")
    expect(menu.get_by_role("link")).to_have_count(1)
    look_in_every_way(page, artefacts, "settings-search", [PHONE])
    menu.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Responses and macros")).to_be_visible()
    expect(menu).to_have_count(0)
    page.get_by_role("link", name="Settings").first.click()
    expect(menu).to_be_visible()
    for words, page_name in (
        ("zendesk colour", "Inboxes"),
        ("SMTP", "Email"),
        ("weekend", "Business hours"),
        ("sessions", "Your account"),
    ):
        menu.get_by_role("searchbox").fill(words)
        expect(menu.get_by_role("link")).to_have_count(1)
        expect(menu.get_by_role("link", name=page_name)).to_be_visible()
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
