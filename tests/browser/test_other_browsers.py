"""Firefox and WebKit, the shop on another site than Parley: what a visitor and an agent do on an ordinary day.

F1 to F3 and F6: none of them could be seen with one browser and a shop on Parley's own site.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.conftest import FLAGS
from tests.browser.drivers import ENTER, ESCAPE, PACKAGES, PANEL, Bidi, Tab, firefox, firefox_tab, missing_programs, webkit
from tests.browser.sites import Site, shop_page
from tests.running import PASSWORD, Running

MakeTab = Callable[[], Tab]
HOST = "[...document.documentElement.children].find(it => it.shadowRoot)?.shadowRoot"
LAUNCHER = f"{HOST}?.querySelector('button')"
IS_OPEN = f"{HOST}?.querySelector('button')?.getAttribute('aria-expanded') === 'true'"
IS_CLOSED = f"!({IS_OPEN})"


@pytest.fixture
def shop(busy_parley: Running) -> Iterator[Site]:
    site = Site("localhost")
    site.html = shop_page(busy_parley.url)
    yield site
    site.stop()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _wanted() -> None:
    if missing := missing_programs():
        pytest.skip(f"needs {', '.join(missing)}: Debian's packages {PACKAGES}")


def tabs_of(name: str, stack: ExitStack, folder: Path, **preferences: Any) -> MakeTab:
    """Each call is another person at a browser of this kind."""
    made: list[Bidi] = []

    def make_firefox() -> Tab:
        if not made:
            made.append(stack.enter_context(firefox(folder / "firefox", **preferences)))
        return firefox_tab(made[0])

    def make_webkit() -> Tab:
        made.append(None)  # type: ignore[arg-type]
        return stack.enter_context(webkit(folder / f"webkit-{len(made)}"))

    return make_firefox if name == "firefox" else make_webkit


def said(text: str) -> str:
    return f"document.querySelector('[role=log]')?.innerText.includes({text!r})"


def button(text: str) -> str:
    return f"[...document.querySelectorAll('button')].find(it => it.innerText === {text!r})"


def open_panel(visitor: Tab) -> None:
    visitor.click(LAUNCHER)
    visitor.sees("document.querySelector('[data-focus]') !== null", frame="panel")


@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_a_visitor_and_an_agent_talk(name: str, busy_parley: Running, shop: Site, stack: ExitStack, tmp_path: Path) -> None:
    make = tabs_of(name, stack, tmp_path)
    visitor = make()
    visitor.goto(shop.url)
    open_panel(visitor)
    # F3: the first typed key goes to the field without a click.
    visitor.press(f"my lamp hums in {name}", frame="panel")
    visitor.sees(f"document.querySelector('textarea').value === 'my lamp hums in {name}'", frame="panel")
    visitor.click(button("Start conversation"), frame="panel")
    visitor.sees(said(f"my lamp hums in {name}"), frame="panel")

    agent = make()
    agent.goto(f"{busy_parley.url}/inbox/?view=all")
    agent.click("document.querySelector('input[type=email]')")
    agent.press("ana@example.com")
    agent.click("document.querySelector('input[type=password]')")
    agent.press(PASSWORD, ENTER)
    agent.click(f"[...document.querySelectorAll('a')].find(it => it.innerText.includes('my lamp hums in {name}'))")
    agent.sees(said(f"my lamp hums in {name}"))
    agent.click("[...document.querySelectorAll('[contenteditable], main textarea')].at(-1)")
    agent.press(f"Turn it round, {name}", ENTER)
    visitor.sees(said(f"Turn it round, {name}"), frame="panel")

    visitor.click("document.querySelector('textarea')", frame="panel")
    visitor.press("Quiet now", ENTER, frame="panel")
    agent.sees(said("Quiet now"))

    # The page is loaded again: the chat is there, and Escape closes it without a click in between.
    visitor.goto(shop.url)
    visitor.sees(IS_OPEN)
    visitor.sees(said("Quiet now"), frame="panel")
    visitor.press(ESCAPE, frame="panel")
    visitor.sees(IS_CLOSED)


@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_an_article_in_the_panel_is_dressed(name: str, shop: Site, stack: ExitStack, tmp_path: Path) -> None:
    """F2: in a sandboxed frame WebKit takes 'self' for nothing: no style sheet, no pictures."""
    visitor = tabs_of(name, stack, tmp_path)()
    visitor.goto(shop.url)
    open_panel(visitor)
    visitor.click("[...document.querySelectorAll('button, a')].find(it => it.innerText.includes('refund'))", frame="panel")
    visitor.sees("document.querySelector('h1') !== null", frame="article")
    visitor.sees(
        "document.styleSheets.length > 0 && getComputedStyle(document.body).fontFamily.includes('system-ui')", frame="article"
    )


@pytest.mark.parametrize("behaviour", [1, 2], ids=["others_blocked", "all_blocked"])
def test_a_firefox_that_stores_nothing_still_chats_and_says_so(
    behaviour: int, busy_parley: Running, shop: Site, stack: ExitStack, tmp_path: Path
) -> None:
    """F1: nobody could send, and nothing said so."""
    make = tabs_of("firefox", stack, tmp_path, **{"network.cookie.cookieBehavior": behaviour})
    visitor = make()
    visitor.goto(shop.url)
    open_panel(visitor)
    visitor.press(f"I allow nothing {behaviour}", frame="panel")
    visitor.click(button("Start conversation"), frame="panel")
    visitor.sees(said(f"I allow nothing {behaviour}"), frame="panel")
    visitor.sees("/Sent|Delivered/.test(document.querySelector('[role=log]').innerText)", frame="panel")
    visitor.sees("document.body.innerText.includes('Your browser keeps nothing here')", frame="panel")
    agent = make()
    agent.goto(f"{busy_parley.url}/inbox/")
    if behaviour == 2:
        agent.sees("document.body.innerText.includes('Your browser blocks cookies for this site')")
    else:
        agent.sees("document.querySelector('input[type=email]') !== null")


def test_a_chromium_that_stores_nothing_still_chats_and_says_so(
    playwright: Playwright, chromium_path: str, busy_parley: Running, shop: Site, tmp_path: Path
) -> None:
    """F1: "block all site data", the browser's own setting."""
    (tmp_path / "Default").mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked))
    with playwright.chromium.launch_persistent_context(tmp_path, executable_path=chromium_path, args=FLAGS) as context:
        page = context.new_page()
        page.goto(shop.url)
        page.get_by_role("button", name="chat").click()
        frame = page.frame_locator(PANEL)
        frame.get_by_role("textbox", name="Ask a question").fill("I block all site data")
        frame.get_by_role("button", name="Start conversation").click()
        log = frame.get_by_role("log")
        expect(log.get_by_text("I block all site data")).to_be_visible()
        expect(log).to_contain_text(re.compile("Sent|Delivered"))
        expect(frame.get_by_text("Your browser keeps nothing here")).to_be_visible()
        page.goto(f"{busy_parley.url}/inbox/")
        expect(page.get_by_text("Your browser blocks cookies for this site")).to_be_visible()
