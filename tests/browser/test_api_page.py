"""The page of the HTTP API: from this server alone, and in no other page's first load."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.running import Running


def test_d7_the_api_page_shows_every_route_and_asks_nobody_else(browser: Browser, busy_parley: Running) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{busy_parley.url}/api/v1/schema")
    expect(page.get_by_text("/api/v1/widget/sessions", exact=True)).to_be_visible()
    page.get_by_text("/api/v1/widget/sessions", exact=True).click()
    expect(page.get_by_text("Open the widget of an inbox").first).to_be_visible()
    assert [url for url in asked if not url.startswith((busy_parley.url, "data:", "blob:"))] == []
    assert errors == []
    asked.clear()
    page.goto(f"{busy_parley.url}/inbox")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/api/swagger" in url] == []
    context.close()
