"""From an empty folder to an answered chat, without the demo: what a small company does on its first day.

`PARLEY_TEST_PICTURES=folder` keeps a picture of each step, large and small, light and dark, and runs axe over it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.sites import Site
from tests.browser.test_people import mailed_link
from tests.running import Running
from tests.servers.smtp import SmtpSink

PASSWORD = "a good new password"
ARTICLE = """You can send anything back within 30 days.

## How to return a lamp

Pack the lamp in its box, print the label from your order and drop the parcel at any shop. The refund takes three days.
"""
PAGE = """<!doctype html><html lang="en"><title>Lamps</title><main><h1>Lamps by Juniper</h1><p>We sell lamps.</p></main>
<script async src="{url}/widget.js?inbox={key}" data-inbox="{key}"></script></html>"""
NewContext = Callable[..., BrowserContext]


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def empty(tmp_path: Path, sink: SmtpSink) -> Iterator[Running]:
    """`parley serve` on an empty folder, with a mail host."""
    running = Running(tmp_path, smtp_url=sink.url, mail_from="Support <support@shop.example>", mail_fallback_seconds=3)
    running.program = ("-m", "cli", "serve")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def picture(page: Page, step: str) -> None:
    """Keep a picture of this step in every way, where somebody asked for pictures."""
    if folder := os.environ.get("PARLEY_TEST_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        look_in_every_way(page, Path(folder), step)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)


def written_to(sink: SmtpSink, address: str) -> str:
    """The text of the mail to this address, once it has come."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for mail in reversed(sink.mails):
            if address in mail.recipients and (body := mail.message.get_body(("plain",))):
                return body.get_content()
        time.sleep(0.05)
    raise AssertionError(f"nothing was mailed to {address}")


def said_by_server(running: Running, pattern: str) -> str:
    """What the server printed once it was ready."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if found := re.search(pattern, running.log.read_text()):
            return found.group(1)
        time.sleep(0.05)
    raise AssertionError(running.log.read_text()[-2000:])


def asked(page: Page, url: str, method: str, path: str, **body: Any) -> dict[str, Any]:
    """What an admin's page asks of the server."""
    answer = page.context.request.fetch(f"{url}/api/v1{path}", method=method, data=body, headers={"Origin": url})
    assert answer.ok, answer.text()
    return answer.json()


