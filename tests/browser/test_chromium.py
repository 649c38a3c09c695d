"""The browser under the tests is a real one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext


def test_people_share_nothing(new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    ana, ben = new_context(), new_context(color_scheme="dark", viewport={"width": 390, "height": 844})
    for person in (ana, ben):
        person.route("https://shop.example/", lambda route: route.fulfill(body="<h1>Shop</h1>", content_type="text/html"))
    page = ana.new_page()
    page.goto("https://shop.example/")
    page.evaluate("localStorage.setItem('name', 'Ana')")
    other = ben.new_page()
    other.goto("https://shop.example/")
    assert other.evaluate("localStorage.getItem('name')") is None
    assert other.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert other.screenshot(path=artefacts / "shop.png")
