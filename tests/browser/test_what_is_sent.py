"""Pictures and formatted words, from the visitor's screen to the agent's."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def flat(width: int, height: int) -> bytes:
    """A picture of one colour: few bytes, many pixels."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (15, 118, 110)).save(out, "JPEG", quality=30)
    return out.getvalue()


def arrived(visitor: VisitorPage, within_ms: int = 15_000) -> None:
    """The one file of the draft is listed (the part that lists it comes later than the file), and on the server."""
    files = visitor.frame.locator(".files li")
    expect(files).to_have_count(1)
    expect(files.locator("progress")).to_have_count(0, timeout=within_ms)
    expect(files).not_to_have_class("bad")


def test_a_photograph_of_too_many_pixels_is_made_smaller_and_sent(
    parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("my long screenshot")
    photo = {"name": "panorama.jpg", "mimeType": "image/jpeg", "buffer": flat(16_000, 2_600)}
    visitor.frame.locator("input[type=file]").set_input_files(photo)
    arrived(visitor, within_ms=60_000)
    visitor.say("here it is")
    agent = AgentPage(new_context(), parley.url, path="?view=all")
    agent.open_row("here it is")
    width = "img => img.complete && img.naturalWidth"
    expect(agent.log.get_by_role("img", name="panorama.jpg")).to_be_visible()
    agent.page.wait_for_function(f"() => ({width})(document.querySelector('img[alt=\"panorama.jpg\"]')) > 9000")


def test_a_message_waits_for_a_file_whose_part_of_the_widget_is_still_on_its_way(
    parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("a file on a slow line")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route("**/assets/uploads-*.js", hold)
    dot = {"name": "dot.jpg", "mimeType": "image/jpeg", "buffer": flat(60, 40)}
    visitor.frame.locator("input[type=file]").set_input_files(dot)
    visitor.say("with the dot")
    expect(visitor.frame.get_by_role("button", name="Send")).to_be_disabled()
    expect(visitor.log.get_by_text("with the dot")).to_have_count(0)
    context.unroute("**/assets/uploads-*.js")  # lets those go that are held
    arrived(visitor)
    visitor.frame.get_by_role("button", name="Send").click()
    visitor.sees("with the dot")
    expect(visitor.log.get_by_role("img", name="dot.jpg")).to_be_visible()


def test_a_picture_whose_first_fetch_failed_comes_when_it_can_be_had(
    parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("a picture on a bad line")
    agent_context = new_context()
    agent = AgentPage(agent_context, parley.url, path="?view=all")
    agent.open_row("a picture on a bad line")
    failures = {"visitor": 0, "agent": 0}

    def fail_first(who: str, times: int) -> Callable[[Route], None]:
        def handle(route: Route) -> None:
            if route.request.method == "GET" and failures[who] < times:
                failures[who] += 1
                route.abort()
            else:
                route.continue_()

        return handle

    context.route("**/api/v1/attachments/**", fail_first("visitor", 3))
    agent_context.route("**/api/v1/attachments/**", fail_first("agent", 1))
    visitor.frame.locator("input[type=file]").set_input_files(
        {"name": "dot.jpg", "mimeType": "image/jpeg", "buffer": flat(60, 40)}
    )
    arrived(visitor)
    visitor.say("sent")
    # The visitor's fetch fails three times: a word and a button. The agent's fails once and is made up for.
    visitor.frame.get_by_text("dot.jpg could not be loaded.").wait_for()
    visitor.frame.get_by_role("button", name="Try again").click()
    expect(visitor.log.get_by_role("img", name="dot.jpg")).to_be_visible()
    agent.page.wait_for_function("() => document.querySelector('img[alt=\"dot.jpg\"]')?.naturalWidth === 60")
    assert failures == {"visitor": 3, "agent": 1}


def test_both_sides_read_the_same_words_in_the_same_form(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("how do I wash it")
    agent = AgentPage(new_context(), parley.url, path="?view=all")
    agent.open_row("how do I wash it")
    body = (
        "Like *this*:\n1. **cold** water\n2. имя_файла_тест\n- see https://a.test/Curtain_(film)، "
        "and (https://b.test/x)。\nthen `dry` it"
    )
    agent.say(body)
    for log in (visitor.log, agent.log):
        expect(log.locator("em", has_text="this")).to_have_count(1)
        expect(log.locator("ol > li")).to_have_text(["cold water", "имя_файла_тест"])
        expect(log.locator("ol strong")).to_have_text("cold")
        links = log.locator("li a")
        expect(links).to_have_count(2)
        assert [links.nth(at).get_attribute("href") for at in range(2)] == ["https://a.test/Curtain_(film)", "https://b.test/x"]
        expect(log.locator("code")).to_have_text("dry")


def test_a_page_that_holds_the_script_twice_has_one_launcher(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    """P16: a tag manager and a template both add it; two launchers and two panels were the result."""
    visitor = VisitorPage(new_context(), parley.url)
    expect(visitor.launcher).to_be_visible()
    loaded = """() => new Promise(done => {
      const again = document.createElement('script')
      const first = document.querySelector('script[data-inbox]')
      Object.assign(again.dataset, first.dataset)
      again.src = first.src + '&again'
      again.onload = () => done([...document.documentElement.children].filter(it => it.shadowRoot).length)
      document.head.append(again)
    })"""
    assert visitor.page.evaluate(loaded) == 1
    visitor.open()
    expect(visitor.page.locator("iframe:not([src*='/widget/near'])")).to_have_count(1)
    visitor.begin("only one panel")
