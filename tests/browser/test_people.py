"""People on the screen: invited by a link, changed under their own eyes, suspended after a question with a number."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import ARTEFACTS
from tests.browser.looking import look_in_every_way
from tests.browser.people import session_of
from tests.running import Running
from tests.servers.smtp import SmtpSink

PASSWORD = "a good new password"
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory, sink: SmtpSink) -> Iterator[Running]:
    """A demo with a mail host."""
    running = Running(tmp_path_factory.mktemp("mailing"), smtp_url=sink.url).start()
    yield running
    running.stop()


@pytest.fixture
def admin(new_context: NewContext, mailing: Running) -> Page:
    return at(new_context, mailing.url, "admin@example.com", "settings/people")


def at(new_context: NewContext, url: str, email: str, path: str) -> Page:
    """A page of the inbox, for somebody who is signed in."""
    context = new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "parley_session", "value": session_of(url, email), "url": url}])
    page = context.new_page()
    page.goto(f"{url}/inbox/{path}")
    return page


def mailed_link(sink: SmtpSink, address: str, kind: str) -> str:
    """The link of this kind in the newest mail to an address, once it has come."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for mail in reversed(sink.mails):
            body = mail.message.get_body(("plain",))
            found = re.search(rf"https?://\S+/inbox/{kind}\?token=\S+", body.get_content() if body else "")
            if address in mail.recipients and found:
                return found.group()
        time.sleep(0.05)
    raise AssertionError(f"no {kind} link was mailed to {address}")


def test_several_are_invited_at_once_and_join_by_mail(
    new_context: NewContext, admin: Page, mailing: Running, sink: SmtpSink
) -> None:
    folder = ARTEFACTS / "people"
    folder.mkdir(parents=True, exist_ok=True)
    admin.get_by_role("button", name="Invite people").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Email addresses").fill("Nia <NIA@example.com>, oda@example.com pia@example.com broken")
    dialog.get_by_role("button", name="Invite 4 people").click()
    expect(dialog.get_by_text("Not an email address: broken")).to_be_visible()
    dialog.get_by_label("Email addresses").fill("Nia <NIA@example.com>, oda@example.com pia@example.com ana@example.com")
    dialog.get_by_role("radio", name="Supervisor").check()
    dialog.get_by_role("button", name="Invite 4 people").click()
    expect(dialog.get_by_text("Sent. You can also copy the link.")).to_be_visible()
    expect(dialog.get_by_text("ana@example.com: An agent already uses this email address.")).to_be_visible()
    shown = dialog.get_by_label("Copy the link for nia@example.com").input_value()
    link = mailed_link(sink, "nia@example.com", "join")
    assert link == shown
    dialog.get_by_role("button", name="Done").click()

    invitations = admin.get_by_role("region", name="Pending invitations")
    expect(invitations.get_by_role("listitem")).to_have_count(3)
    invitations.get_by_role("button", name="Send the invitation to pia@example.com again").click()
    expect(invitations.get_by_label("Copy the link for pia@example.com")).to_be_visible()
    invitations.get_by_role("button", name="Revoke the invitation for oda@example.com").click()
    admin.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(invitations.get_by_role("listitem")).to_have_count(2)
    look_in_every_way(admin, folder, "people")
    admin.set_viewport_size({"width": 1440, "height": 900})

    nia = new_context(locale="en-GB").new_page()
    nia.goto(link)
    expect(nia.get_by_text("Ada Admin invited you to answer customers here.")).to_be_visible()
    assert "token" not in nia.url, "it is not kept in the history"
    nia.reload()
    nia.get_by_label("Your name").fill("Nia Long")
    nia.get_by_label("Choose a password").fill("short")
    nia.get_by_role("button", name="Join").click()
    expect(nia.get_by_role("alert")).to_be_visible()
    look_in_every_way(nia, folder, "join")
    nia.get_by_label("Choose a password").fill(PASSWORD)
    nia.get_by_role("button", name="Join").click()
    expect(nia.get_by_role("navigation").first).to_be_visible()
    assert nia.evaluate("sessionStorage.getItem('parley.link')") is None
    expect(admin.get_by_role("button", name="Edit Nia Long")).to_be_visible()
    expect(invitations.get_by_role("listitem")).to_have_count(1)
    nia.goto(link)
    expect(nia.get_by_text("This link is no longer valid")).to_be_visible()


