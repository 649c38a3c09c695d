"""An agent at work on one conversation: sending, colleagues, drafts, canned words, faults of the line, being told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.guests import Guest
from tests.browser.lines import Line
from tests.browser.lists import SAM, row_of
from tests.browser.looking import DESKTOP, PHONE
from tests.browser.people import AgentPage, as_agent
from tests.running import Running

NewContext = Callable[..., BrowserContext]

# What a browser without a screen lacks: a notification to look at, a sound to count, a tab to hide.
EARS = """
    window.rung = 0; window.shown = []
    class Shown {
        static permission = "granted"
        static requestPermission = async () => "granted"
        constructor(title, options) { this.title = title; this.body = options.body; window.shown.push(this) }
        close() {}
    }
    window.Notification = Shown
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (...when) { window.rung += 1; return start.apply(this, when) }
    document.hasFocus = () => !window.isAway
    navigator.setAppBadge = async count => { window.badge = count }
"""


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def agent_with(guest: Guest, context: BrowserContext, email: str = SAM) -> AgentPage:
    """An agent who has the guest's conversation open, ready to answer."""
    agent = AgentPage(context, guest.url, email, f"c/{guest.id}?view=all")
    expect(agent.composer).to_be_visible()
    expect(agent.log.get_by_text("Hello", exact=True).first).to_be_visible()
    return agent


def opened(agent: AgentPage, guest: Guest) -> Page:
    """The guest's conversation, opened from the list of all."""
    row_of(agent.page, guest.name).click()
    expect(agent.composer).to_be_visible()
    expect(agent.log.get_by_text("Hello", exact=True).first).to_be_visible()
    return agent.page


def test_own_words_are_drawn_before_the_server_has_said_anything(parley: Running, new_context: NewContext) -> None:
    context = new_context()
    line = Line(context)
    guest = Guest(parley.url, "Quick Quinn")
    agent = agent_with(guest, context)
    page = agent.page
    page.evaluate(
        """() => {
            let frames = 0
            const count = () => { frames += 1; requestAnimationFrame(count) }
            document.addEventListener("keydown", event => { if (event.key === "Enter") { frames = 0; count() } }, true)
            new MutationObserver(() => {
                if (!window.drawn && document.querySelector("[role=log]").textContent.includes("At once"))
                    window.drawn = frames
            }).observe(document.querySelector("[role=log]"), { subtree: true, childList: true })
        }"""
    )
    line.hold()
    agent.composer.fill("At once")
    agent.composer.press("Enter")
    agent.sees("At once")
    expect(agent.log.get_by_text("Sending")).to_be_visible()
    assert 0 < page.evaluate("window.drawn") < 10, "150 ms, on a machine that draws sixty times a second"
    expect(agent.composer).to_have_value("")
    line.release()
    expect(agent.log.get_by_text("Sending")).to_have_count(0)
    expect(agent.log.get_by_text(re.compile("^(Sent|Delivered)$"))).to_be_visible()


def test_a_refused_message_keeps_its_words_and_is_tried_again(parley: Running, new_context: NewContext) -> None:
    context = new_context()
    line = Line(context)
    guest = Guest(parley.url, "Refused Rita")
    agent = agent_with(guest, context)
    line.rewrite = lambda text: text.replace('"visibility":"public"', '"visibility":"loud"')
    agent.say("Hear me")
    expect(agent.log.get_by_text("Not sent")).to_be_visible()
    agent.sees("Hear me")
    line.rewrite = lambda text: text
    agent.page.get_by_role("button", name="Retry").click()
    expect(agent.log.get_by_text(re.compile("^(Sent|Delivered)$"))).to_be_visible()
    assert guest.heard().count("Hear me") == 1


