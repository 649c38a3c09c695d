"""Ten thousand conversations under the fingers: keys, marking, filters, views, search, clocks, places kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.crowd import crowd
from tests.browser.guests import Guest
from tests.browser.lines import Line
from tests.browser.lists import all_of, row_of, rows, scroller
from tests.browser.looking import DESKTOP, PHONE
from tests.browser.people import AgentPage
from tests.running import Running

COUNT = 10_000
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server with a crowd for the file."""
    running = Running(tmp_path_factory.mktemp("parley"))
    crowd(running.folder / "data", COUNT)
    running.start()
    yield running
    running.stop()


def test_the_palette_finds_commands_by_a_few_letters_and_gives_the_focus_back(parley: Running, new_context: NewContext) -> None:
    agent = all_of(parley, new_context())
    page = agent.page
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(agent.composer).to_be_focused()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search and commands")
    expect(field).to_be_focused()
    page.keyboard.type("snoz")
    chosen = page.get_by_role("option", name=re.compile("^Snooze"))
    expect(chosen).to_be_visible()
    expect(chosen.locator("kbd")).to_have_text("s")
    page.keyboard.press("Escape")
    expect(agent.composer).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("tag")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Tags")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_contain_text("Tag")


@pytest.mark.parametrize("is_writing", [False, True])
def test_what_is_typed_while_the_palette_is_fetched_is_written_in_it(
    parley: Running, new_context: NewContext, is_writing: bool
) -> None:
    context = new_context()
    asked: list[Route] = []
    is_there = False

    def hold(route: Route) -> None:
        if is_there:
            route.continue_()
        else:
            asked.append(route)

    context.route("**/CommandPalette-*.js", hold)
    agent = all_of(parley, context)
    page = agent.page
    page.keyboard.press("j")
    if is_writing:
        page.keyboard.press("r")
        expect(agent.composer).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("snob")
    page.keyboard.press("Backspace")
    page.keyboard.type("oze")
    expect(page.get_by_role("dialog")).to_have_count(0)
    while not asked:
        page.wait_for_timeout(50)
    is_there = True
    for request in asked:
        request.continue_()
    expect(page.get_by_role("combobox", name="Search and commands")).to_have_value("snooze")
    expect(page.get_by_role("option").first).to_contain_text("Snooze")


def test_a_key_with_nothing_to_do_keeps_no_other(parley: Running, new_context: NewContext) -> None:
    page = all_of(parley, new_context()).page
    page.keyboard.press("a")
    page.keyboard.press("j")
    expect(page.locator("[aria-current=true]")).to_have_count(1)


def test_what_was_kept_for_a_palette_that_never_came_is_written_nowhere(parley: Running, new_context: NewContext) -> None:
    context = new_context()
    context.clock.install()
    context.route("**/CommandPalette-*.js", lambda route: route.abort())
    agent = all_of(parley, context)
    page = agent.page
    page.keyboard.press("j")
    page.keyboard.press("Control+k")
    page.keyboard.type("snooze")
    context.clock.run_for(3100)
    agent.composer.click()
    page.keyboard.type("Hello")
    expect(agent.composer).to_have_value("Hello")


def test_a_few_nodes_draw_ten_thousand_rows_and_the_selection_stays(parley: Running, new_context: NewContext) -> None:
    page = all_of(parley, new_context(viewport=DESKTOP)).page
    page.keyboard.press("j")
    selected = page.locator("[aria-current=true]")
    expect(selected).to_have_count(1)
    id = selected.get_attribute("data-id")
    scroll = """async list => {
        let most = 0
        const last = () => [...list.querySelectorAll("li")].at(-1)
        while (last().getAttribute("aria-posinset") !== last().getAttribute("aria-setsize")) {
            list.scrollTop = list.scrollHeight
            await new Promise(requestAnimationFrame)
            most = Math.max(most, list.querySelectorAll("a[data-id]").length)
        }
        const count = Number(last().getAttribute("aria-setsize"))
        list.scrollTop = 0
        return [most, count]
    }"""
    page.set_default_timeout(60_000)
    most, count = scroller(page).evaluate(scroll)
    assert count >= COUNT
    assert most <= 60
    expect(selected).to_have_attribute("data-id", id or "")
    assert rows(page).count() <= 60


def test_many_are_marked_and_changed_with_one_request_and_put_back_with_one(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    context = new_context(viewport=DESKTOP)
    line = Line(context)
    page = all_of(parley, context).page
    page.keyboard.press("j")
    expect(page.get_by_role("log")).to_be_visible()
    for _ in range(49):
        page.keyboard.press("Shift+J")
    bar = page.get_by_role("toolbar", name="Selected conversations")
    expect(bar).to_contain_text("50 selected")
    page.screenshot(path=artefacts / "marked.png")
    page.keyboard.press("e")
    expect(page.get_by_text("50 conversations updated.")).to_be_visible()
    (done,) = line.commands("conversations.bulk")
    assert len(done["changes"][0]["conversation_ids"]) == 50
    expect(bar).to_have_count(0)
    page.keyboard.press("z")
    expect(page.get_by_text("Undone.")).to_be_visible()
    (back,) = line.commands("conversations.undo")
    assert sorted(back["conversation_ids"]) == sorted(done["changes"][0]["conversation_ids"])


def test_a_filter_is_saved_and_its_count_is_pushed(parley: Running, new_context: NewContext, artefacts: Path) -> None:
    guest = Guest(parley.url, "Viewed Vera")
    page = all_of(parley, new_context(viewport=DESKTOP)).page
    ana = AgentPage(new_context(), parley.url)
    row_of(page, guest.name).click()
    page.get_by_role("button", name="Tags: None").click()
    page.get_by_role("textbox", name="Tag").fill("viewed")
    page.keyboard.press("Enter")
    expect(row_of(page, guest.name).get_by_text("viewed", exact=True)).to_be_visible()
    page.get_by_role("button", name="Filter and sort").click()
    page.get_by_role("menuitem", name="Tags").click()
    page.get_by_role("menuitemcheckbox", name="viewed").click()
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile("tag=viewed"))
    page.get_by_role("button", name="Filter and sort").click()
    page.get_by_role("menuitem", name="Save view").click()
    page.get_by_label("View name").fill("Seen by Vera")
    page.get_by_label("Shared with everyone").check()
    page.get_by_role("button", name="Save", exact=True).click()
    saved = page.get_by_role("button", name=re.compile("^Seen by Vera"))
    expect(saved).to_contain_text("1")
    page.screenshot(path=artefacts / "saved-view.png")
    anas = ana.page.get_by_role("button", name=re.compile("^Seen by Vera"))
    expect(anas).to_contain_text("1")
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(saved).to_contain_text("0")
    expect(anas).to_contain_text("0")


