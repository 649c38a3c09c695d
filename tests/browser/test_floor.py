"""A browser below the floor is told so in a sentence; one above it never sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.running import Running

PAGES = ["/inbox", "/widget/frame?inbox=demo"]
OLD = {
    "en-GB": "This browser is too old. Update it to Safari 16.4, Firefox 128, Chrome 120 or newer.",
    "de-DE": "Dieser Browser ist zu alt.",
    "ar": "هذا المتصفح قديم جدًا.",
}


@pytest.mark.parametrize("page", PAGES)
def test_f5_a_browser_below_the_floor_reads_a_sentence(browser: Browser, busy_parley: Running, page: str) -> None:
    for locale, sentence in OLD.items():
        context = browser.new_context(locale=locale)
        opened = context.new_page()
        opened.add_init_script("delete window.CSSPropertyRule")
        opened.goto(f"{busy_parley.url}{page}")
        expect(opened.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
        context.close()
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{busy_parley.url}{page}")
    opened.wait_for_load_state("networkidle")
    expect(opened.get_by_text("too old")).to_have_count(0)
    context.close()


def test_f5_the_floor_is_written_down() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    assert "Safari 16.4, Firefox 128 or Chrome 120" in readme
