"""Parts of the program that are fetched when they are wanted: over a line that fails, and after a newer version was deployed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def fail_once(context: BrowserContext, files: str) -> list[str]:
    """The first request for these files finds no line; what was asked for is kept."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    context.route(files, answer)
    return asked


def is_gone(context: BrowserContext, files: str) -> None:
    """A newer version has been deployed, which has them no more under these names."""
    context.route(files, lambda route: route.fulfill(status=404, body="{}"))


def test_a_conversation_begins_as_soon_as_what_it_takes_is_there(parley: Running, new_context: NewContext) -> None:
    context = new_context()
    asked = fail_once(context, "**/live-session-*.js")
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("fetched at the second try")
    assert len(asked) >= 2
    agent = AgentPage(new_context(), parley.url, path="?view=all")
    agent.open_row("fetched at the second try")


def test_what_most_conversations_never_need_comes_at_the_second_try(parley: Running, new_context: NewContext) -> None:
    context = new_context()
    scripts, styles = fail_once(context, "**/late-chunk-*.js"), fail_once(context, "**/late-*.css")
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("how long is the warranty")
    visitor.say("please rate me")
    agent = AgentPage(new_context(), parley.url, path="?view=all")
    agent.open_row("please rate me")
    agent.say("gladly")
    visitor.sees("gladly")
    agent.page.get_by_role("button", name="Resolve", exact=True).click()
    expect(visitor.frame.get_by_role("group", name="How did we do?")).to_be_visible(timeout=30_000)
    assert min(len(scripts), len(styles)) >= 2


def test_a_widget_from_before_a_deploy_says_so_and_is_the_new_one_when_opened_again(
    parley: Running, new_context: NewContext
) -> None:
    context = new_context()
    is_gone(context, "**/live-session-*.js")
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    field = visitor.frame.get_by_role("textbox", name="Ask a question")
    field.fill("asked of an old page")
    field.press("Enter")
    expect(visitor.frame.get_by_text("A new version of this chat is ready.")).to_be_visible()
    expect(field).to_have_value("asked of an old page")
    context.unroute("**/live-session-*.js")
    visitor.frame.get_by_role("button", name="Close chat").click()
    visitor.launcher.click()
    expect(visitor.frame.get_by_text("A new version of this chat is ready.")).to_have_count(0)
    expect(field).to_have_value("asked of an old page")
    field.press("Enter")
    visitor.sees("asked of an old page")


def test_a_page_asked_for_without_a_line_opens_when_it_is_back(parley: Running, new_context: NewContext) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("somebody who waits")
    context = new_context()
    agent = AgentPage(context, parley.url, path="?view=all")
    agent.open_row("somebody who waits")
    agent.composer.fill("half an answer")
    page = agent.page
    page.evaluate("window.isSamePage = true")
    context.set_offline(True)
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text(re.compile(r"^(Offline\.|Reconnecting|Still loading part)"))).to_be_visible()
    expect(agent.composer).to_have_value("half an answer")
    context.set_offline(False)
    expect(page).to_have_url(re.compile("/settings/replies"))
    expect(page.get_by_text("Still loading part")).to_have_count(0)
    assert page.evaluate("window.isSamePage")
    page.go_back()
    expect(agent.composer).to_have_value("half an answer")


def test_a_part_of_a_part_that_failed_once_comes_without_a_reload(parley: Running, new_context: NewContext) -> None:
    context = new_context()
    asked = fail_once(context, "**/SortableList-*.js")
    page = AgentPage(context, parley.url, "admin@example.com", "settings/replies").page
    page.evaluate("window.isSamePage = true")
    page.get_by_role("link", name="Routing").click()
    expect(page.get_by_text("Still loading part")).to_be_visible()
    expect(page.get_by_role("button", name="Add rule")).to_be_visible()
    expect(page.get_by_text("Still loading part")).to_have_count(0)
    assert len(asked) >= 2
    assert page.evaluate("window.isSamePage")


def test_a_palette_that_comes_late_takes_no_key_from_a_reply(parley: Running, new_context: NewContext) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("is anybody writing")
    context = new_context()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route("**/CommandPalette-*.js", hold, times=1)
    agent = AgentPage(context, parley.url, path="?view=all")
    agent.open_row("is anybody writing")
    page = agent.page
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    agent.composer.click()
    page.keyboard.type("I am ")
    while not held:
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    page.keyboard.type("writing")
    expect(agent.composer).to_have_value("I am writing")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search and commands")).to_be_focused()


def test_an_inbox_from_before_a_deploy_says_so_and_keeps_the_reply(parley: Running, new_context: NewContext) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("asked before the deploy")
    context = new_context()
    is_gone(context, "**/RepliesPage-*.js")
    agent = AgentPage(context, parley.url, path="?view=all")
    agent.open_row("asked before the deploy")
    agent.composer.fill("begun before it")
    page = agent.page
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("A new version is ready.")).to_be_visible()
    expect(agent.composer).to_have_value("begun before it")
    context.unroute("**/RepliesPage-*.js")
    page.get_by_role("button", name="Reload").click()
    expect(agent.composer).to_have_value("begun before it")
    page.get_by_role("link", name="Settings").click()
    expect(agent.composer).to_have_count(0)
    expect(page.get_by_text("A new version is ready.")).to_have_count(0)
