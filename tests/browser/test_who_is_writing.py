"""Who is writing, and how a reply reaches them: the form, the question for an address, what an agent sees and asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, PHONE, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage, session_of
from tests.running import Running

NO_ADDRESS = "No email address: a reply after they leave won't reach them."


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley"), agent_capacity=1000).start()
    yield running
    running.stop()


class Settings:
    """The inbox as admins decide about it; each call replaces everything."""

    def __init__(self, url: str) -> None:
        self.url = url
        (self.inbox,) = [one for one in self.ask("GET", "/api/v1/inboxes")["inboxes"] if one["key"] == "demo"]

    def __call__(self, **values: Any) -> None:
        kept = {name: self.inbox[name] for name in ("name", "team_id", "greeting", "color")}
        self.ask("PUT", f"/api/v1/inboxes/{self.inbox['id']}", **(kept | values))

    def ask(self, method: str, path: str, **body: Any) -> Any:
        cookies = {"parley_session": session_of(self.url, "admin@example.com")}
        answer = httpx.request(
            method, self.url + path, json=body or None, cookies=cookies, headers={"Origin": self.url}, trust_env=False
        )
        assert answer.status_code < 300, answer.text
        return answer.json()


@pytest.fixture
def settings(parley: Running) -> Iterator[Settings]:
    """Changes the inbox; afterwards it is as it was."""
    change = Settings(parley.url)
    yield change
    change()


FORM = {
    "when": "before",
    "fields": [
        {"key": "name", "kind": "name", "is_required": True},
        {"key": "email", "kind": "email"},
        {"key": "order", "kind": "number", "label": "Order number", "is_required": True},
        {"key": "topic", "kind": "choice", "label": "Topic", "options": ["Delivery", "Returns"]},
        {"key": "terms", "kind": "checkbox", "label": "I have read the terms", "is_required": True},
    ],
}


def test_an_address_is_asked_for_once_although_an_agent_is_there(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, path="?view=all")
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    expect(visitor.frame.get_by_text("Here now:")).to_be_visible()
    look_in_every_way(visitor.page, artefacts, "home")
    visitor.begin("Is the lantern waterproof?")
    question = visitor.frame.get_by_role("form", name="Get our reply by email")
    expect(question).to_be_visible()
    look_in_every_way(visitor.page, artefacts, "question")
    question.get_by_role("textbox").fill("not an address")
    question.get_by_role("button", name="Notify me").click()
    expect(question.get_by_text("Enter an email address like name@example.com")).to_be_visible()
    question.get_by_role("button", name="Skip").click()
    expect(question).to_have_count(0)
    visitor.reload()
    visitor.sees("Is the lantern waterproof?")
    expect(question).to_have_count(0)

    ana.open_row("Is the lantern waterproof?")
    details = ana.page.get_by_role("complementary")
    expect(details.get_by_text(NO_ADDRESS)).to_be_visible()
    name = re.compile(r"^Visitor [0-9A-F]{3}$")
    expect(ana.page.get_by_role("heading", name=name).first).to_be_visible()
    look_in_every_way(ana.page, artefacts, "agent-no-address", [DESKTOP])
    details.get_by_role("button", name="Ask for email").click()
    expect(ana.log.get_by_text("asked for an email address")).to_be_visible()
    expect(details.get_by_text("Asked for email. Waiting for an answer.")).to_be_visible()
    expect(visitor.frame.get_by_text("asked for your email address")).to_be_visible()
    question.get_by_role("textbox").fill("mia@example.com")
    question.get_by_role("button", name="Notify me").click()
    expect(question).to_have_count(0)
    expect(details.get_by_role("link", name="mia@example.com")).to_be_visible()
    expect(details.get_by_text(NO_ADDRESS)).to_have_count(0)


def test_an_agent_asks_by_keyboard_and_palette(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Asked without a mouse")
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, path="?view=all")
    ana.open_row("Asked without a mouse")
    asked = ana.log.get_by_text("asked for an email address")
    ana.page.evaluate("document.activeElement.blur()")
    ana.page.keyboard.press("m")
    expect(asked).to_have_count(1)
    visitor.say("What for?")
    visitor.sees("What for?")
    ana.sees("What for?")
    ana.page.keyboard.press("Control+k")
    ana.page.get_by_placeholder(re.compile(".")).last.fill("ask for email")
    ana.page.get_by_role("option", name="Ask for email").click()
    expect(asked).to_have_count(2)


def test_never_means_never_and_require_means_before_the_first_message(
    parley: Running, new_context: Callable[..., BrowserContext], settings: Settings
) -> None:
    settings(email_prompt="never")
    quiet = VisitorPage(new_context(), parley.url)
    quiet.open()
    quiet.begin("Nobody asks me anything")
    expect(quiet.frame.get_by_text("Sent")).to_be_visible()
    expect(quiet.frame.get_by_role("form", name="Get our reply by email")).to_have_count(0)

    settings(email_prompt="require")
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.frame.get_by_role("textbox").fill("First things first")
    visitor.frame.get_by_role("button", name="Start conversation").click()
    box = visitor.frame.get_by_label("Email address")
    expect(box).to_be_focused()
    visitor.frame.get_by_role("button", name="Start conversation").click()
    expect(visitor.frame.get_by_text("Required", exact=True)).to_be_visible()
    visitor.frame.get_by_role("button", name="Back").click()
    expect(visitor.frame.get_by_role("textbox")).to_have_value("First things first")
    visitor.frame.get_by_role("button", name="Start conversation").click()
    box.fill("first@example.com")
    box.press("Enter")
    visitor.sees("First things first")
    expect(visitor.frame.get_by_text("Sent")).to_be_visible()
    expect(visitor.frame.get_by_role("form")).to_have_count(0)
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, path="?view=all")
    ana.open_row("First things first")
    expect(ana.page.get_by_role("link", name="first@example.com")).to_be_visible()


def test_a_form_before_the_first_message_is_complete_or_says_what_is_missing(
    parley: Running, new_context: Callable[..., BrowserContext], settings: Settings, artefacts: Path
) -> None:
    settings(form=FORM)
    visitor = VisitorPage(new_context(viewport=PHONE), parley.url)
    visitor.open()
    visitor.frame.get_by_role("textbox").fill("Where is order 1234?")
    visitor.frame.get_by_role("button", name="Start conversation").click()
    form = visitor.frame.get_by_role("form", name="A few details before we start")
    expect(form.get_by_label("Name")).to_be_focused()
    form.get_by_label("Order number").fill("twelve")
    form.get_by_role("button", name="Start conversation").click()
    expect(form.get_by_text("Required", exact=True)).to_have_count(2)
    expect(form.get_by_text("Enter a number")).to_be_visible()
    look_in_every_way(visitor.page, artefacts, "form")
    visitor.page.set_viewport_size(PHONE)
    form.get_by_label("Name").fill("Mia Berg")
    form.get_by_label("Order number").fill("1234")
    form.get_by_label("Topic").select_option("Returns")
    form.get_by_label("I have read the terms").check()
    form.get_by_role("button", name="Start conversation").click()
    visitor.sees("Where is order 1234?")
    expect(visitor.frame.get_by_text("Sent")).to_be_visible()
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, path="?view=all")
    ana.open_row("Where is order 1234?")
    details = ana.page.get_by_role("complementary")
    expect(details.get_by_role("heading", name="Mia Berg")).to_be_visible()
    for fact in ("1234", "Returns"):
        expect(details.get_by_text(fact, exact=True)).to_be_visible()


def test_a_form_after_the_first_message_stays_until_it_is_filled_in(
    parley: Running, new_context: Callable[..., BrowserContext], settings: Settings
) -> None:
    settings(form={"when": "after", "fields": FORM["fields"][:3]})
    visitor = VisitorPage(new_context(locale="de"), parley.url)
    visitor.launcher.click()
    visitor.frame.get_by_role("textbox").fill("Erst schreiben, dann ausfüllen")
    visitor.frame.locator(".ask .primary").click()
    form = visitor.frame.get_by_role("form", name="Mit ein paar Angaben antworten wir schneller")
    expect(form).to_be_visible()
    expect(form.get_by_role("button", name="Überspringen")).to_have_count(0)
    form.get_by_label("Name").fill("Mia Berg")
    form.get_by_label("Order number").fill("77")
    form.get_by_role("button", name="Senden").click()
    expect(form).to_have_count(0)
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, path="?view=all")
    ana.open_row("Erst schreiben, dann ausfüllen")
    expect(ana.page.get_by_role("complementary").get_by_text("77", exact=True)).to_be_visible()


def test_availability_follows_the_people_and_the_hours_while_the_panel_is_open(
    parley: Running, new_context: Callable[..., BrowserContext], settings: Settings, artefacts: Path
) -> None:
    opens = datetime.now(UTC) + timedelta(days=3)
    period = {"day": opens.weekday(), "opens": "09:00", "closes": "17:00"}
    hours = settings.ask("POST", "/api/v1/business-hours", name="One day a week", time_zone="UTC", periods=[period])["hours"]
    back = f"Back {opens:%A} 18:00, your time."  # nine o'clock in London is six in Tokyo

    AgentPage(new_context(), parley.url)
    visitor = VisitorPage(new_context(locale="en-GB", timezone_id="Asia/Tokyo"), parley.url)
    visitor.open()
    expect(visitor.frame.get_by_text("Here now:")).to_be_visible()
    visitor.frame.get_by_role("textbox").fill("Is anybody there?")
    nobody = settings.ask("POST", "/api/v1/teams", name="Night shift")["team"]["id"]
    settings(hours_id=hours["id"], team_id=nobody)
    expect(visitor.frame.get_by_text(back)).to_be_visible()
    expect(visitor.frame.get_by_text("Here now:")).to_have_count(0)
    look_in_every_way(visitor.page, artefacts, "closed-home")
    visitor.frame.get_by_role("button", name="Start conversation").click()
    visitor.sees("Is anybody there?")
    expect(visitor.log.get_by_text(re.compile(r"We've got your request \(#\d+\)"))).to_be_visible()
    note = visitor.frame.get_by_role("status").filter(has_text=back)
    expect(note).to_have_text(back)
    look_in_every_way(visitor.page, artefacts, "closed-chat")
    visitor.frame.get_by_label("Email address").fill("night@example.com")
    visitor.frame.get_by_role("button", name="Notify me").click()
    expect(note).to_have_text(f"{back} We'll reply by email.")
    settings()
    expect(visitor.frame.get_by_text(back)).to_have_count(0)
    expect(note).to_have_count(0)


def test_an_inbox_says_its_own_away_text_and_takes_no_files(
    parley: Running, new_context: Callable[..., BrowserContext], settings: Settings, artefacts: Path
) -> None:
    nobody = settings.ask("POST", "/api/v1/teams", name="Long weekend")["team"]["id"]
    settings(team_id=nobody, away="Gone hiking. Write to us.", allows_files=False)
    visitor = VisitorPage(new_context(viewport=PHONE), parley.url)
    visitor.open()
    expect(visitor.frame.get_by_text("Gone hiking. Write to us.")).to_be_visible()
    look_in_every_way(visitor.page, artefacts, "away-home")
    visitor.page.set_viewport_size(PHONE)
    visitor.begin("Which boots for the Alps?")
    expect(visitor.log.get_by_text(re.compile(r"We've got your request \(#\d+\)"))).to_be_visible()
    expect(visitor.frame.get_by_text("We'll get back to you as soon as we can.")).to_be_visible()
    expect(visitor.frame.get_by_text("Gone hiking. Write to us.")).to_have_count(0)
    expect(visitor.frame.get_by_role("button", name="Insert emoji")).to_be_visible()
    expect(visitor.frame.get_by_role("button", name="Attach a file")).to_have_count(0)
    settings()
    visitor.reload()
    expect(visitor.frame.get_by_role("button", name="Attach a file")).to_be_visible()