def test_long_menus_are_searched_and_many_views_stay_in_one_row(parley: Running, new_context: NewContext) -> None:
    """L11: 300 tags in a menu without a search, 60 views as chips, no filter by agent."""
    agent = all_of(parley, new_context())
    page = agent.page
    kept: list[str] = []
    for number in range(20):
        body = {"name": f"View number {number:02}", "filter": {"view": "all", "tag": f"tag-{number}"}}
        kept.append(
            page.request.post(f"{parley.url}/api/v1/views", data=body, headers={"Origin": parley.url}).json()["view"]["id"]
        )
    page.reload()
    views = page.get_by_role("list", name="Saved views")
    expect(views.get_by_role("listitem")).to_have_count(6)
    views.get_by_role("button", name=re.compile(r"^\d+ more$")).click()
    page.get_by_role("menu").get_by_placeholder("Type to filter").fill("number 17")
    page.get_by_role("menuitem", name="View number 17").click()
    expect(page).to_have_url(re.compile("tag=tag-17"))
    expect(views.get_by_role("button", name="View number 17", exact=False).first).to_have_attribute("aria-pressed", "true")

    page.goto(f"{parley.url}/inbox/?view=all")
    page.get_by_role("button", name="Filter and sort").click()
    page.get_by_role("menuitem", name="Owner").press("ArrowRight")
    page.get_by_role("menuitemcheckbox", name="Ben Okafor").press("Enter")
    expect(page).to_have_url(re.compile("agent="))
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Ben Okafor")
    for view_id in kept:
        page.request.delete(f"{parley.url}/api/v1/views/{view_id}", headers={"Origin": parley.url})


def test_an_address_opens_what_it_names_and_back_returns_to_the_same_place(parley: Running, new_context: NewContext) -> None:
    page = all_of(parley, new_context(viewport=PHONE), "&sort=waiting").page
    scroller(page).evaluate("list => { list.scrollTop = 3000 }")
    page.wait_for_function("document.querySelector('[data-conversation-list]').scrollTop === 3000")
    target = rows(page).nth(10)
    href = target.get_attribute("href") or ""
    target.click()
    expect(page.get_by_role("log")).to_be_visible()
    expect(scroller(page)).not_to_be_visible()
    page.go_back()
    expect(scroller(page)).to_be_visible()
    page.wait_for_function("document.querySelector('[data-conversation-list]').scrollTop === 3000")
    page.goto(f"{parley.url}{href}")
    expect(page.get_by_role("log")).to_be_visible()
    assert "sort=waiting" in page.url
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("main", name="Details")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("log")).to_be_visible()


def test_a_message_moves_its_row_and_nothing_under_the_hands(parley: Running, new_context: NewContext) -> None:
    guest = Guest(parley.url, "Moving Mo", "First")
    agent = all_of(parley, new_context(viewport=DESKTOP))
    page = agent.page
    for number in range(6):
        Guest(parley.url, f"Before {number}")
        expect(row_of(page, f"Before {number}")).to_be_visible()
    scroller(page).evaluate("list => { list.scrollTop = 1640 }")
    page.wait_for_function("document.querySelector('[data-conversation-list]').scrollTop === 1640")
    rows(page).nth(9).click()  # in the middle: news stands below
    expect(agent.composer).to_be_visible()
    agent.composer.fill("half a sentence")
    agent.composer.evaluate("field => field.setSelectionRange(4, 4)")
    selected = page.locator("[aria-current=true]")
    id, box = selected.get_attribute("data-id"), selected.bounding_box()
    guest.say("Again")
    expect(page.get_by_role("button", name=re.compile("^All"))).to_be_visible()
    page.wait_for_function("name => document.querySelector('[data-conversation-list]').scrollTop === 1640", arg=guest.name)
    scroller(page).evaluate("list => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert selected.get_attribute("data-id") == id
    assert selected.bounding_box() == box
    assert agent.composer.evaluate("field => [field.selectionStart, document.activeElement === field]") == [4, True]
    scroller(page).evaluate("list => { list.scrollTop = 0 }")
    expect(rows(page).first).to_contain_text(guest.name)
    expect(rows(page).first).to_contain_text("Again")


def test_letters_find_at_once_what_is_held_and_the_server_adds_the_rest(parley: Running, new_context: NewContext) -> None:
    page = all_of(parley, new_context()).page
    page.keyboard.press("/")
    page.keyboard.type("9876 tent")
    expect(rows(page)).to_have_count(0)
    page.keyboard.press("Control+a")
    page.keyboard.type("question 9874")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text("Question 9874 about the tent")
    expect(page).to_have_url(re.compile("q=question"))
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("searchbox", name="Search conversations")).to_have_value("question 9874")
