"""From an empty folder to an answered chat, without the demo: what a small company does on its first day.

Everything is done on the pages; pictures of each step are kept among the artefacts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looking import DESKTOP, PHONE, SCHEMES, SETTLED
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
{snippet}</html>"""
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


def picture(page: Page, folder: Path, step: str) -> None:
    """Keep a picture of this step: large and small, light and dark, of the same page."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED, scheme == "dark")
            page.screenshot(path=folder / f"{step}-{size['width']}-{scheme}.png")
    page.emulate_media(color_scheme="light")


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


def test_from_an_empty_folder_to_an_answered_chat(
    new_context: NewContext, empty: Running, sink: SmtpSink, site: Site, artefacts: Path
) -> None:
    admin = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    admin.goto(empty.url)
    expect(admin.get_by_label("Setup code")).to_be_visible()
    picture(admin, artefacts, "01-setup-code")
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
    picture(admin, artefacts, "02-checklist")

    rail = admin.get_by_role("navigation", name="Main")
    offer = rail.get_by_role("link", name=re.compile("^Set up"))
    expect(offer).to_be_visible()
    admin.get_by_role("button", name="Hide checklist").click()
    expect(offer).to_have_count(0)
    admin.get_by_role("button", name="Show checklist").click()
    expect(offer).to_be_visible()

    def is_ticked(step: str, count: int) -> None:
        expect(admin.locator(f"[data-step={step}]")).to_have_attribute("data-done", "true")
        expect(checklist.get_by_text(f"{count} of 8 done")).to_be_visible()

    def open_checklist() -> None:
        admin.get_by_role("navigation", name="Settings").get_by_role("link", name="Set up Parley").click()

    admin.get_by_role("navigation").get_by_role("link", name="Inbox").first.click()
    expect(admin.get_by_text("No inbox yet", exact=True)).to_be_visible()
    expect(admin.get_by_text("No inbox yet: customers have no way to write to you.")).to_be_visible()
    picture(admin, artefacts, "03-no-inbox")
    admin.get_by_role("link", name="Create an inbox").click()

    checklist.get_by_role("link", name="Name it").click()
    admin.get_by_label("Name", exact=True).fill("Juniper & Pine")
    admin.get_by_role("button", name="Save").click()
    expect(admin).to_have_title("Juniper & Pine")
    admin.go_back()
    is_ticked("workspace", 1)

    checklist.get_by_role("link", name="Create an inbox").click()
    admin.get_by_role("button", name="New inbox").click()
    admin.get_by_role("dialog").get_by_label("Name").fill("Lamp shop")
    admin.get_by_role("dialog").get_by_role("button", name="Create inbox").click()
    expect(admin.get_by_role("heading", level=1, name="Lamp shop")).to_be_visible()
    admin.get_by_label("Greeting", exact=True).fill("Ask us about lamps.")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("region", name="Unsaved changes")).to_have_count(0)
    snippet = admin.get_by_role("region", name="Snippet")
    expect(snippet.get_by_text(re.compile("^Not seen yet"))).to_be_visible()
    site.html = PAGE.format(snippet=snippet.locator("pre").inner_text())
    visitor = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    visitor.goto(site.url)
    expect(visitor.get_by_role("button", name=re.compile("chat", re.I)).first).to_be_visible()
    expect(snippet.get_by_text(f"Seen on {site.url}")).to_be_visible()
    picture(admin, artefacts, "04-inbox")
    open_checklist()
    is_ticked("inbox", 3)
    is_ticked("snippet", 3)

    checklist.get_by_role("link", name="Set hours").click()
    admin.get_by_role("button", name="New business hours").click()
    admin.get_by_label("Opens on Monday").fill("00:00")
    admin.get_by_label("Closes on Monday").fill("00:00")
    admin.get_by_role("button", name="Copy Monday to the other weekdays").click()
    for day in ("Saturday", "Sunday"):
        admin.get_by_role("button", name=f"Add hours on {day}").click()
        admin.get_by_label(f"Opens on {day}").fill("00:00")
        admin.get_by_label(f"Closes on {day}").fill("00:00")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("Now: always open")).to_be_visible()
    picture(admin, artefacts, "05-hours")
    open_checklist()
    is_ticked("hours", 4)

    checklist.get_by_role("link", name="Write an article").click()
    admin.get_by_label("Title").fill("Returns")
    admin.get_by_label("Category").fill("Orders")
    admin.get_by_role("textbox", name="Text").fill(ARTICLE)
    admin.get_by_role("button", name="Publish").click()
    expect(admin.get_by_text("“Returns” is published.")).to_be_visible()
    picture(admin, artefacts, "06-article")
    admin.goto(f"{empty.url}/inbox/settings/setup")
    is_ticked("article", 5)

    checklist.get_by_role("link", name="Invite people").click()
    admin.get_by_role("button", name="Invite people").click()
    admin.get_by_label("Email addresses").fill("ben@shop.example")
    picture(admin, artefacts, "07-invite")
    admin.get_by_role("dialog").get_by_role("button", name="Invite").click()
    expect(admin.get_by_text("Sent. You can also copy the link.")).to_be_visible()
    admin.get_by_role("button", name="Done").click()
    agent = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    agent.goto(mailed_link(sink, "ben@shop.example", "join"))
    expect(agent.get_by_role("heading", name="Join Juniper & Pine")).to_be_visible()
    picture(agent, artefacts, "08-join")
    agent.get_by_label("Your name").fill("Ben Okafor")
    agent.get_by_label("Choose a password").fill(PASSWORD)
    agent.get_by_role("button", name="Join").click()
    expect(agent.get_by_text("You're all caught up").or_(agent.get_by_text("Nothing is waiting for you"))).to_be_visible()

    visitor.get_by_role("button", name=re.compile("chat", re.I)).first.click()
    frame = visitor.frame_locator("iframe:not([src*='/widget/near'])")
    frame.get_by_role("textbox").first.fill("How can I return a lamp?")
    picture(visitor, artefacts, "09-widget")
    frame.get_by_role("button", name="Start conversation").click()
    expect(frame.get_by_role("log").get_by_text("How can I return a lamp?", exact=True)).to_have_count(1)

    agent.get_by_role("link").filter(has_text="How can I return a lamp?").first.click()
    composer = agent.get_by_role("textbox", name=re.compile("^(Reply to|Internal note)"))
    panel = agent.get_by_role("complementary", name="Details")
    panel.get_by_role("button", name=re.compile("^Insert ")).first.click()
    expect(composer).not_to_have_value("")
    picture(agent, artefacts, "10-suggestion")
    composer.press("End")
    composer.press("Enter")
    expect(frame.get_by_role("log").get_by_text(re.compile("Pack the lamp|30 days|refund")).first).to_be_visible()

    frame.get_by_label("Email address").fill("visitor@shop.example")
    frame.get_by_role("button", name="Notify me").click()
    expect(panel.get_by_text("visitor@shop.example")).to_be_visible()
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
    picture(phone, artefacts, "11-link-of-the-mail")

    admin.goto(f"{empty.url}/inbox/setup")
    expect(admin.get_by_text("All set. Customers can reach you.")).to_be_visible()
    picture(admin, artefacts, "12-set-up")
