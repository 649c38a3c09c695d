"""The settings of an inbox as an admin works with them: every field seen in the real widget, on a site of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, session_of
from tests.browser.sites import Site, shop_page
from tests.running import Running

NewContext = Callable[..., BrowserContext]
CONVERSATIONS = "Visitors can no longer start conversations here. {} in your inbox. You can restore the inbox at any time."


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley"), agent_capacity=1000, egress_allowed="127.0.0.0/8").start()
    yield running
    running.stop()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def put(site: Site, snippet: str) -> None:
    """Paste a snippet into a plain page, as the settings show it."""
    site.html = f'<!doctype html><html lang="en"><title>Lamps</title><main><h1>Lamps</h1></main>{snippet}</html>'


def put_widget(site: Site, url: str, key: str) -> None:
    site.html = shop_page(url, key)


class InboxPage:
    """The page of one inbox, made in the dialog."""

    def __init__(self, new_context: NewContext, url: str, name: str) -> None:
        self.url = url
        context = new_context(locale="en-GB", viewport=DESKTOP)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
        self.page = AgentPage(context, url, "admin@example.com", "settings/inboxes").page
        self.page.get_by_role("button", name="New inbox").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Create inbox").click()
        expect(dialog.get_by_text("Required")).to_be_visible()
        dialog.get_by_label("Name").fill(name)
        dialog.get_by_role("button", name="Create inbox").click()
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()
        self.key = self.page.get_by_label("Key").input_value()

    @property
    def widget(self) -> FrameLocator:
        return self.page.frame_locator("iframe[title=Preview]")

    @property
    def preview(self) -> Locator:
        return self.page.get_by_role("region", name="Preview")

    @property
    def bar(self) -> Locator:
        return self.page.get_by_role("region", name="Unsaved changes")

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_label(label, exact=True).click()
        self.page.get_by_role("option", name=option, exact=True).click()
        expect(self.page.get_by_role("option")).to_have_count(0)  # until then the page behind it is hidden

    def save(self) -> None:
        self.bar.get_by_role("button", name="Save").click()
        expect(self.bar).to_have_count(0)

    def add_field(self, kind: str, label: str = "") -> Locator:
        rows = self.page.get_by_role("list", name="Fields").get_by_role("listitem")
        place = rows.count()
        self.page.get_by_role("button", name="Add field").click()
        row = rows.nth(place)
        self.choose("Kind", kind, row)
        if label:
            row.get_by_label("Label").fill(label)
        return row


def visit(new_context: NewContext, site: Site) -> Page:
    page = new_context(locale="en-GB", viewport=DESKTOP).new_page()
    page.goto(site.url)
    return page


def open_chat(page: Page) -> FrameLocator:
    page.get_by_role("button", name=re.compile("chat", re.I)).first.click()
    return page.frame_locator("iframe:not([src*='/widget/near'])")


def test_the_real_widget_beside_the_fields_follows_as_one_types(
    parley: Running, new_context: NewContext, artefacts: Path, site: Site
) -> None:
    inbox = InboxPage(new_context, parley.url, "Lamp shop")
    page, widget, preview = inbox.page, inbox.widget, inbox.preview
    expect(page.get_by_text(re.compile("^Last changed by Ada Admin · now$"))).to_be_visible()
    expect(widget.get_by_role("heading", name="Hello! How can we help?", include_hidden=True)).to_be_attached()

    page.get_by_label("Name", exact=True).fill("Lamps & shades")
    page.get_by_label("Greeting", exact=True).fill("Ask us about lamps.")
    expect(widget.get_by_text("Lamps & shades")).to_be_attached()
    expect(widget.get_by_text("Ask us about lamps.")).to_be_attached()
    page.get_by_label("When you're away", exact=True).fill("We read it on Monday.")
    expect(widget.get_by_text("We read it on Monday.")).to_be_attached()
    section = page.get_by_role("region", name="Appearance")
    section.get_by_label("Colour", exact=True).fill("#b5179e")
    launcher = page.locator("[data-preview-launcher]")
    expect(launcher).to_have_css("background-color", "rgb(181, 23, 158)")
    expect(widget.locator("button.primary")).to_have_css("background-color", "rgb(181, 23, 158)")
    for shape in ("Question mark", "Envelope"):
        inbox.choose("Launcher", shape)
        expect(launcher).to_have_class(re.compile(shape.split()[0].lower()))
        launcher.screenshot(path=artefacts / f"launcher-{shape.split()[0].lower()}.png")
    inbox.choose("Position", "Left")
    left, frame = launcher.bounding_box(), preview.locator("iframe").bounding_box()
    assert left
    assert frame
    assert left["x"] <= frame["x"]

    for scheme, shade in (("Dark", "rgb(21, 23, 28)"), ("Light", "rgb(246, 247, 249)")):
        preview.get_by_role("tab", name=scheme).click()
        expect(widget.locator("html")).to_have_css("background-color", shade)
        expect(widget.get_by_text("Ask us about lamps.")).to_be_attached()
    preview.get_by_role("tab", name="Phone").click()
    expect(launcher).to_have_count(0)
    preview.get_by_role("tab", name="Desktop").click()

    page.get_by_label("Other languages").click()
    page.get_by_role("option", name="German", exact=True).click()
    page.get_by_role("option", name="Arabic", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_label("Greeting in German").fill("Fragen zu Lampen?")
    expect(widget.get_by_text("Fragen zu Lampen?")).to_be_attached()
    page.get_by_label("When you're away, in Arabic").fill("نعود يوم الاثنين")
    expect(widget.locator("html")).to_have_attribute("dir", "rtl")
    expect(widget.get_by_text("نعود يوم الاثنين")).to_be_attached()

    expect(section.get_by_text("Changed")).to_have_count(3)
    section.get_by_role("button", name="Reset Position to default").click()
    expect(section.get_by_text("Changed")).to_have_count(2)
    look_in_every_way(page, artefacts, "inbox-edited")
    page.set_viewport_size(DESKTOP)
    inbox.save()
    expect(page.get_by_role("heading", level=1, name="Lamps & shades")).to_be_visible()

    put_widget(site, parley.url, inbox.key)
    german = new_context(locale="de", viewport=DESKTOP).new_page()
    german.goto(site.url)
    chat = open_chat(german)
    expect(chat.get_by_role("heading", name="Fragen zu Lampen?")).to_be_visible()
    expect(chat.locator("button.primary")).to_have_css("background-color", "rgb(181, 23, 158)")


def test_a_form_of_all_seven_kinds_is_asked_before_and_after_the_first_message(
    parley: Running, new_context: NewContext, artefacts: Path, site: Site
) -> None:
    inbox = InboxPage(new_context, parley.url, "Forms")
    page = inbox.page
    fields = page.get_by_role("list", name="Fields")
    expect(page.get_by_text("No fields. Visitors write right away.")).to_be_visible()
    for kind in ("Email", "Name", "Phone"):
        inbox.add_field(kind)
    inbox.add_field("Text", "Order number").get_by_role("switch").click()
    inbox.add_field("Number", "How many lamps")
    choice = inbox.add_field("Choice", "Colour of the lamp")
    inbox.bar.get_by_role("button", name="Save").click()
    expect(choice.get_by_text("Add at least two different options.")).to_be_visible()
    expect(inbox.bar.get_by_text("Not saved. Check the highlighted fields.")).to_be_visible()
    choice.get_by_label("Options").fill("White\nBlack\nBlack")
    inbox.add_field("Checkbox", "It is urgent")
    inbox.preview.get_by_role("tab", name="Form").click()
    asked = inbox.widget.locator("form.contact")
    for label in ("Email address (optional)", "Order number", "How many lamps (optional)", "It is urgent (optional)"):
        expect(asked.get_by_text(label, exact=True)).to_be_attached()
    fields.get_by_role("listitem").last.get_by_role("switch").click()
    expect(asked.get_by_text("It is urgent", exact=True)).to_be_attached()
    fields.get_by_role("button", name="Move How many lamps, position 5").press("ArrowUp")
    expect(fields.get_by_role("listitem").nth(3).get_by_label("Label")).to_have_value("How many lamps")

    fields.get_by_role("button", name="Remove Phone").click()
    question = fields.get_by_role("alert")
    expect(question).to_contain_text("Remove Phone? Answers already given stay with their conversations.")
    question.get_by_role("button", name="Keep").click()
    expect(fields.get_by_role("listitem")).to_have_count(7)
    fields.get_by_role("button", name="Remove Phone").click()
    question.get_by_role("button", name="Remove").click()
    expect(fields.get_by_role("listitem")).to_have_count(6)
    look_in_every_way(page, artefacts, "form")
    page.set_viewport_size(DESKTOP)
    inbox.save()
    expect(page.get_by_label("Options")).to_have_value("White\nBlack")

    put_widget(site, parley.url, inbox.key)
    visitor = visit(new_context, site)
    chat = open_chat(visitor)
    chat.get_by_role("textbox", name="Ask a question").fill("Where is it?")
    chat.get_by_role("button", name="Start conversation").click()
    chat.get_by_role("button", name="Start conversation").click()
    expect(chat.locator("[aria-invalid=true]")).to_have_count(2)
    chat.get_by_label("Order number").fill("A-17")
    chat.get_by_label("It is urgent").check()
    chat.get_by_role("button", name="Start conversation").click()
    expect(chat.get_by_role("log").get_by_text("Where is it?", exact=True)).to_have_count(1)

    inbox.choose("Ask", "After the first message")
    inbox.choose("Ask for an email address", "Never ask")
    inbox.save()
    later = visit(new_context, site)
    chat = open_chat(later)
    chat.get_by_role("textbox", name="Ask a question").fill("And mine?")
    chat.get_by_role("button", name="Start conversation").click()
    expect(chat.get_by_role("log").get_by_text("And mine?", exact=True)).to_have_count(1)
    expect(chat.get_by_label("Order number")).to_be_visible()


def test_what_visitors_see_is_switched_and_an_address_can_be_required(
    parley: Running, new_context: NewContext, site: Site
) -> None:
    inbox = InboxPage(new_context, parley.url, "Switches")
    page = inbox.page
    seen = page.get_by_role("region", name="What visitors see")
    for name in ("Earlier conversations", "Article suggestions", "File upload"):
        expect(seen.get_by_role("switch", name=name)).to_be_checked()
        seen.get_by_role("switch", name=name).click()
    seen.get_by_role("switch", name="Show what visitors type before they send it").click()
    expect(seen.get_by_role("button", name=re.compile("^Reset .+ to default$"))).to_have_count(4)
    expect(inbox.bar.get_by_text("4 unsaved changes")).to_be_visible()
    inbox.choose("Ask for an email address", "Require before the first message")
    expect(seen.get_by_text("Visitors cannot write without an address.")).to_be_visible()
    inbox.save()
    put_widget(site, parley.url, inbox.key)
    visitor = visit(new_context, site)
    chat = open_chat(visitor)
    chat.get_by_role("textbox", name="Ask a question").fill("I cannot sign in")
    chat.get_by_role("button", name="Start conversation").click()
    chat.get_by_label("Email address").fill("zoe@example.com")
    chat.get_by_role("button", name="Start conversation").click()
    expect(chat.get_by_role("log").get_by_text("I cannot sign in", exact=True)).to_have_count(1)
    expect(chat.get_by_role("button", name=re.compile("attach|file", re.I))).to_have_count(0)
    expect(chat.get_by_text("We see what you type before you send it.")).to_be_visible()


def test_check_my_site_says_seen_blocked_or_wrong_key_and_what_to_add(
    parley: Running, new_context: NewContext, artefacts: Path, site: Site
) -> None:
    inbox = InboxPage(new_context, parley.url, "Checked")
    page = inbox.page
    snippet = page.get_by_role("region", name="Snippet")
    check = snippet.get_by_role("group", name="Check my site")
    expect(check.get_by_text("Not seen yet. Put the snippet on your site and open a page of it.")).to_be_visible()
    for kind, mark in (("React", "useEffect"), ("WordPress", "add_action"), ("Tag Manager", "setAttribute"), ("HTML", "async")):
        snippet.get_by_role("tab", name=kind).click()
        expect(snippet.locator("pre")).to_contain_text(mark)
        expect(snippet.locator("pre")).to_contain_text(f"/widget.js?inbox={inbox.key}")
    snippet.get_by_role("button", name="Copy snippet").click()
    expect(snippet.get_by_role("button", name="Copied")).to_be_visible()
    put(site, page.evaluate("navigator.clipboard.readText()"))
    visitor = visit(new_context, site)
    expect(visitor.get_by_role("button", name=re.compile("chat", re.I)).first).to_be_visible()
    expect(check.get_by_text(f"Seen on {site.url}")).to_be_visible()
    expect(check.get_by_text("· now")).to_be_visible()

    sites = page.get_by_label("Sites", exact=True)
    sites.fill("shop.example.com/cart\nnot a site")
    inbox.bar.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write each site as https://shop.example.com.")).to_be_visible()
    sites.fill("shop.example.com/cart")
    sites.blur()
    expect(sites).to_have_value("https://shop.example.com")
    inbox.save()
    visitor.reload()
    snippet.get_by_role("button", name="Check now").click()
    expect(check.get_by_text(f"{site.url}/ is blocked: add it to the allowed sites")).to_be_visible()
    expect(check.locator("code")).to_have_text(site.url)

    put_widget(site, parley.url, "typo")
    visitor.reload()
    expect(check.get_by_text(re.compile(r"names an inbox that does not exist \(typo\)"))).to_be_visible()
    expect(check.get_by_text(f'data-inbox="{inbox.key}"')).to_be_visible()
    look_in_every_way(page, artefacts, "check-my-site")


def test_the_secret_is_shown_once_and_archiving_speaks_in_numbers(
    parley: Running, new_context: NewContext, artefacts: Path, site: Site
) -> None:
    inbox = InboxPage(new_context, parley.url, "Secrets")
    page = inbox.page
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Show the identity secret").click()
    expect(dialog.get_by_text("A new secret is made and shown once. Keep it on your server.")).to_be_visible()
    dialog.get_by_role("button", name="Show secret").click()
    secret = page.get_by_label("Identity secret", exact=True)
    first = secret.input_value()
    assert len(first) >= 32
    page.reload()
    expect(page.get_by_text(re.compile("^Last shown: now$"))).to_be_visible()
    expect(secret).to_have_count(0)
    page.get_by_role("button", name="Replace the identity secret").click()
    expect(dialog.get_by_text(re.compile("^The current secret stops working right away"))).to_be_visible()
    look_in_every_way(page, artefacts, "rotate")
    page.set_viewport_size(DESKTOP)
    dialog.get_by_role("button", name="Show secret").click()
    expect(secret).not_to_have_value(first)

    put_widget(site, parley.url, inbox.key)
    visitor = visit(new_context, site)
    chat = open_chat(visitor)
    chat.get_by_role("textbox", name="Ask a question").fill("Still there?")
    chat.get_by_role("button", name="Start conversation").click()
    expect(chat.get_by_role("log").get_by_text("Still there?", exact=True)).to_have_count(1)
    page.reload()
    page.get_by_role("button", name="Archive inbox").click()
    expect(dialog.get_by_text(CONVERSATIONS.format("1 open conversation stays"))).to_be_visible()
    dialog.get_by_role("button", name="Archive inbox").click()
    expect(page.get_by_text("Archived. This inbox takes no new conversations.").first).to_be_visible()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Inboxes").click()
    page.get_by_text("1 archived inbox").click()
    page.get_by_role("list", name="Archived inboxes").get_by_role("link").filter(has_text="Secrets").click()
    page.get_by_role("button", name="Restore inbox").click()
    expect(page.get_by_role("button", name="Archive inbox")).to_be_visible()


def test_leaving_with_changes_asks_once_and_save_and_discard_appear_when_something_changed(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    inbox = InboxPage(new_context, parley.url, "Leaving")
    page, dialog = inbox.page, inbox.page.get_by_role("dialog")
    expect(inbox.bar).to_have_count(0)
    page.get_by_label("Name", exact=True).fill("Left")
    expect(inbox.bar.get_by_text("1 unsaved change")).to_be_visible()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Email").click()
    expect(dialog.get_by_text("Your changes on this page will be lost.")).to_be_visible()
    look_in_every_way(page, artefacts, "leave")
    page.set_viewport_size(DESKTOP)
    dialog.get_by_role("button", name="Keep editing").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Left")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Email").click()
    dialog.get_by_role("button", name="Discard changes").click()
    expect(page.get_by_role("heading", level=1, name="Email")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Leaving")
    page.get_by_label("Name", exact=True).fill("Kept")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", level=1, name="Kept")).to_be_visible()
    page.get_by_label("Greeting", exact=True).fill("Thrown away")
    inbox.bar.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Greeting", exact=True)).to_have_value("")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Email").click()
    expect(page.get_by_role("heading", level=1, name="Email")).to_be_visible()


def test_the_second_admin_sees_what_the_first_changed_field_by_field(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    inbox = InboxPage(new_context, parley.url, "Shared")
    first = inbox.page
    cookies = {"Cookie": f"parley_session={session_of(parley.url, 'admin@example.com')}", "Origin": parley.url}
    known = first.context.request.get(f"{parley.url}/api/v1/people", headers=cookies).json()
    sam = next(it for it in known["people"] if it["email"] == "sam@example.com")
    kept = {"name": sam["name"], "role": "admin", "team_ids": sam["team_ids"]}
    answer = first.context.request.put(f"{parley.url}/api/v1/agents/{sam['id']}", data=kept, headers=cookies)
    assert answer.ok, answer.text()
    second = AgentPage(
        new_context(locale="en-GB", viewport=DESKTOP), parley.url, "sam@example.com", first.url.split("/inbox/")[1]
    ).page
    expect(second.get_by_role("heading", level=1, name="Shared")).to_be_visible()
    expect(second.get_by_label("Name", exact=True)).to_have_value("Shared")
    second.get_by_label("Greeting", exact=True).fill("From Sam")
    expect(second.get_by_role("button", name="Discard")).to_be_visible()
    expect(second.get_by_label("Greeting", exact=True)).to_have_value("From Sam")
    first.get_by_label("Name", exact=True).fill("Shared lamps")
    first.get_by_label("Greeting", exact=True).fill("From Ada")
    inbox.save()
    news = second.get_by_role("alert")
    expect(news.get_by_text(re.compile("Name: .*Shared.*Shared lamps"))).to_be_visible()
    expect(news.get_by_text(re.compile("Greeting: .*From Ada"))).to_be_visible()
    expect(second.get_by_label("Name", exact=True)).to_have_value("Shared lamps")
    expect(second.get_by_label("Greeting", exact=True)).to_have_value("From Sam")
    expect(second.get_by_role("button", name="Save")).to_be_disabled()
    look_in_every_way(second, artefacts, "two-admins")
    second.set_viewport_size(DESKTOP)
    news.get_by_role("button", name="Keep mine").click()
    second.get_by_role("button", name="Save").click()
    expect(first.get_by_label("Greeting", exact=True)).to_have_value("From Sam")
    expect(first.get_by_text(re.compile("^Last changed by Sam Supervisor · now$"))).to_be_visible()


def test_an_admin_has_a_page_of_the_site_checked(new_context: NewContext, parley: Running, site: Site, artefacts: Path) -> None:
    inbox = InboxPage(new_context, parley.url, "Page check")
    snippet = inbox.page.get_by_role("region", name="Snippet")
    put(site, "")
    snippet.get_by_label("Page of your site").fill(site.url)
    snippet.get_by_role("button", name="Check page").click()
    expect(snippet.get_by_text("No snippet in the HTML of")).to_be_visible()
    put(site, snippet.locator("pre").inner_text())
    snippet.get_by_label("Page of your site").press("Enter")
    expect(snippet.get_by_text("has the snippet", exact=False)).to_be_visible()
    put_widget(site, parley.url, "warehouse")
    snippet.get_by_label("Page of your site").press("Enter")
    expect(snippet.get_by_text("has the snippet of another inbox (warehouse)")).to_be_visible()
    expect(snippet.locator("[data-page-check] code")).to_have_text(f'data-inbox="{inbox.key}"')
    snippet.get_by_label("Page of your site").fill("http://169.254.169.254/latest/meta-data")
    snippet.get_by_role("button", name="Check page").click()
    expect(snippet.get_by_text("is in a private network")).to_be_visible()
    look_in_every_way(inbox.page, artefacts, "inbox-page-check")
