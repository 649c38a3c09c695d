"""Routing as admins arrange it and agents ask about it: rules by mouse and keyboard, a dry run, and "why me?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, PHONE, look
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def test_rules_are_written_ordered_and_tried_out(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    admin = AgentPage(new_context(viewport=DESKTOP, color_scheme="dark"), parley.url, "admin@example.com", "settings/routing")
    page = admin.page
    for name, word, team in (("Refunds", "refund", "Orders"), ("Everything else", "", "Support")):
        page.get_by_role("button", name="Add rule").click()
        form = page.get_by_role("dialog")
        form.get_by_label("Name", exact=True).fill(name)
        if word:
            form.get_by_label("Words in the message").fill(word)
            form.get_by_label("Words in the message").press("Enter")
        form.get_by_label("Team", exact=True).click()
        page.get_by_role("option", name=team, exact=True).click()
        if word:
            expect(form.get_by_role("status")).to_have_text("When the message contains “refund”: assign it to Orders.")
            look(page, artefacts / "rule-dark.png")
        form.get_by_role("button", name="Save").click()
        expect(form).to_have_count(0)
    handles = page.get_by_role("button", name=re.compile("^Move "))
    handles.nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(handles.first).to_have_accessible_name(re.compile("^Move Everything else, position 1"))
    expect(page.get_by_text("No conditions: rules below it never run.")).to_be_visible()
    expect(page.get_by_text("Can never match.")).to_be_visible()
    look(page, artefacts / "rules-shadowed-dark.png")
    handles.nth(1).drag_to(handles.first)
    expect(handles.first).to_have_accessible_name(re.compile("^Move Refunds, position 1"))
    expect(page.get_by_text("No conditions")).to_have_count(0)

    trial = page.get_by_role("region", name="Test routing")
    trial.get_by_label("Message").fill("I want a refund for my stove")
    trial.get_by_role("button", name="Run test").click()
    expect(trial.get_by_text("Rule: Refunds")).to_be_visible()
    expect(trial.get_by_text("Waits in the queue of Orders, 0 ahead.")).to_be_visible()
    expect(trial.get_by_text("the message contains “refund” (found: refund)")).to_be_visible()
    look(page, artefacts / "dry-run-dark.png")


def test_why_me_is_answered_in_words(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url)
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Where is my parcel?")
    ana.open_row("Where is my parcel?")
    expect(visitor.log.get_by_text("Ana Duarte joined")).to_be_visible()
    details = ana.page.get_by_role("complementary", name="Details")
    why = details.get_by_role("region", name="Why was this assigned to me?")
    why.get_by_role("button", name="Show").click()
    expect(why.get_by_text(re.compile("^Ana Duarte of Support was free"))).to_be_visible()
    expect(why.get_by_text(re.compile("^chosen"))).to_be_visible()
    look(ana.page, artefacts / "why.png")


def test_teams_agents_and_reasons(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    """Another browser with the same page open shows each change at once."""
    beside = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "settings/routing").page
    expect(beside.get_by_role("button", name="Edit Support")).to_be_visible()
    admin = AgentPage(new_context(viewport=PHONE), parley.url, "admin@example.com", "settings/routing")
    page = admin.page
    page.get_by_role("button", name="Edit Support").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Seconds to accept").fill("20")
    form.get_by_role("button", name="Save").click()
    for screen in (page, beside):
        expect(screen.get_by_text(re.compile("Must accept within 20 s"))).to_be_visible()
    page.get_by_role("button", name="Edit Ana Duarte").click()
    form.get_by_label("Skills").fill("stoves")
    form.get_by_label("Skills").press("Enter")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("at once · stoves"))).to_be_visible()
    page.get_by_label("Lunch, training…").fill("Lunch")
    page.get_by_role("button", name="Add reason").click()
    for screen in (page, beside):
        expect(screen.get_by_text("Lunch", exact=True)).to_be_visible()
    look(page, artefacts / "routing-phone.png")