def test_a_new_role_shows_at_once_on_the_screen_of_whoever_has_it(new_context: NewContext, admin: Page, mailing: Running) -> None:
    ben = at(new_context, mailing.url, "ben@example.com", "settings/replies")
    menu = ben.get_by_role("navigation", name="Settings")
    expect(menu.get_by_role("link", name="Your account")).to_be_visible()
    expect(menu.get_by_role("link", name="People")).to_have_count(0)
    admin.get_by_role("button", name="Edit Ben Okafor").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Role").click()
    admin.get_by_role("option", name="Admin").click()
    dialog.get_by_label("Name").fill("Ben O.")
    dialog.get_by_role("button", name="Save").click()
    expect(menu.get_by_role("link", name="People")).to_be_visible()
    menu.get_by_role("link", name="People").click()
    ben.get_by_role("button", name="Edit Ben O.").click()
    own = ben.get_by_role("dialog")
    expect(own.get_by_text("Ask another admin to change your own role.")).to_be_visible()
    expect(own.get_by_label("Role")).to_be_disabled()
    expect(own.get_by_role("button", name="Suspend")).to_have_count(0)


def test_suspending_says_how_many_conversations_return(new_context: NewContext, admin: Page, mailing: Running) -> None:
    chi = at(new_context, mailing.url, "chi@example.com", "settings/account")
    expect(chi.get_by_text("This browser")).to_be_visible()
    opened = httpx.post(f"{mailing.url}/api/v1/widget/sessions", json={"inbox_key": "demo"}, trust_env=False).json()
    started = httpx.post(
        f"{mailing.url}/api/v1/commands",
        json={"type": "conversation.start", "client_id": "people-1", "body": "Anyone?"},
        headers={"Authorization": f"Bearer {opened['visitor_token']}"},
        trust_env=False,
    ).json()
    me = httpx.get(
        f"{mailing.url}/api/v1/me", cookies={"parley_session": session_of(mailing.url, "chi@example.com")}, trust_env=False
    )
    given = httpx.post(
        f"{mailing.url}/api/v1/commands",
        json={
            "type": "conversation.assign",
            "conversation_id": started["conversation"]["id"],
            "agent_id": me.json()["agent"]["id"],
            "team_id": None,
        },
        cookies={"parley_session": session_of(mailing.url, "admin@example.com")},
        headers={"Origin": mailing.url},
        trust_env=False,
    )
    assert given.json()["ok"], given.text
    admin.reload()
    admin.get_by_role("button", name="Edit Chi Tanaka").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("button", name="Suspend").click()
    expect(dialog.get_by_text(re.compile(r"^\d+ open conversations? returns? to the queue\.$"))).to_be_visible()
    dialog.get_by_role("button", name="Suspend").click()
    expect(admin.get_by_role("button", name="Edit Chi Tanaka")).to_have_count(0)
    expect(chi.get_by_role("heading", name="Sign in")).to_be_visible()
    admin.get_by_label("Accounts").click()
    admin.get_by_role("option", name="Suspended").click()
    admin.get_by_role("button", name="Edit Chi Tanaka").click()
    admin.get_by_role("dialog").get_by_role("button", name="Reactivate").click()
    expect(admin.get_by_text("No one matches these filters.")).to_be_visible()
    admin.get_by_role("button", name="Clear filters").click()
    admin.get_by_label("Search people").fill("TANAKA")
    expect(admin.get_by_role("button", name=re.compile("^Edit"))).to_have_count(3)  # Chi and the two teams


def test_a_forgotten_password_comes_back_by_mail(new_context: NewContext, mailing: Running, sink: SmtpSink) -> None:
    page = new_context(locale="en-GB").new_page()
    page.goto(f"{mailing.url}/inbox/")
    page.get_by_label("Email address").fill("sam@example.com")
    page.get_by_role("button", name="Forgot your password?").click()
    expect(page.get_by_label("Email address")).to_have_value("sam@example.com")
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_text("If this address belongs to an account")).to_be_visible()
    page.goto(mailed_link(sink, "sam@example.com", "reset"))
    expect(page.get_by_text("For sam@example.com.")).to_be_visible()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.goto(f"{mailing.url}/inbox/settings/account")
    page.get_by_label("Current password").fill("wrong")
    page.get_by_label("New password").fill("another good password")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The current password is wrong.")).to_be_visible()
    look_in_every_way(page, ARTEFACTS / "people", "account")


def test_a_team_in_use_says_by_what(new_context: NewContext, admin: Page) -> None:
    admin.get_by_role("button", name="Edit Support").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("button", name="Archive").click()
    expect(dialog.get_by_text("Inbox Juniper & Pine")).to_be_visible()
    expect(dialog.get_by_role("button", name="Archive")).to_have_count(0)
    dialog.get_by_role("button", name="Cancel").click()
    dialog.get_by_label("Team name").fill("Helpers")
    dialog.get_by_role("button", name="Save").click()
    admin.get_by_role("button", name="Edit Orders").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("button", name="Archive").click()
    dialog.get_by_role("button", name="Archive").click()
    admin.get_by_text("Archived teams (1)").click()
    admin.get_by_role("button", name="Restore Orders").click()
    expect(admin.get_by_role("button", name="Edit Orders")).to_be_visible()
    expect(admin.get_by_role("button", name="Edit Helpers")).to_be_visible()
