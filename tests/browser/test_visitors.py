"""Before anybody writes: who is on the site, a greeting by hand and one by rule."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, WebSocketRoute, expect

from tests.browser.looking import DESKTOP, PHONE, look
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

BUBBLE = "iframe[title^='Message from']"


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def show_visitors(page: Page, url: str, shows: bool) -> None:
    """As an admin who is signed in on this page."""
    (inbox,) = page.request.get(f"{url}/api/v1/me").json()["inboxes"]
    headers = {"Origin": url}
    answer = page.request.post(f"{url}/api/v1/inboxes/{inbox['id']}", data={"shows_visitors": shows}, headers=headers)
    assert answer.ok, answer.text()


def test_an_agent_greets_a_visitor_who_answers(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    admin = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com")
    show_visitors(admin.page, parley.url, True)
    ana = AgentPage(new_context(viewport=DESKTOP, color_scheme="dark"), parley.url, path="visitors")
    expect(ana.page.get_by_text("No visitors right now")).to_be_visible()
    visitor = VisitorPage(new_context(viewport=DESKTOP), parley.url)
    line = ana.page.get_by_role("list", name="Visitors").get_by_role("listitem")
    expect(line).to_have_count(1, timeout=15_000)
    expect(line).to_contain_text("/demo")
    look(ana.page, artefacts / "visitors-dark.png")

    line.get_by_role("button", name=re.compile("Send Visitor .+ a message")).click()
    ana.page.get_by_role("dialog").get_by_role("textbox").fill("Looking for a tent? I can help.")
    ana.page.get_by_role("button", name="Send").click()
    bubble = visitor.page.frame_locator(BUBBLE)
    expect(bubble.get_by_text("Looking for a tent? I can help.")).to_be_visible(timeout=15_000)
    expect(line).to_contain_text("Sees your message")
    look(visitor.page, artefacts / "greeting.png")

    bubble.get_by_role("button", name="Answer").click()
    panel = visitor.page.frame_locator("iframe[title='Chat']")
    expect(panel.get_by_text("Looking for a tent? I can help.")).to_be_visible()
    box = panel.get_by_role("textbox", name=re.compile("write", re.I)).last
    box.fill("Yes, a small one")
    box.press("Enter")
    log = panel.get_by_role("log")
    expect(log.get_by_text("Yes, a small one")).to_be_visible()
    expect(log.get_by_text("Looking for a tent? I can help.")).to_have_count(1)
    expect(panel.get_by_text("Looking for a tent? I can help.")).to_have_count(1)
    visitor.page.screenshot(path=artefacts / "answered.png")

    ana.page.evaluate("window.stayed = true")
    line.get_by_role("link", name="With Ana Duarte").click()
    ana.sees("Yes, a small one")
    expect(log.get_by_text("Ana Duarte joined")).to_be_visible()
    assert ana.page.evaluate("window.stayed"), "the inbox was not loaded anew"
    details = ana.page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("heading", name="Pages visited")).to_be_visible()
    admin.page.goto(ana.page.url)
    theirs = admin.page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Edit contact").click()
    details.get_by_label("Company").fill("Berg & Sons")
    look(ana.page, artefacts / "contact-form-dark.png")
    details.get_by_role("button", name="Save").click()
    expect(theirs.get_by_text("Berg & Sons")).to_be_visible()
    visitor.page.evaluate("history.pushState(null, '', '/demo?tent=small')")
    expect(theirs.locator("a[href$='tent=small']")).to_be_visible()
    look(admin.page, artefacts / "contact-light.png")
    visitor.page.close()


def test_a_closed_launcher_asks_for_nothing_unless_visitors_are_shown(
    parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    admin = AgentPage(new_context(), parley.url, "admin@example.com")
    show_visitors(admin.page, parley.url, False)
    asked: list[str] = []
    context = new_context()
    context.on("request", lambda request: asked.append(_path(request)))
    page = context.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{parley.url}/demo")
    page.wait_for_load_state("networkidle")
    assert [it for it in asked if it.startswith(("/widget", "/api"))] == ["/widget.js"]
    show_visitors(admin.page, parley.url, True)
    asked.clear()
    with page.expect_request("**/api/v1/widget/visits"):
        page.reload()
    assert {"/widget.js", "/widget/near.js", "/widget/near"} <= set(asked)
    assert sockets == [], "never a socket before the chat is opened"
    show_visitors(admin.page, parley.url, False)


def test_an_admin_writes_a_rule_and_a_visitor_meets_it_once(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    admin = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "settings/proactive")
    show_visitors(admin.page, parley.url, True)
    for name, words in (("Second", "Never shown: another fits first"), ("First", "Free delivery today. Any questions?")):
        admin.page.get_by_role("button", name="Add message").click()
        form = admin.page.get_by_role("dialog")
        form.get_by_role("textbox", name="Name").fill(name)
        form.get_by_role("textbox", name="Message", exact=True).fill(words)
        form.get_by_role("textbox", name="Page").fill("/demo*")
        form.get_by_label("Seconds on the page").fill("0")
        if name == "First":
            look(admin.page, artefacts / "proactive-form.png")
        form.get_by_role("button", name="Save").click()
        expect(form).to_have_count(0)
    handles = admin.page.get_by_role("button", name=re.compile(r"^Move "))
    handles.nth(1).focus()
    admin.page.keyboard.press("ArrowUp")
    expect(handles.first).to_have_accessible_name(re.compile("^Move First, position 1"))
    expect(handles.first).to_be_focused()
    look(admin.page, artefacts / "proactive.png")

    context = new_context(viewport=PHONE, color_scheme="dark")
    visitor = VisitorPage(context, parley.url)
    bubble = visitor.page.frame_locator(BUBBLE)
    expect(bubble.get_by_text("Free delivery today. Any questions?")).to_be_visible(timeout=15_000)
    look(visitor.page, artefacts / "greeting-phone-dark.png")
    bubble.get_by_role("button", name="Dismiss").click()
    expect(visitor.page.locator(BUBBLE)).to_be_hidden()
    with visitor.page.expect_response(re.compile("/api/v1/widget/greetings")):  # it is counted when that is answered
        visitor.page.reload()
        # The one that was waved away stays away; the next that fits takes its place.
        expect(bubble.get_by_text("Never shown: another fits first")).to_be_visible(timeout=15_000)
    admin.page.reload()
    expect(admin.page.get_by_text("1 shown, 0 replied")).to_have_count(2)


def test_screens_at_phone_size(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    admin = AgentPage(new_context(viewport=PHONE), parley.url, "admin@example.com")
    show_visitors(admin.page, parley.url, True)
    visitor = VisitorPage(new_context(), parley.url)
    admin.page.goto(f"{parley.url}/inbox/visitors")
    expect(admin.page.get_by_role("list", name="Visitors").get_by_role("listitem").first).to_be_visible(timeout=15_000)
    look(admin.page, artefacts / "visitors-phone.png")
    admin.page.goto(f"{parley.url}/inbox/settings/proactive")
    expect(admin.page.get_by_role("button", name="Add message")).to_be_visible()
    look(admin.page, artefacts / "proactive-phone.png")
    visitor.page.close()


def test_l11_of_two_thousand_visitors_only_those_in_view_are_drawn(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    """They come as a node tells them: in one answer and the events behind it."""
    many = """socket => {
        const visitor = at => ({
          contact_id: `0000-${at}`, inbox_id: "x", name: `Visitor ${at}`, is_contact: true, is_returning: false,
          url: `https://shop.example/page-${at}`, title: `Page ${at}`, locale: "en", conversation_id: null, agent_id: null,
          came_at: new Date(Date.now() - at * 1000).toISOString(), page_since: new Date().toISOString(), invitation: "none",
        })
        return JSON.stringify({ type: "visitors.changed", visitors: Array.from({ length: 2000 }, (_, at) => visitor(at)), gone_ids: [] })
    }"""
    context = new_context(viewport=DESKTOP)
    ana = AgentPage(context, parley.url, path="settings")
    event = ana.page.evaluate(many)
    lines: list[WebSocketRoute] = []

    def between(client: WebSocketRoute) -> None:
        server = client.connect_to_server()
        lines.append(client)
        client.on_message(server.send)
        server.on_message(client.send)

    ana.page.route_web_socket(re.compile("/socket.io/"), between)
    ana.page.goto(f"{parley.url}/inbox/visitors")
    expect(ana.page.get_by_role("heading", name="Visitors")).to_be_visible()
    expect(ana.page.get_by_role("textbox", name="Filter by page")).to_be_visible()
    lines[-1].send(f'42/agent,["event",{event}]')
    ana.page.get_by_role("textbox", name="Filter by page").fill("shop.example")  # others of this file may still be there
    items = ana.page.get_by_role("list", name="Visitors").get_by_role("listitem")
    expect(items.first).to_contain_text("Visitor 0")
    assert items.count() < 40
    expect(items.first).to_have_attribute("aria-setsize", "2000")
    expect(items.first).to_have_attribute("aria-posinset", "1")
    look(ana.page, artefacts / "visitors-many.png")

    region = ana.page.get_by_role("region", name="Visitors")
    region.focus()
    ana.page.keyboard.press("End")
    expect(items.last).to_contain_text("Visitor 1999")
    expect(items.last).to_have_attribute("aria-posinset", "2000")
    assert items.count() < 40
    button = items.last.get_by_role("button")
    button.focus()
    expect(button).to_be_focused()
    assert items.last.bounding_box()["y"] + items.last.bounding_box()["height"] <= DESKTOP["height"]
    ana.page.set_viewport_size(PHONE)
    boxes = [items.nth(at).bounding_box() for at in range(items.count())]
    for above, below in itertools.pairwise(sorted((box for box in boxes if box), key=lambda box: box["y"])):
        assert above["y"] + above["height"] <= below["y"] + 1, "no line covers another"
    look(ana.page, artefacts / "visitors-many-phone.png")


def _path(request: Request) -> str:
    return re.sub(r"^https?://[^/]+|\?.*$", "", request.url)