def test_two_agents_see_each_other_and_a_reply_past_a_writer_is_asked_about_once(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    guest = Guest(parley.url, "Shared Shay")
    sam, ana = agent_with(guest, new_context()), agent_with(guest, new_context(), "ana@example.com")
    expect(sam.page.get_by_text("Ana Duarte is also viewing")).to_be_visible()
    expect(ana.page.get_by_text("Sam Supervisor is also viewing")).to_be_visible()
    ana.composer.press_sequentially("Let me")
    expect(sam.page.get_by_text("Ana Duarte is typing")).to_be_visible()
    sam.say("I have it")
    asked = sam.page.get_by_role("alertdialog", name="Ana Duarte is also replying")
    expect(asked).to_be_visible()
    sam.page.screenshot(path=artefacts / "typing-guard.png")
    assert guest.heard() == ["Hello"]
    asked.get_by_role("button", name="Don't send yet").click()
    expect(sam.composer).to_have_value("I have it")
    expect(sam.composer).to_be_focused()
    ana.composer.press_sequentially(" see")
    sam.composer.press("Enter")
    expect(asked).to_have_count(0)
    sam.sees("I have it")


def test_a_stale_reply_shows_what_was_missed(parley: Running, new_context: NewContext, artefacts: Path) -> None:
    context = new_context()
    line = Line(context)
    guest = Guest(parley.url, "Stale Stan")
    sam = agent_with(guest, context)
    line.hold()
    guest.say("Never mind, I found it")
    sam.say("Have you looked under the tent?")
    sam.sees("Have you looked under the tent?")
    line.release()
    card = sam.page.get_by_role("alertdialog", name="A message came in while you were typing")
    expect(card).to_contain_text("Never mind, I found it")
    sam.page.screenshot(path=artefacts / "conflict.png")
    assert "Have you looked under the tent?" not in guest.heard()
    expect(card).to_be_focused()
    sam.page.keyboard.press("Escape")
    expect(sam.composer).to_have_value("Have you looked under the tent?")
    expect(sam.composer).to_be_focused()
    sam.composer.fill("Glad you found it")
    sam.composer.press("Enter")
    sam.sees("Glad you found it")
    expect(card).to_have_count(0)


def test_a_draft_is_there_after_a_switch_a_reload_and_on_another_screen_until_it_is_sent(
    parley: Running, new_context: NewContext
) -> None:
    context = new_context()
    line = Line(context)
    guest, other = Guest(parley.url, "Draft Dora"), Guest(parley.url, "Other Otto")
    sam = agent_with(guest, context)
    page = sam.page
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Internal note, visible to your team only")).to_be_focused()
    sam.composer.press_sequentially("She called yesterday")
    page.locator("input[type=file]").set_input_files({"name": "call.txt", "mimeType": "text/plain", "buffer": b"heard"})
    expect(page.get_by_role("button", name="Remove call.txt")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    row_of(page, other.name).click()
    expect(sam.composer).to_have_value("")
    row_of(page, guest.name).click()
    expect(sam.composer).to_have_value("She called yesterday")
    page.reload()
    note = "Internal note, visible to your team only"
    expect(page.get_by_role("textbox", name=note)).to_have_value("She called yesterday")
    expect(page.get_by_role("button", name="Remove call.txt")).to_be_visible()

    phone = agent_with(guest, new_context(viewport=PHONE))
    expect(phone.page.get_by_role("textbox", name=note)).to_have_value("She called yesterday")
    expect(phone.page.get_by_role("button", name="Remove call.txt")).to_be_visible()
    ben = agent_with(guest, new_context(), "ben@example.com")
    expect(ben.composer).to_have_value("")

    phone.composer.press("End")
    phone.composer.press_sequentially(" at noon")
    expect(sam.composer).to_have_value("She called yesterday at noon")
    phone.composer.press("Enter")
    phone.sees("She called yesterday at noon")
    expect(sam.composer).to_have_value("")
    expect(page.get_by_role("button", name="Remove call.txt")).to_have_count(0)
    page.reload()
    expect(sam.composer).to_have_value("")
    assert "She called yesterday at noon" not in guest.heard(), "a note is never the visitor's"
    assert line.commands("draft.save"), "the draft reached the server by the line"


def test_written_offline_is_sent_in_order_and_once_and_what_was_missed_comes(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    context = new_context()
    line = Line(context)
    guest = Guest(parley.url, "Offline Olaf")
    sam = agent_with(guest, context)
    line.cut()
    expect(sam.page.get_by_text("Reconnecting...")).to_be_visible()
    for number in range(3):
        sam.say(f"Written offline {number}")
        sam.sees(f"Written offline {number}")
    sam.page.screenshot(path=artefacts / "offline.png")
    assert guest.heard() == ["Hello"]
    line.mend()
    expect(sam.page.get_by_text("Reconnecting...")).to_have_count(0, timeout=20_000)
    expect(sam.log.get_by_text("Sending")).to_have_count(0)
    sam.page.wait_for_function("!document.querySelector('[role=log]').textContent.includes('Will be sent')")
    assert guest.heard() == ["Hello", *(f"Written offline {number}" for number in range(3))]
    line.cut()
    expect(sam.page.get_by_text("Reconnecting...")).to_be_visible()
    guest.say("Said meanwhile")
    line.mend()
    sam.sees("Said meanwhile")


def test_a_hidden_tab_tells_in_title_badge_sound_and_notification_and_not_when_not_to_be_disturbed(
    parley: Running, new_context: NewContext
) -> None:
    context = new_context()
    context.add_init_script(EARS)
    sam = AgentPage(context, parley.url, "admin@example.com", "?view=all")  # in no team, so given nothing but what is taken here
    page = sam.page
    first, second = Guest(parley.url, "Loud Lou"), Guest(parley.url, "Loud Liz")
    theirs = Guest(parley.url, "Bens Bea")
    for guest in (first, second):
        opened(sam, guest)
        page.keyboard.press("i")
        expect(row_of(page, guest.name)).to_contain_text("You")
    opened(sam, theirs)
    page.keyboard.press("a")
    page.get_by_role("dialog").wait_for()
    page.keyboard.type("Ben")
    page.keyboard.press("Enter")
    expect(row_of(page, theirs.name)).to_contain_text("Ben")
    page.goto(f"{parley.url}/inbox/?view=all")
    expect(row_of(page, first.name)).to_be_visible()
    account = page.get_by_role("button", name=re.compile("Your account"))
    account.click()
    page.get_by_role("menuitemcheckbox", name="Desktop notifications").click()
    page.keyboard.press("Escape")
    page.evaluate("window.isAway = true")
    before = page.evaluate("rung")
    theirs.say("Not for Ada")
    first.say("Are you there?")
    second.say("And you?")
    page.wait_for_function("shown.length === 2")
    expect(page).to_have_title("(2) Parley")
    assert page.evaluate("badge") == 2
    assert page.evaluate("shown.map(it => it.title)") == ["Loud Lou", "Loud Liz"]
    page.wait_for_function("before => rung > before", arg=before)
    assert page.evaluate("rung") - before == 2, "one chime of two tones for both"
    page.evaluate("shown[1].onclick()")
    expect(page).to_have_url(re.compile(second.id))

    account.click()
    page.get_by_role("menuitemcheckbox", name="Do not disturb").click()
    page.keyboard.press("Escape")
    expect(page).to_have_title("Parley")
    rung = page.evaluate("rung")
    first.say("Still there?")
    expect(row_of(page, first.name)).to_contain_text("Still there?")
    assert page.evaluate("[rung, shown.length]") == [rung, 2]
    expect(page).to_have_title("Parley")


def test_the_visitors_typing_and_reading_are_seen(parley: Running, new_context: NewContext) -> None:
    guest = Guest(parley.url, "Typing Tia")
    sam = agent_with(guest, new_context())
    guest.type()
    expect(sam.page.get_by_text("Typing Tia is typing")).to_be_visible()
    guest.type(False)
    expect(sam.page.get_by_text("Typing Tia is typing")).to_have_count(0)
    sam.say("Seen?")
    sam.sees("Seen?")
    expect(sam.log.get_by_text("Sending")).to_have_count(0)
    guest.read()
    expect(sam.log.get_by_text("Read", exact=True)).to_be_visible()


def frame_of(field: Locator) -> Locator:
    """What stands around a field and has its colour."""
    return field.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' rounded-xl ')][1]")


def test_a_note_looks_and_is_called_differently_and_never_leaves(parley: Running, new_context: NewContext) -> None:
    guest = Guest(parley.url, "Noted Nia")
    sam = agent_with(guest, new_context())
    page = sam.page
    page.keyboard.press("r")
    expect(sam.composer).to_be_focused()
    reply = frame_of(sam.composer).evaluate("frame => getComputedStyle(frame).backgroundColor")
    page.keyboard.press("Escape")
    expect(sam.composer).not_to_be_focused()
    page.keyboard.press("n")
    note = page.get_by_role("textbox", name="Internal note, visible to your team only")
    expect(note).to_be_focused()
    expect(frame_of(note)).not_to_have_css("background-color", reply)
    page.keyboard.type("Between us")
    page.keyboard.press("Enter")
    sam.sees("Between us")
    expect(sam.log.get_by_text("Internal note")).to_be_visible()
    expect(note).to_have_value("")
    assert guest.heard() == ["Hello"]


def test_canned_words_are_filled_in_and_a_macro_is_taken_back_whole(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    guest = Guest(parley.url, "Canned Cam")
    sam = AgentPage(new_context(viewport=DESKTOP), parley.url, SAM, "settings/replies")
    page = sam.page
    page.get_by_role("button", name="Add response").click()
    page.get_by_label("Shortcut").fill("parcel")
    page.get_by_label("Text", exact=True).fill("Hi {{contact.name}}, parcel [number] left on [day]. {{agent.name}}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("/parcel", exact=True)).to_be_visible()
    page.get_by_role("button", name="Add macro").click()
    page.get_by_label("Name", exact=True).fill("Say goodbye")
    page.get_by_role("button", name="Add action").click()
    page.get_by_label("Add tag").fill("done")
    page.get_by_role("button", name="Add action").click()
    page.get_by_label("Action 3", exact=True).select_option(label="Send reply")
    page.get_by_label("Send reply").fill("Goodbye, {{contact.name}}.")
    page.screenshot(path=artefacts / "macro.png")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Say goodbye", exact=True)).to_be_visible()

    page.goto(f"{parley.url}/inbox/c/{guest.id}?view=all")
    sam.composer.press_sequentially("/par")
    expect(page.get_by_role("option", name="/parcel").first).to_be_visible()
    page.screenshot(path=artefacts / "canned.png")
    page.keyboard.press("Enter")
    expect(sam.composer).to_have_value("Hi Canned Cam, parcel [number] left on [day]. Sam Supervisor")
    page.keyboard.type("42")
    page.keyboard.press("Tab")
    page.keyboard.type("Monday")
    expect(sam.composer).to_have_value("Hi Canned Cam, parcel 42 left on Monday. Sam Supervisor")
    page.keyboard.press("Enter")
    sam.sees("Hi Canned Cam, parcel 42 left on Monday. Sam Supervisor")

    def run_macro() -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("goodbye")
        page.get_by_role("option", name="Say goodbye").wait_for()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Say goodbye: done.")).to_be_visible()

    run_macro()
    sam.sees("Goodbye, Canned Cam.")
    page.get_by_role("status").filter(has_text="Say goodbye: done.").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(sam.log.get_by_text("Goodbye, Canned Cam.")).to_have_count(0)
    run_macro()
    expect(row_of(page, guest.name)).to_have_count(0, timeout=20_000)
    assert guest.heard().count("Goodbye, Canned Cam.") == 1, "once, of the run that was not taken back"
    expect(page.get_by_role("button", name="Tags: done")).to_be_visible()


def test_a_reply_can_be_taken_back_before_it_leaves(parley: Running, new_context: NewContext) -> None:
    guest = Guest(parley.url, "Hasty Hal")
    sam = agent_with(guest, new_context())
    page = sam.page
    account = page.get_by_role("button", name=re.compile("Your account"))
    account.click()
    page.get_by_role("menuitemcheckbox", name="Undo send").click()
    page.keyboard.press("Escape")
    sam.say("Oh no")
    expect(page.get_by_text("Sending in a moment.")).to_be_visible()
    assert guest.heard() == ["Hello"]
    page.get_by_role("button", name="Undo").click()
    page.mouse.move(700, 300)  # a notice stands while the pointer rests on it
    expect(sam.composer).to_have_value("Oh no")
    sam.composer.fill("Better")
    sam.composer.press("Enter")
    expect(sam.log.get_by_text("Sending", exact=True)).to_be_visible()
    assert guest.heard() == ["Hello"]
    expect(sam.log.get_by_text(re.compile("^(Sent|Delivered)$"))).to_be_visible()
    assert guest.heard() == ["Hello", "Better"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [("e", "Resolved."), ("i", "Assigned to you.")],
    ids=["resolve", "take"],
)
def test_what_was_done_is_undone_with_one_key(parley: Running, new_context: NewContext, keys: str, said: str) -> None:
    guest = Guest(parley.url, f"Undone {said}")
    page = agent_with(guest, new_context(), "chi@example.com").page
    for email in (SAM, "chi@example.com"):  # or routing would be faster than the keys
        as_agent(parley.url, email, type="presence.set", presence="away")
    as_agent(parley.url, SAM, type="conversation.assign", conversation_id=guest.id)
    expect(row_of(page, guest.name)).to_contain_text("Unassigned")
    before = row_of(page, guest.name).inner_text().split("\n")[-1]
    page.keyboard.press(keys)
    expect(page.get_by_text(said, exact=True)).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone.").or_(page.get_by_text("Returned to queue."))).to_be_visible()
    expect(row_of(page, guest.name)).to_contain_text(before)
    for email in (SAM, "chi@example.com"):
        as_agent(parley.url, email, type="presence.set", presence="online")
