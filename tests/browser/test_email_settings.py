"""The settings page Email: how mail leaves, and a test mail with the host's own answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage
from tests.running import Running
from tests.servers.smtp import SmtpSink


def test_without_a_mail_host_the_page_says_what_to_do(
    busy_parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    page = AgentPage(new_context(viewport=DESKTOP), busy_parley.url, "admin@example.com", "settings/email").page
    expect(page.get_by_text("Not set. Set PARLEY_SMTP_URL and restart Parley.")).to_be_visible()
    for name in ("Waiting for a mail host", "Held", "Queued", "Retrying", "Failed"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()
    page.get_by_role("button", name="Send a test mail").click()
    expect(page.get_by_role("status").get_by_text(re.compile("^There is no mail host"))).to_be_visible()
    look_in_every_way(page, artefacts, "no-mail-host")


def test_an_admin_sends_a_test_mail_and_reads_the_answer(
    tmp_path: Path, smtp_sink: SmtpSink, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    running = Running(tmp_path, smtp_url=smtp_sink.url).start()
    try:
        page = AgentPage(new_context(), running.url, "admin@example.com", "settings/email").page
        host = f"127.0.0.1:{smtp_sink.port}"
        expect(page.get_by_text(host, exact=True)).to_be_visible()
        smtp_sink.refusal = "550 5.7.1 Relaying denied"
        page.get_by_role("button", name="Send a test mail").click()
        expect(page.get_by_role("status").get_by_text("550 5.7.1 Relaying denied")).to_be_visible()
        expect(page.get_by_text("Never", exact=True)).to_be_visible()
        smtp_sink.refusal = None
        page.get_by_role("button", name="Send a test mail").click()
        expect(page.get_by_text(f"{host} accepted the mail. Check the inbox of admin@example.com.")).to_be_visible()
        expect(page.get_by_text("Never", exact=True)).to_have_count(0)
        assert [mail.recipients for mail in smtp_sink.mails] == [["admin@example.com"]]
        for width in (1440, 768, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=artefacts / f"email-{width}-{scheme}.png")
    finally:
        running.stop()
