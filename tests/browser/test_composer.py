"""What an agent or a visitor composes: it keeps its readers, nothing of it is dropped, and keys mean what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.guests import Guest
from tests.browser.lists import SAM, row_of
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

NewContext = Callable[..., BrowserContext]

NOTE = "Internal note, visible to your team only"
CELLS = """async () => {
    const canvas = new OffscreenCanvas(4, 4)
    canvas.getContext("2d").fillRect(0, 0, 4, 4)
    const picture = await canvas.convertToBlob({ type: "image/png" })
    const text = new Blob(["A1\\tB1"], { type: "text/plain" })
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text, "image/png": picture })])
}"""
SAFARIS_ENTER = """field => {
    field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "日本" }))
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))
}"""


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def agent_with(guest: Guest, context: BrowserContext, email: str = SAM) -> AgentPage:
    """An agent who has the guest's conversation open, ready to answer."""
    agent = AgentPage(context, guest.url, email, f"c/{guest.id}?view=all")
    expect(agent.composer).to_be_visible()
    expect(agent.log.get_by_text("Hello", exact=True).first).to_be_visible()
    return agent


def test_only_the_agent_changes_who_reads(parley: Running, new_context: NewContext) -> None:
    """P1: a note stays a note after it is sent, over a switch and a reload, and when a reply is taken back into it."""
    guest, other = Guest(parley.url, "Private Pia"), Guest(parley.url, "Private Otto")
    sam = agent_with(guest, new_context())
    page = sam.page
    note = page.get_by_role("textbox", name=NOTE)
    page.keyboard.press("n")
    expect(note).to_be_focused()
    for text in ("She is furious", "Do not refund"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        sam.sees(text)
        expect(note).to_have_value("")
    row_of(page, other.name).click()
    expect(page.get_by_role("textbox", name=f"Reply to {other.name}")).to_be_visible()
    row_of(page, guest.name).click()
    expect(note).to_be_visible()
    page.reload()
    expect(note).to_be_visible()
    assert guest.heard() == ["Hello"]

    account = page.get_by_role("button", name=re.compile("Your account"))
    account.click()
    page.get_by_role("menuitemcheckbox", name=re.compile("undo", re.I)).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reply", exact=True).click()
    page.keyboard.type("Dear Pia")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sending in a moment.")).to_be_visible()
    page.get_by_role("button", name="Note", exact=True).click()
    page.keyboard.type("She called")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Unsent reply: Dear Pia")).to_be_visible()
    expect(note).to_have_value("She called")
    page.get_by_role("button", name="Open reply").click()
    expect(page.get_by_role("textbox", name=f"Reply to {guest.name}")).to_have_value("Dear Pia")
    expect(page.get_by_text("Unsent note: She called")).to_be_visible()
    assert guest.heard() == ["Hello"]


def test_pasted_cells_put_in_their_text_and_leave_their_picture(parley: Running, new_context: NewContext) -> None:
    """P5, both sides: spreadsheets put a picture beside the text."""
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    guest = Guest(parley.url, "Pasting Pat")
    sam = agent_with(guest, context)
    sam.page.evaluate(CELLS)
    sam.composer.focus()
    sam.page.keyboard.press("Control+V")
    expect(sam.composer).to_have_value("A1\tB1")
    expect(sam.page.get_by_role("button", name=re.compile("^Remove "))).to_have_count(0)
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("Pasting from a sheet")
    box = visitor.frame.get_by_role("textbox", name=re.compile("write", re.I)).last
    box.focus()
    visitor.page.keyboard.press("Control+V")
    expect(box).to_have_value("A1\tB1")
    expect(visitor.frame.locator(".files li")).to_have_count(0)


def test_too_long_a_text_stays_and_says_so(parley: Running, new_context: NewContext) -> None:
    """P5, both sides: by pasting, over a reload, and it is never cut."""
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    guest = Guest(parley.url, "Wordy Will")
    sam = agent_with(guest, context)
    page = sam.page
    said = "12,001 of 10,000 characters: shorten it to send"
    page.evaluate("navigator.clipboard.writeText('x'.repeat(12001))")
    sam.composer.focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    page.keyboard.press("Enter")
    page.reload()
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    assert len(sam.composer.input_value()) == 12_001
    expect(page.get_by_role("button", name="Send reply")).to_be_disabled()
    assert guest.heard() == ["Hello"]

    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("A long story")
    box = visitor.frame.get_by_role("textbox", name=re.compile("write", re.I)).last
    box.focus()
    visitor.page.keyboard.press("Control+V")
    expect(visitor.frame.get_by_role("alert").filter(has_text=said)).to_be_visible()
    visitor.page.keyboard.press("Enter")
    assert len(box.input_value()) == 12_001
    box.fill("Short")
    box.press("Enter")
    visitor.sees("Short")


def test_a_gap_stops_enter_once_and_tab_leaves_ones_own_brackets(parley: Running, new_context: NewContext) -> None:
    """P9, P12 and U19: "Hello [contact name]" is asked about, and the menu shows what will stand there."""
    guest = Guest(parley.url, "Gap Gail")
    sam = agent_with(guest, new_context())
    page = sam.page
    url, headers = f"{parley.url}/api/v1/canned-responses", {"Origin": parley.url}
    for shortcut, body in (("gapgreet", "Hi {{contact.name}}, it comes [day]."), ("gapticket", "About {{order.number}}: done.")):
        answer = page.request.post(url, data={"shortcut": shortcut, "body": body, "is_shared": False}, headers=headers)
        assert answer.ok, answer.text()
    sam.composer.press_sequentially("/gap")
    menu = page.get_by_role("listbox", name="Canned responses")
    expect(menu.get_by_role("option", name="/gapgreet")).to_contain_text("Hi Gap Gail, it comes [day].")
    expect(menu.get_by_role("option", name="/gapticket")).to_contain_text("About [order number]: done.")
    expect(menu.get_by_role("option", name="/gapticket")).to_contain_text("Not known here: [order number]")
    menu.get_by_role("option", name="/gapgreet").click()
    expect(sam.composer).to_have_value("Hi Gap Gail, it comes [day].")
    sam.composer.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Fill in [day], or press Enter again to send")).to_be_visible()
    selected = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert sam.composer.evaluate(selected) == "[day]"
    assert guest.heard() == ["Hello"]
    page.keyboard.press("Enter")
    sam.sees("Hi Gap Gail, it comes [day].")

    sam.composer.press_sequentially("See note [1] and [2]")
    page.keyboard.press("Tab")
    expect(sam.composer).not_to_be_focused()
    sam.composer.press("Enter")
    sam.sees("See note [1] and [2]")


def test_enter_after_a_slash_with_nothing_to_choose_closes_the_menu(parley: Running, new_context: NewContext) -> None:
    """F4: "/" is never sent to the visitor."""
    context = new_context()

    def without_responses(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "canned": []})

    context.route("**/api/v1/desk", without_responses)
    guest = Guest(parley.url, "Slash Sia")
    sam = agent_with(guest, context)
    sam.composer.press_sequentially("/")
    expect(sam.page.get_by_text("No canned responses yet.")).to_be_visible()
    sam.page.keyboard.press("Enter")
    expect(sam.page.get_by_text("No canned responses yet.")).to_have_count(0)
    expect(sam.composer).to_have_value("/")
    assert guest.heard() == ["Hello"]


