"""Every screen of the widget with words of 200 letters: nothing is wider than its panel, on phones and at 200 % zoom."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ViewportSize, expect

from tests.browser.looking import DESKTOP, PHONE, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

LONG = "Donaudampfschifffahrt" + "s" * 179
WIDTHS: dict[str, ViewportSize] = {
    "320": {"width": 320, "height": 640},
    "390": {"width": 390, "height": 844},
    "396": {"width": 1440, "height": 900},
    "200 % zoom": {"width": 720, "height": 450},
}
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
TOO_WIDE = """() => {
    const cuts = it => getComputedStyle(it).textOverflow === "ellipsis" || it.closest(".hidden, svg")
    const wide = it => it.clientWidth > 0 && it.scrollWidth > it.clientWidth
    const out = ({ left, right }) => right > innerWidth + 0.5 || left < -0.5
    return [...document.querySelectorAll("body *")]
        .filter(it => (wide(it) && !cuts(it)) || (out(it.getBoundingClientRect()) && !it.closest(".hidden, svg")))
        .map(it => `${it.tagName}.${it.className}: ${it.scrollWidth} in ${it.clientWidth}`)
}"""


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file, whose inbox and agent have names of 200 letters."""
    running = Running(tmp_path_factory.mktemp("parley"), agent_capacity=1000).start()
    rows = sqlite3.connect(running.folder / "data" / "parley.db", timeout=30)
    with rows:
        rows.execute("UPDATE inboxes SET name = ?, greeting = ?", (LONG, LONG))
        rows.execute("UPDATE agents SET name = ? WHERE email = 'ana@example.com'", (LONG,))
    rows.close()
    yield running
    running.stop()


@pytest.mark.parametrize("locale", ["en-GB", "de", "ar"])
def test_nothing_in_the_widget_is_wider_than_its_panel(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path, locale: str
) -> None:
    visitor = VisitorPage(new_context(locale=locale, viewport=DESKTOP), parley.url)
    frame, page = visitor.frame, visitor.page

    def resize(size: ViewportSize) -> None:
        page.set_viewport_size(size)
        page.evaluate(SETTLED)
        frame.locator("body").evaluate(SETTLED)

    def measure(screen: str) -> None:
        for name, size in WIDTHS.items():
            resize(size)
            wide = frame.locator("body").evaluate(TOO_WIDE)
            page.screenshot(path=artefacts / f"{screen}-{name.split()[0]}.png")
            assert wide == [], f"{screen} at {name}: {wide}"
        resize(DESKTOP)

    visitor.launcher.click()
    ask = frame.get_by_role("textbox")
    expect(ask).to_be_visible()
    measure("home")
    ask.fill("return a parcel")
    expect(frame.locator(".answers .item").first).to_be_visible()
    measure("suggestions")
    frame.locator(".answers .item").first.click()
    expect(frame.locator("iframe")).to_be_visible()
    measure("article")
    frame.locator(".bar .tool").first.click()

    ask.fill(f"{LONG} {locale}")
    frame.locator(".ask .primary").click()
    expect(frame.locator(".row.own .bubble")).to_be_visible()
    frame.locator("input[type=file]").set_input_files({"name": f"{LONG}.txt", "mimeType": "text/plain", "buffer": b"words"})
    expect(frame.locator(".files li")).to_be_visible()
    frame.locator("[data-emoji] button").click()
    expect(frame.locator(".emoji")).to_be_visible()
    measure("chat-files-emoji")
    frame.locator(".bar [aria-expanded]").click()
    expect(frame.locator(".sure")).to_be_visible()
    measure("chat-end")
    frame.locator(".sure .plain").click()
    frame.locator(".send").click()
    expect(frame.locator(".file")).to_be_visible()

    frame.locator("textarea").fill(f"A short word in {locale}")
    frame.locator(".send").click()
    ana = AgentPage(new_context(), parley.url, path="?view=all")
    ana.open_row(f"A short word in {locale}")
    ana.say(f"{LONG} https://example.com/{LONG}")
    expect(frame.locator(".row.other .bubble").first).to_be_visible()
    measure("chat-answered")
    frame.locator(".bar .tool").first.click()
    expect(frame.locator(".list .item").first).to_be_visible()
    measure("home-returning")
    frame.locator(".list .item").first.click()
    frame.locator(".bar [aria-expanded]").click()
    frame.locator(".sure .primary").click()
    expect(frame.locator(".rating")).to_be_visible()
    frame.locator(".rating label").first.click()
    measure("rating")


