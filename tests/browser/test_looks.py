"""What people see: axe without violations, light and dark, desktop and phone, right to left; pictures kept to be looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, PHONE, look, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage
from tests.running import PASSWORD, Running


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def test_screens_are_clean(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    """The same two pages in every look: the first screens, then a conversation."""
    agent, visitor = AgentPage(new_context(), parley.url), VisitorPage(new_context(), parley.url)
    visitor.open()
    expect(visitor.frame.get_by_role("button", name="Start conversation")).to_be_visible()
    look_in_every_way(agent.page, artefacts, "inbox-first")
    look_in_every_way(visitor.page, artefacts, "widget-home")
    visitor.begin("Hello to all screens")
    agent.page.goto(f"{parley.url}/inbox/?view=all")
    agent.open_row("Hello to all screens")
    agent.say("Welcome to all screens")
    visitor.sees("Welcome to all screens")
    look_in_every_way(visitor.page, artefacts, "widget-chat")
    look_in_every_way(agent.page, artefacts, "inbox-chat")


def test_right_to_left_widget_is_mirrored(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    context = new_context(viewport=PHONE, locale="ar")
    visitor = VisitorPage(context, parley.url)
    visitor.launcher.click()
    expect(visitor.frame.locator("html")).to_have_attribute("dir", "rtl")
    look(visitor.page, artefacts / "widget-rtl.png")


def test_sign_in_refuses_kindly_and_lets_in(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    page = new_context(viewport=DESKTOP).new_page()
    page.goto(f"{parley.url}/inbox")
    page.get_by_label("Email address").fill("ana@example.com")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Wrong email or password")).to_be_visible()
    look(page, artefacts / "sign-in.png")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
