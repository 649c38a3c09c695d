"""The inbox's list of conversations, by its rows."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.people import AgentPage
from tests.running import Running

SAM = "sam@example.com"


def all_of(parley: Running, context: BrowserContext, query: str = "") -> AgentPage:
    """Sam, looking at everything that is open."""
    agent = AgentPage(context, parley.url, SAM, f"?view=all{query}")
    expect(rows(agent.page).first).to_be_visible()
    return agent


def rows(page: Page) -> Locator:
    return page.locator("[data-conversation-list] a[data-id]")


def row_of(page: Page, name: str) -> Locator:
    return rows(page).filter(has_text=name).first


def scroller(page: Page) -> Locator:
    return page.locator("[data-conversation-list]")
