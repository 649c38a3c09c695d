"""A visitor and an agent as Playwright sees them: what they click and read, by the names people hear."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.running import PASSWORD


@cache
def session_of(url: str, email: str) -> str:
    """The cookie of an agent who signs in once for all tests of a server."""
    answer = httpx.post(f"{url}/api/v1/login", json={"email": email, "password": PASSWORD}, trust_env=False, timeout=60)
    return answer.cookies["parley_session"]


def as_agent(url: str, email: str, **command: Any) -> None:
    """A command of theirs from elsewhere."""
    cookies = {"parley_session": session_of(url, email)}
    answer = httpx.post(f"{url}/api/v1/commands", json=command, cookies=cookies, headers={"Origin": url}, trust_env=False)
    assert answer.json()["ok"], answer.text


class VisitorPage:
    """The demo shop with the widget on it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.page.goto(f"{url}/demo")

    @property
    def launcher(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("chat", re.I)).first

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe:not([src*='/widget/near'])")

    @property
    def log(self) -> Locator:
        return self.frame.get_by_role("log")

    def open(self) -> None:
        """Open the panel, unless it opened itself after a reload."""
        self.page.wait_for_function("() => !!document.querySelector('script[data-inbox]')")
        self.launcher.click()

    def reload(self) -> None:
        """Load the page again; the panel comes back as it was, or is opened."""
        self.page.reload()
        try:
            expect(self.page.locator("iframe")).to_be_visible(timeout=4_000)
        except AssertionError:
            self.open()

    def begin(self, text: str) -> None:
        """Write the first message on the first screen."""
        self.frame.get_by_role("textbox", name="Ask a question").fill(text)
        self.frame.get_by_role("button", name="Start conversation").click()
        self.sees(text)

    def say(self, text: str) -> None:
        """Write and press Enter."""
        box = self.frame.get_by_role("textbox", name=re.compile("write", re.I)).last
        box.fill(text)
        box.press("Enter")

    def sees(self, text: str) -> None:
        """The words stand in the conversation, once."""
        expect(self.log.get_by_text(text, exact=True)).to_have_count(1)


class AgentPage:
    """The inbox, of somebody who signed in before; `path` is where they are in it."""

    def __init__(self, context: BrowserContext, url: str, email: str = "ana@example.com", path: str = "") -> None:
        context.add_cookies([{"name": "parley_session", "value": session_of(url, email), "url": url}])
        self.page: Page = context.new_page()
        self.url = url
        self.page.goto(f"{url}/inbox/{path}")
        expect(self.page.locator("nav").first).to_be_attached()  # out of sight on a phone with a conversation open

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("^(Reply to|Internal note)"))

    def open_row(self, text: str) -> None:
        """Click the conversation whose row holds these words, and read them: an answer to what was not seen is asked about."""
        self.page.get_by_role("link").filter(has_text=text).first.click()
        expect(self.composer).to_be_visible()
        expect(self.log.get_by_text(text).first).to_be_visible()

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def sees(self, text: str) -> None:
        expect(self.log.get_by_text(text, exact=True)).to_have_count(1)
