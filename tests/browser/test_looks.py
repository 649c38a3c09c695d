"""What people see: axe without violations, light and dark, desktop and phone, right to left; pictures kept to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_screens_are_clean(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path, scheme: Any, size: Any
) -> None:
    look = {"viewport": size, "color_scheme": scheme, "reduced_motion": "reduce"}
    agent = AgentPage(new_context(**look), parley.url)
    _look(agent.page, artefacts / "inbox-first.png")
    visitor = VisitorPage(new_context(**look), parley.url)
    visitor.open()
    expect(visitor.frame.get_by_role("button", name="Start conversation")).to_be_visible()
    _look(visitor.page, artefacts / "widget-home.png")
    words = f"Hello in {scheme} at {size['width']}"
    visitor.begin(words)
    agent.open_row(words)
    agent.say(f"Welcome to {scheme} at {size['width']}")
    visitor.sees(f"Welcome to {scheme} at {size['width']}")
    _look(visitor.page, artefacts / "widget-chat.png")
    _look(agent.page, artefacts / "inbox-chat.png")


def test_right_to_left_widget_is_mirrored(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    context = new_context(viewport=PHONE, locale="ar")
    visitor = VisitorPage(context, parley.url)
    visitor.launcher.click()
    expect(visitor.frame.locator("html")).to_have_attribute("dir", "rtl")
    _look(visitor.page, artefacts / "widget-rtl.png")


def test_sign_in_refuses_kindly(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    page = new_context(viewport=DESKTOP).new_page()
    page.goto(f"{parley.url}/inbox")
    page.get_by_label("Email address").fill("ana@example.com")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not go together")).to_be_visible()
    _look(page, artefacts / "sign-in.png")


def _look(page: Page, picture: Path) -> None:
    page.screenshot(path=picture)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
