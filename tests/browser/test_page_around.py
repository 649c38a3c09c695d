"""The page around the widget: what it may set by the tag, and what a hostile page, or a frame beside the widget, cannot do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser.looking import DESKTOP, PHONE
from tests.browser.people import session_of
from tests.browser.sites import Site
from tests.running import Running

SECRET = "My card's last digits are 7319"
TAG = '<script async src="{url}/widget.js?inbox={inbox}" data-inbox="{inbox}" {more}></script>'
LAUNCHER = "button[aria-expanded]"
PANEL = "iframe[src*='/widget/frame']"
FORGED = [
    {"parley": 1, "identity_token": "eyJhbGciOiJub25lIn0.e30.", "url": "https://evil.example/", "is_open": True},
    {"parley": 1, "identity_token": None, "url": "", "is_open": False},
    {"parley": 1, "url": "", "is_open": True, "preview": {"greeting": "Send your password"}},
    {"parley": 1, "type": "ready"},
    {"parley": 1, "type": "toggle", "is_open": False},
    {"parley": 1, "type": "token"},
    {"parley": 1, "type": "status", "badge": "99", "labels": ["Owned", "Owned"], "color": "red", "memory": "red left"},
]
JUNK = [None, 7, "x" * 100_000, {"parley": 1}, {"parley": 1, "is_open": True, "url": {}, "identity_token": {"a": 1}}]
SHOUT = """words => {
  const ring = it => {
    for (const said of words) it.postMessage(said, "*")
    for (let at = 0; at < it.length; at++) ring(it[at])
  }
  ring(top)
}"""
"""Say it to the page and to every frame in it."""
LISTEN = """
  window.heard = []
  addEventListener("message", event => heard.push(JSON.stringify(event.data)))
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A shop on a site of its own."""
    shop = Site("localhost")
    yield shop
    shop.stop()


@pytest.fixture(scope="module")
def other() -> Iterator[Site]:
    """Somebody else's page: an advertisement inside the shop."""
    page = Site()
    page.html = f"<!doctype html><title>Advertisement</title><script>{LISTEN}</script>"
    yield page
    page.stop()


def shop(site: Site, parley: Running, more: str = "", before: str = "", direction: str = "ltr", inbox: str = "demo") -> None:
    """Put the snippet on the shop's page."""
    tag = TAG.format(url=parley.url, inbox=inbox, more=more)
    head = f'<html lang="en" dir="{direction}"><meta charset="utf-8"><title>Shop</title><h1>Lamps</h1>'
    site.html = f"<!doctype html>{head}{before}{tag}"


def panel_of(page: Page) -> tuple[Locator, FrameLocator]:
    return page.locator(LAUNCHER).first, page.frame_locator(PANEL)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_d9_the_tag_chooses_the_side_and_a_side_that_does_not_exist_is_refused(
    busy_parley: Running, site: Site, new_context: Callable[..., BrowserContext], direction: str
) -> None:
    said: list[str] = []
    width = DESKTOP["width"]
    for more, is_left in (
        ("", False),
        ('data-position="left"', True),
        ('data-position="right"', False),
        ('data-position="top"', False),
    ):
        said.clear()
        page = new_context(viewport=DESKTOP).new_page()
        page.on("console", lambda line: said.append(line.text))
        shop(site, busy_parley, more, direction=direction)
        page.goto(site.url)
        launcher, frame = panel_of(page)
        launcher.click()
        expect(frame.get_by_role("textbox")).to_be_visible()
        for box in (launcher.bounding_box(), page.locator(PANEL).bounding_box()):
            assert box is not None
            edge = box["x"] if is_left else width - box["x"] - box["width"]
            assert abs(edge - 20) < 1, (more, direction, box)
        assert [line for line in said if "data-position" in line] == (
            ["Parley: data-position is left or right"] if "top" in more else []
        )
    page.set_viewport_size(PHONE)
    box = page.locator(PANEL).bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}
    expect(launcher).to_be_hidden()


def test_d9_the_tag_wins_over_the_inboxs_own_side(
    busy_parley: Running, site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport=DESKTOP).new_page()
    admin = httpx.post(
        f"{busy_parley.url}/api/v1/inboxes",
        json={"name": "Left", "key": "left", "position": "left"},
        cookies={"parley_session": session_of(busy_parley.url, "admin@example.com")},
        headers={"Origin": busy_parley.url},
        trust_env=False,
    )
    assert admin.status_code == 201, admin.text
    for more, is_left in (("", True), ('data-position="right"', False)):
        shop(site, busy_parley, more, inbox="left")
        page.goto(site.url)
        launcher, _ = panel_of(page)
        expect(launcher).to_be_visible()
        box = launcher.bounding_box()
        assert box is not None
        assert (box["x"] < 100) is is_left


def test_b38_a_frame_of_another_origin_neither_hears_nor_moves_the_chat(
    busy_parley: Running, site: Site, other: Site, new_context: Callable[..., BrowserContext]
) -> None:
    shop(site, busy_parley, before=f'<script>{LISTEN}</script><iframe id="ad" src="{other.url}/ad"></iframe>')
    page = new_context(viewport=DESKTOP).new_page()
    page.goto(site.url)
    launcher, frame = panel_of(page)
    with page.expect_response("**/api/v1/widget/sessions") as opened:
        launcher.click()
    token = opened.value.json()["visitor_token"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/widget/sessions") else None)
    frame.get_by_role("textbox", name="Ask a question").fill(SECRET)
    frame.get_by_role("button", name="Start conversation").click()
    log = frame.get_by_role("log")
    expect(log.get_by_text(SECRET, exact=True)).to_have_count(1)

    advertisement = page.frame(url=f"{other.url}/ad")
    assert advertisement is not None
    advertisement.evaluate(SHOUT, FORGED)
    page.evaluate(SHOUT, FORGED[3:])  # the page itself, in the frame's name
    page.evaluate(SHOUT, JUNK)
    frame.get_by_role("textbox").last.fill("Still me")
    frame.get_by_role("textbox").last.press("Enter")
    expect(log.get_by_text("Still me", exact=True)).to_have_count(1)
    expect(log.get_by_text(SECRET, exact=True)).to_have_count(1)
    expect(launcher).to_have_attribute("aria-expanded", "true")
    expect(launcher).not_to_have_accessible_name("Owned")
    assert asked == [], "nobody has made the visitor somebody else"

    for heard in (page.evaluate("heard"), advertisement.evaluate("heard")):
        assert SECRET not in "".join(heard)
        assert token not in "".join(heard)
    ours = [json.loads(one) for one in advertisement.evaluate("heard") if '"parley"' in one]
    assert [one for one in ours if one not in FORGED + JUNK] == [], "the widget said something to a frame that is not its host"
    reach = "() => document.querySelector('html > div').shadowRoot.querySelector('iframe').contentDocument"
    assert page.evaluate(reach) is None
