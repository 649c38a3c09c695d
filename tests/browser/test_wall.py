"""The supervisor's wall: pushed and never polled, readable from afar, calm to look at, and a place to act from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

REPAINTS = 500
GROWTH_BYTES = 1_000_000

COUNT_SHIFTS = """() => {
  window.shifts = 0
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value
  }).observe({ type: "layout-shift", buffered: false })
}"""


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def wall_of(context: BrowserContext, parley: Running) -> Page:
    """Sam's wall, painted."""
    page = AgentPage(context, parley.url, "sam@example.com", "wall").page
    expect(page.get_by_role("table", name="Queues")).to_be_visible()
    return page


def waiting(page: Page) -> int:
    return int(page.locator("dl > div", has_text="Waiting").locator("dd").first.inner_text().strip())


def test_the_wall_is_clean(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    page = wall_of(new_context(), parley)
    expect(page.get_by_role("table", name="Agents")).to_be_visible()
    look_in_every_way(page, artefacts, "wall")


def test_it_is_pushed_and_nothing_jumps(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    page = wall_of(new_context(viewport=DESKTOP), parley)
    before = waiting(page)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/inbox/assets/" not in request.url:  # parts of the inbox that are fetched before they are wanted
            asked.append(request.url)

    page.on("request", note)
    page.evaluate(COUNT_SHIFTS)
    nobody_is_online(page)
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Is anybody watching?")
    expect(page.locator("dl > div", has_text="Waiting").locator("dd").first).to_have_text(str(before + 1))
    assert asked == []
    assert page.evaluate("window.shifts") < 0.01


def nobody_is_online(page: Page) -> None:
    """Sam sends themself away, so that whoever comes waits."""
    page.get_by_role("button", name="Change status of Sam Supervisor").click()
    page.get_by_role("menuitem", name="Away").click()
    expect(page.get_by_role("row", name="Sam Supervisor").get_by_text("Away")).to_be_visible()


SIZES = """() => {
    const px = it => parseFloat(getComputedStyle(it).fontSize)
    const all = selector => [...document.querySelectorAll(selector)]
    const region = document.querySelector("main [role=region]")
    return {
        figures: Math.min(...all("dl dd, tbody td").map(px)),
        ratios: all("dl > div").map(it => px(it.querySelector("dd")) / px(it.querySelector("dt"))),
        scrolls: region.scrollHeight - region.clientHeight,
        cut: all("dl dt, dl dd, thead th, tbody td, main li").filter(it => it.scrollWidth > it.clientWidth + 1).map(it => it.innerText),
        wide: document.documentElement.scrollWidth - innerWidth,
    }
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900), (1920, 1080)])
def test_a_television_shows_everything_and_can_be_read_from_afar(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path, width: int, height: int
) -> None:
    page = wall_of(new_context(viewport={"width": width, "height": height}), parley)
    page.get_by_role("button", name="Full screen").click()
    expect(page.get_by_role("button", name="Exit full screen")).to_be_visible()
    expect(page.get_by_role("table", name="Queues")).to_be_visible()
    expect(page.get_by_role("region", name="Agents").get_by_text("Sam Supervisor")).to_be_visible()
    page.screenshot(path=artefacts / "full-screen.png")
    sizes = page.evaluate(SIZES)
    assert sizes["figures"] >= 0.04 * height
    assert all(2 <= ratio <= 3 for ratio in sizes["ratios"]), sizes["ratios"]
    assert (sizes["scrolls"], sizes["cut"], sizes["wide"]) == (0, [], 0)


def test_thresholds_are_shown_by_colour_shape_and_word(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    page = wall_of(new_context(viewport=DESKTOP), parley)
    if waiting(page) == 0:
        nobody_is_online(page)
        visitor = VisitorPage(new_context(), parley.url)
        visitor.open()
        visitor.begin("Anybody?")
    page.get_by_role("button", name="Alerts for Support").click()
    page.get_by_label("Waiting conversations").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="over the limit").first).to_be_visible(timeout=10_000)
    expect(page.get_by_role("row", name="Support").get_by_text("No agent online")).to_be_visible()
    look_in_every_way(page, artefacts, "over")


def test_a_chat_is_read_along_and_whispered_into(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    agent = AgentPage(new_context(viewport=DESKTOP), parley.url)
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("My lamp flickers")
    agent.open_row("My lamp flickers")
    agent.say("Which lamp is it?")
    visitor.sees("Which lamp is it?")
    page = wall_of(new_context(viewport=DESKTOP), parley)
    row = page.get_by_role("row").filter(has_text="Ana")
    row.get_by_role("button", name=re.compile("^Watch chat")).last.click()
    pane = page.get_by_role("dialog")
    expect(pane.get_by_text("Ana Duarte can't see you", exact=False)).to_be_visible()
    visitor.say("The small one, by the bed")
    expect(pane.get_by_text("The small one, by the bed")).to_be_visible()
    expect(agent.page.get_by_text("viewing")).to_have_count(0)
    pane.get_by_role("textbox", name="Whisper to").fill("Ask for the bulb first")
    pane.get_by_role("button", name="Whisper").click()
    expect(agent.page.get_by_text("Ask for the bulb first")).to_be_visible()
    agent.page.screenshot(path=artefacts / "whispered.png")
    page.screenshot(path=artefacts / "watching.png")
    agent.say("Is the bulb new?")
    visitor.sees("Is the bulb new?")
    expect(visitor.frame.get_by_text("Ask for the bulb first")).to_have_count(0)
    pane.get_by_role("button", name="Take over").click()
    expect(pane).to_have_count(0)
    page.get_by_role("row").filter(has_text="Sam").get_by_role("button", name=re.compile("^Watch chat")).last.click()
    pane.get_by_role("link", name="Open").click()
    expect(page.get_by_role("log").get_by_text("Is the bulb new?")).to_be_visible()
    expect(page.get_by_role("textbox", name="Reply to")).to_be_visible()


def test_five_hundred_repaints_leave_nothing_behind(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    """Eight hours in a minute: the same wall, painted over and over with other figures."""
    context = new_context(viewport=DESKTOP)
    sockets: list[Any] = []

    def relay(ws: Any) -> None:
        server = ws.connect_to_server()
        sockets.append(ws)
        ws.on_message(server.send)

        def pass_on(message: Any) -> None:
            if isinstance(message, str) and '"type":"wall.moved"' in message:
                walls.append(message)
                if is_ours:
                    return
            ws.send(message)

        server.on_message(pass_on)

    walls: list[str] = []
    is_ours: list[bool] = []  # from some moment on the page is told our figures and no others
    context.route_web_socket("**/socket.io/**", relay)
    page = wall_of(context, parley)
    page.get_by_role("button", name="Change status of Sam Supervisor").click()
    page.get_by_role("menuitem", name="Busy").click()
    expect(page.get_by_role("row", name="Sam Supervisor").get_by_text("Busy")).to_be_visible()
    assert walls
    is_ours.append(True)
    cdp = context.new_cdp_session(page)

    def heap_after(repaints: int) -> int:
        for number in range(repaints):
            sockets[-1].send(
                walls[-1].replace('"made_at":"20', '"made_at":"21').replace('"opened_today":', f'"opened_today":{number + 1}')
            )
        expect(page.get_by_text("Since midnight UTC")).to_contain_text(f"{repaints}")
        cdp.send("HeapProfiler.collectGarbage")
        cdp.send("HeapProfiler.collectGarbage")
        return int(cdp.send("Runtime.getHeapUsage")["usedSize"])

    before = heap_after(50)
    assert heap_after(REPAINTS) - before < GROWTH_BYTES