def test_safaris_enter_after_a_composition_never_sends(parley: Running, new_context: NewContext) -> None:
    """P13, both sides: the composition has ended, and its Enter says so only by its code."""
    guest = Guest(parley.url, "Input Ines")
    sam = agent_with(guest, new_context())
    sam.composer.fill("日本")
    sam.composer.evaluate(SAFARIS_ENTER)
    expect(sam.composer).to_have_value("日本")
    sam.composer.press("Enter")
    sam.sees("日本")
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    field = visitor.frame.locator("textarea[data-focus]")
    field.fill("東京")
    field.evaluate(SAFARIS_ENTER)
    expect(field).to_have_value("東京")
    visitor.begin("京都")
    box = visitor.frame.get_by_role("textbox", name=re.compile("write", re.I)).last
    box.fill("大阪")
    box.evaluate(SAFARIS_ENTER)
    expect(box).to_have_value("大阪")
    box.press("Enter")
    visitor.sees("大阪")


def marks_of(page: Page, url: str, id: str) -> dict[str, int]:
    """How far each side has read, as the server has it."""
    data = {"type": "conversation.sync", "conversation_id": id, "after_rev": 0}
    return page.request.post(f"{url}/api/v1/commands", data=data, headers={"Origin": url}).json()["conversation"]["marks"]