def test_from_an_empty_folder_to_an_answered_chat(new_context: NewContext, empty: Running, sink: SmtpSink, site: Site) -> None:
    admin = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    admin.goto(empty.url)
    expect(admin.get_by_label("Setup code")).to_be_visible()
    picture(admin, "01-setup-code")
    admin.get_by_label("Setup code").fill("guess")
    admin.get_by_label("Your name").fill("Ada Lovelace")
    admin.get_by_label("Email address").fill("ada@shop.example")
    admin.get_by_label("Password").fill(PASSWORD)
    admin.get_by_role("button", name="Create admin").click()
    expect(admin.get_by_role("alert")).to_be_visible()
    admin.get_by_label("Setup code").fill(said_by_server(empty, r"Setup code\s+(\w+)"))
    admin.get_by_role("button", name="Create admin").click()

    checklist = admin.get_by_role("main")
    expect(checklist.get_by_text("0 of 8 done")).to_be_visible()
    picture(admin, "02-checklist")

    def is_ticked(step: str, count: int) -> None:
        expect(admin.locator(f"[data-step={step}]")).to_have_attribute("data-done", "true")
        expect(checklist.get_by_text(f"{count} of 8 done")).to_be_visible()

    admin.get_by_role("navigation").get_by_role("link", name="Inbox").first.click()
    expect(admin.get_by_text("No inbox yet", exact=True)).to_be_visible()
    expect(admin.get_by_text("No inbox yet: customers have no way to write to you.")).to_be_visible()
    picture(admin, "03-no-inbox")
    admin.get_by_role("link", name="Create an inbox").click()

    checklist.get_by_role("link", name="Name it").click()
    admin.get_by_label("Name", exact=True).fill("Juniper & Pine")
    admin.get_by_role("button", name="Save").click()
    expect(admin).to_have_title("Juniper & Pine")
    admin.go_back()
    is_ticked("workspace", 1)

    inbox = asked(admin, empty.url, "POST", "/inboxes", name="Lamp shop", greeting="Ask us about lamps.")["inbox"]
    is_ticked("inbox", 2)

    site.html = PAGE.format(url=empty.url, key=inbox["key"])
    visitor = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    visitor.goto(site.url)
    expect(visitor.get_by_role("button", name=re.compile("chat", re.I)).first).to_be_visible()
    is_ticked("snippet", 3)
    asked(
        admin,
        empty.url,
        "POST",
        "/business-hours",
        name="Always",
        time_zone="UTC",
        periods=[{"day": day, "opens": "00:00", "closes": "23:59"} for day in range(7)],
    )
    expect(admin.locator("[data-step=hours]")).to_have_attribute("data-done", "true")
    article = {
        "title": "Returns",
        "body": ARTICLE,
        "category": "Orders",
        "locale": "en",
        "state": "published",
        "audience": "public",
    }
    asked(admin, empty.url, "POST", "/articles", **article)
    expect(admin.locator("[data-step=article]")).to_have_attribute("data-done", "true")

    checklist.get_by_role("link", name="Invite people").click()
    admin.get_by_role("button", name="Invite people").click()
    admin.get_by_label("Email addresses").fill("ben@shop.example")
    picture(admin, "04-invite")
    admin.get_by_role("dialog").get_by_role("button", name="Invite").click()
    expect(admin.get_by_text("Sent. You can also copy the link.")).to_be_visible()
    admin.get_by_role("button", name="Done").click()
    agent = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    agent.goto(mailed_link(sink, "ben@shop.example", "join"))
    expect(agent.get_by_role("heading", name="Join Juniper & Pine")).to_be_visible()
    picture(agent, "05-join")
    agent.get_by_label("Your name").fill("Ben Okafor")
    agent.get_by_label("Choose a password").fill(PASSWORD)
    agent.get_by_role("button", name="Join").click()
    expect(agent.get_by_text("You're all caught up").or_(agent.get_by_text("Nothing is waiting for you"))).to_be_visible()

    visitor.get_by_role("button", name=re.compile("chat", re.I)).first.click()
    frame = visitor.frame_locator("iframe:not([src*='/widget/near'])")
    frame.get_by_role("textbox").first.fill("How can I return a lamp?")
    picture(visitor, "06-widget")
    frame.get_by_role("button", name="Start conversation").click()
    expect(frame.get_by_role("log").get_by_text("How can I return a lamp?", exact=True)).to_have_count(1)

    agent.get_by_role("link").filter(has_text="How can I return a lamp?").first.click()
    composer = agent.get_by_role("textbox", name=re.compile("^(Reply to|Internal note)"))
    panel = agent.get_by_role("complementary", name="Details")
    panel.get_by_role("button", name=re.compile("^Insert ")).first.click()
    expect(composer).not_to_have_value("")
    picture(agent, "07-suggestion")
    composer.press("End")
    composer.press("Enter")
    expect(frame.get_by_role("log").get_by_text(re.compile("Pack the lamp|30 days|refund")).first).to_be_visible()

    rows = asked(agent, empty.url, "GET", "/conversations?view=mine")["conversations"]
    edit = {"type": "contact.edit", "contact_id": rows[0]["contact"]["id"], "email": "visitor@shop.example"}
    asked(agent, empty.url, "POST", "/commands", **edit)
    visitor.goto("about:blank")
    composer.fill("Write to us again any time.")
    composer.press("Enter")
    said = written_to(sink, "visitor@shop.example")
    assert "Write to us again any time." in said
    opened = re.search(rf"{re.escape(empty.url)}/chat/\S+", said)
    assert opened, said
    phone = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    phone.goto(opened.group())
    expect(phone.get_by_role("log").get_by_text("Write to us again any time.", exact=True)).to_have_count(1)
    picture(phone, "09-link-of-the-mail")

    admin.goto(f"{empty.url}/inbox/setup")
    expect(admin.get_by_text("All set. Customers can reach you.")).to_be_visible()
    picture(admin, "10-set-up")
