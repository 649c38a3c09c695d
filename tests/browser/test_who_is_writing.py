"""Who is writing, and how a reply reaches them: the question for an address, what an agent sees and asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

NO_ADDRESS = "No email address: a reply after they leave won't reach them."


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley"), agent_capacity=1000).start()
    yield running
    running.stop()


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