def test_chat_keeps_room_at_200_percent_zoom(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    """A window of 1440 x 900 at 200 % is one of 720 x 450: half of the panel or more is left for what is said."""
    visitor = VisitorPage(new_context(viewport={"width": 720, "height": 450}, device_scale_factor=2), parley.url)
    visitor.open()
    visitor.begin("Is there room?")
    room, panel = visitor.frame.locator(".scroller").bounding_box(), visitor.page.locator("iframe").bounding_box()
    visitor.page.screenshot(path=artefacts / "zoom.png")
    assert room is not None
    assert panel is not None
    assert room["height"] >= panel["height"] / 2, (room, panel)


def test_end_chat_leaves_the_whole_name_its_place(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    """The header holds a menu of small buttons, so that the name and the promise keep about half of it."""
    visitor = VisitorPage(new_context(viewport=PHONE, locale="de"), parley.url)
    visitor.launcher.click()
    visitor.frame.get_by_role("textbox").fill("Wie breit ist der Name?")
    visitor.frame.locator(".ask .primary").click()
    end = visitor.frame.get_by_role("button", name="Chat beenden")
    expect(end).to_be_visible()
    who = visitor.frame.locator(".bar .who").bounding_box()
    assert who is not None
    assert who["width"] >= 180, who
    end.click()
    expect(visitor.frame.get_by_text("Diese Unterhaltung beenden?")).to_be_visible()
    look_in_every_way(visitor.page, artefacts, "end-question")
    visitor.frame.get_by_role("button", name="Abbrechen").click()
    expect(end).to_have_attribute("aria-expanded", "false")


def test_the_emoji_menu_closes_with_a_pick_escape_and_a_click_elsewhere(
    parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Emoji, please")
    button, menu = visitor.frame.get_by_role("button", name="Insert emoji"), visitor.frame.locator(".emoji")
    box = visitor.frame.get_by_role("textbox", name="Write a message")
    button.click()
    menu.get_by_role("button", name="🎉").click()
    expect(menu).to_have_count(0)
    expect(box).to_have_value("🎉")
    expect(box).to_be_focused()
    button.click()
    expect(menu).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(box).to_be_visible()
    button.click()
    expect(menu).to_be_visible()
    visitor.log.click()
    expect(menu).to_have_count(0)
    button.click()
    expect(menu).to_be_visible()
    button.click()
    expect(menu).to_have_count(0)


def test_offline_is_said_at_once_in_both_front_ends_and_goes_without_a_jump(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    outside = new_context()
    visitor = VisitorPage(outside, parley.url)
    visitor.open()
    visitor.begin("Are you still there?")
    inside = new_context()
    agent = AgentPage(inside, parley.url, path="?view=all")
    agent.open_row("Are you still there?")
    for context, said in ((outside, visitor.frame), (inside, agent.page)):
        banner = said.get_by_text("Offline. Messages will be sent when you're back.")
        expect(banner).to_have_count(0)
        context.set_offline(True)
        expect(banner).to_be_visible(timeout=1_000)
    before = visitor.frame.locator(".scroller").bounding_box()
    look_in_every_way(visitor.page, artefacts, "offline-widget", [PHONE])
    visitor.page.set_viewport_size({"width": 1280, "height": 720})
    for context, said in ((outside, visitor.frame), (inside, agent.page)):
        context.set_offline(False)
        expect(said.get_by_text(re.compile("^(Offline|Reconnecting)"))).to_have_count(0)
    assert visitor.frame.locator(".scroller").bounding_box() == before


def test_british_times_for_a_british_browser(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    times = re.compile(r"^\d?\d:\d\d( · |$)")
    visitor = VisitorPage(new_context(locale="en-GB"), parley.url)
    visitor.open()
    visitor.begin("What time is it?")
    expect(visitor.frame.locator(".meta").last).to_have_text(times)
    agent = AgentPage(new_context(locale="en-GB"), parley.url, path="?view=all")
    agent.open_row("What time is it?")
    expect(agent.log.locator("time").last).to_have_text(re.compile(r"^\s*\d?\d:\d\d\s*$"))