def test_what_came_below_is_not_read_while_one_looks_further_up(parley: Running, new_context: NewContext) -> None:
    """P8 in the inbox, by the server's marks: seen is what was on the screen."""
    guest = Guest(parley.url, "Scrolled Skye")
    for number in range(25):
        guest.say(f"Line {number}\n\n\nand more")
    sam = AgentPage(new_context(), parley.url, SAM, f"c/{guest.id}?view=all")
    page = sam.page
    expect(sam.log.get_by_text("Line 24")).to_be_visible()
    seq = guest.ask("conversation.sync", conversation_id=guest.id, after_seq=0)["conversation"]["seq"]
    expect(row_of(page, guest.name).get_by_text("unread")).to_have_count(0)
    assert marks_of(page, parley.url, guest.id)["agent_read_seq"] == seq
    region = page.get_by_role("region", name="Messages")
    region.evaluate("it => { it.scrollTop -= 600 }")
    expect(page.get_by_role("button", name="Jump to newest message")).to_be_visible()
    guest.say("Below the fold")
    expect(page.get_by_role("button", name="Jump to newest message")).to_contain_text("New messages")
    expect(row_of(page, guest.name).get_by_text("1 unread message")).to_be_attached()
    assert marks_of(page, parley.url, guest.id)["agent_read_seq"] == seq
    page.get_by_role("button", name="Jump to newest message").click()
    expect(row_of(page, guest.name).get_by_text("unread")).to_have_count(0)
    assert marks_of(page, parley.url, guest.id)["agent_read_seq"] == seq + 1


def test_a_visitor_who_looks_further_up_has_not_read_what_came_below(parley: Running, new_context: NewContext) -> None:
    """P8 in the widget, by the server's marks: the mail about it still leaves."""
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Scrolled visitor")
    for number in range(12):
        visitor.say(f"Line {number}")
        visitor.sees(f"Line {number}")
    sam = AgentPage(new_context(), parley.url, SAM, "?view=all")
    sam.open_row("Line 11")
    id = sam.page.url.split("/c/")[1].split("?")[0]
    scroller = visitor.frame.locator(".scroller")
    scroller.evaluate("it => { it.scrollTop = 0 }")
    sam.say("Below the fold")
    jump = visitor.frame.get_by_role("button", name="New messages")
    expect(jump).to_be_visible()
    expect(sam.log.get_by_text("Delivered", exact=True)).to_be_visible()
    marks = marks_of(sam.page, parley.url, id)
    assert marks["contact_read_seq"] < marks["contact_delivered_seq"]
    jump.click()
    expect(sam.log.get_by_text("Read", exact=True)).to_be_visible()
    marks = marks_of(sam.page, parley.url, id)
    assert marks["contact_read_seq"] == marks["contact_delivered_seq"]


def with_time_to_undo(agent: AgentPage) -> None:
    """Replies wait a moment before they leave."""
    agent.page.evaluate("localStorage.setItem('parley.hold', 'on')")
    agent.page.reload()
    expect(agent.log.get_by_text("Hello", exact=True).first).to_be_visible()


def test_a_reply_that_can_be_undone_leaves_when_its_tab_is_closed(parley: Running, new_context: NewContext) -> None:
    """P6: it leaves with the tab, once, however soon the agent is back."""
    guest = Guest(parley.url, "Closing Cleo")
    sam = agent_with(guest, new_context())
    with_time_to_undo(sam)
    sam.say("Gone with the tab")
    expect(sam.page.get_by_text("Sending in a moment.")).to_be_visible()
    assert guest.heard() == ["Hello"]
    sam.page.goto("about:blank")
    for _ in range(200):
        if guest.heard() == ["Hello", "Gone with the tab"]:
            break
        sam.page.wait_for_timeout(50)
    assert guest.heard() == ["Hello", "Gone with the tab"]
    sam.page.goto(f"{parley.url}/inbox/c/{guest.id}?view=all")
    sam.sees("Gone with the tab")
    expect(sam.log.get_by_text("Sending", exact=True)).to_have_count(0)
    assert guest.heard() == ["Hello", "Gone with the tab"]


def test_a_held_reply_that_could_not_leave_is_a_draft_the_next_day(parley: Running, new_context: NewContext) -> None:
    """P6: never sent later by surprise."""
    context = new_context()
    guest = Guest(parley.url, "Surprised Sue")
    sam = agent_with(guest, context)
    with_time_to_undo(sam)
    sam.say("Half meant")
    expect(sam.page.get_by_text("Sending in a moment.")).to_be_visible()
    sam.page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')) }")
    sam.page.goto("about:blank")
    context.clock.install(time=datetime.now(tz=UTC) + timedelta(days=1))
    sam.page.goto(f"{parley.url}/inbox/c/{guest.id}?view=all")
    expect(sam.page.get_by_text(f"Your reply to {guest.name} was not sent. It is a draft again.")).to_be_visible()
    expect(sam.composer).to_have_value("Half meant")
    expect(sam.log.get_by_text("Half meant")).to_have_count(0)
    assert guest.heard() == ["Hello"]
