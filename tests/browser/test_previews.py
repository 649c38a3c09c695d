"""What a visitor types, on an agent's screen before it is sent; only where an admin says so, and the visitor is told."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

TOLD = "We see what you type before you send it."


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def test_agents_see_it_once_it_is_switched_on(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url)
    preview = ana.page.locator("[data-preview]")
    quiet = VisitorPage(new_context(), parley.url)
    quiet.open()
    quiet.begin("Is this private?")
    ana.open_row("Is this private?")
    write = re.compile("Write a message")
    quiet.frame.get_by_role("textbox", name=write).press_sequentially("Nobody sees this yet")
    expect(ana.page.get_by_text("is typing")).to_be_visible()
    expect(preview).to_have_count(0)
    expect(quiet.frame.get_by_text(TOLD)).to_have_count(0)

    admin = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "settings/proactive").page
    admin.get_by_role("switch", name="Show what visitors type before they send it").click()
    expect(admin.get_by_role("switch", name="Show what visitors type before they send it")).to_be_checked()
    look_in_every_way(admin, artefacts, "switch")

    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Where is my tent?")
    expect(visitor.frame.get_by_text(TOLD)).to_be_visible()
    ana.open_row("Where is my tent?")
    box = visitor.frame.get_by_role("textbox", name=write)
    box.press_sequentially("I ordered it three weeks ag", delay=20)
    expect(preview).to_have_text("I ordered it three weeks ag")
    look_in_every_way(visitor.page, artefacts, "told")
    box.press("o")
    expect(preview).to_have_text("I ordered it three weeks ago")
    look_in_every_way(ana.page, artefacts, "preview")
    began = time.monotonic()
    box.fill("")
    expect(preview).to_have_count(0)
    assert time.monotonic() - began < 5
    ana.page.reload()
    expect(ana.page.get_by_role("log").get_by_text("I ordered it")).to_have_count(0)
