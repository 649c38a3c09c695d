"""A link in a mail opens the conversation in the widget's own page, and takes over nobody's chat in that browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.guests import Guest
from tests.browser.people import VisitorPage, as_agent
from tests.running import Running
from tests.servers.smtp import ReceivedMail, SmtpSink

ANA = "ana@example.com"
WIDTHS = (1440, 768, 390, 320)


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory, sink: SmtpSink) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("mailed")
    running = Running(folder, smtp_url=sink.url, mail_fallback_seconds=0.5, agent_capacity=1000).start()
    yield running
    running.stop()


def answer_by_mail(parley: Running, sink: SmtpSink, guest: Guest, text: str) -> ReceivedMail:
    """Ana answers a visitor who has left; the mail."""
    before = len(sink.mails)
    as_agent(parley.url, ANA, type="conversation.claim", conversation_id=guest.id)
    as_agent(
        parley.url,
        ANA,
        type="message.send",
        conversation_id=guest.id,
        client_id=f"mail-{time.monotonic_ns()}",
        body=text,
        visibility="public",
    )
    until = time.monotonic() + 30
    while len(sink.mails) == before and time.monotonic() < until:
        time.sleep(0.05)
    return sink.mails[before]


def html_of(mail: ReceivedMail) -> str:
    body = mail.message.get_body(("html",))
    assert body is not None
    return body.get_content()


def link_of(mail: ReceivedMail) -> str:
    (link,) = set(re.findall(r"http://[^\"\s]+/chat/[^\"\s]+", html_of(mail)))
    return link


def fits(page: Page) -> None:
    """Nothing is wider than the page."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_mail_leaves_the_link_opens_the_chat(
    parley: Running, sink: SmtpSink, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    guest = Guest(parley.url, "Mia Berg", "Where is my lamp?")
    long = "Donaudampfschifffahrtsgesellschaftskapitän" * 5
    mail = answer_by_mail(parley, sink, guest, f"It leaves tomorrow. {long}")

    context = new_context()
    someone_else = VisitorPage(context, parley.url)
    someone_else.open()
    someone_else.begin("I am somebody else")

    page = context.new_page()
    page.goto(link_of(mail))
    log = page.get_by_role("log")
    expect(log.get_by_text("Where is my lamp?", exact=True)).to_be_visible()
    expect(log.get_by_text(re.compile("^It leaves tomorrow."))).to_be_visible()
    assert page.url == f"{parley.url}/widget/page?inbox=demo", "the token is not left in the address"
    expect(page.get_by_role("button", name="Close chat")).to_be_hidden()
    box = page.get_by_role("textbox", name=re.compile("write", re.I)).last
    box.fill("Thank you!")
    box.press("Enter")
    expect(log.get_by_text("Thank you!", exact=True)).to_be_visible()
    page.wait_for_function("() => !document.querySelector('[data-progress=sending]')")
    assert "Thank you!" in _heard(guest)

    page.reload()
    expect(page.get_by_role("log").get_by_text("Thank you!", exact=True)).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=artefacts / f"chat-{width}-{scheme}.png")

    someone_else.reload()
    someone_else.sees("I am somebody else")
    expect(someone_else.log.get_by_text("Where is my lamp?")).to_have_count(0)


def _heard(guest: Guest) -> list[str]:
    until = time.monotonic() + 15
    while len(heard := guest.heard()) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    return heard


def test_the_mail_reads_well_on_a_phone_in_the_dark(
    parley: Running, sink: SmtpSink, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    guest = Guest(parley.url, "Ole", "Is my order on its way?")
    mail = answer_by_mail(parley, sink, guest, "Yes, it is.\n\nSecond line. " + "x" * 200)
    page = new_context().new_page()
    page.set_content(html_of(mail))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=artefacts / f"mail-{width}-{scheme}.png")
    expect(page.get_by_role("link", name="Continue in the chat")).to_be_visible()
    expect(page.get_by_text("Please don't reply to this mail")).to_be_visible()

    page.goto(f"{parley.url}/mailbox")
    page.get_by_role("link", name=re.compile("from .* replied")).first.click()
    expect(page.get_by_text("Sent. The mail host accepted it.")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("link", name="Continue in the chat")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
        page.screenshot(path=artefacts / f"mailbox-{width}.png")


def test_a_link_that_is_not_ours_says_so(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    page = new_context().new_page()
    page.goto(f"{parley.url}/chat/ml1.chat.nothing")
    expect(page.get_by_role("heading", name="This link doesn't work")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    page.screenshot(path=artefacts / "wrong-390.png")
