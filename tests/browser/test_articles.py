"""Articles as an admin writes them and readers find them: editor, import, help centre, without script too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.app.knowledge.test_importing import zipped
from tests.browser.looking import DESKTOP, PHONE, look, look_in_every_way
from tests.browser.people import AgentPage
from tests.running import Running

BODY = "Wipe it with a **dry** cloth.\n\n## Never\n\n- water\n- soap"
WIDE = "Donaudampfschifffahrtsgesellschaft" * 5


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def preview_of(page: Page) -> str:
    """What the preview holds, as HTML."""
    return page.frame_locator("iframe[title=Preview]").locator("main").inner_html()


def test_an_article_is_written_published_and_read(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    admin = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "knowledge")
    page = admin.page
    page.get_by_role("link", name="New article").click()
    expect(page.get_by_role("combobox", name="Who can read it")).to_have_text(re.compile("Public"))
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text(re.compile("^(Required|This is needed\\.)$"))).to_have_count(2)
    page.get_by_label("Title").fill("Clean a brass lamp")
    page.get_by_label("Category").fill("Lamp care")
    field = page.get_by_role("textbox", name="Text")
    field.fill("Wipe it with a dry cloth.")
    field.evaluate("it => it.setSelectionRange(15, 18)")
    field.press("Control+b")
    expect(field).to_have_value("Wipe it with a **dry** cloth.")
    field.press("Control+b")
    expect(field).to_have_value("Wipe it with a dry cloth.")
    page.get_by_role("button", name="Bold").click()
    expect(field).to_have_value("Wipe it with a **dry** cloth.")
    field.fill(BODY)
    main = page.frame_locator("iframe[title=Preview]").locator("main")
    expect(main.get_by_role("heading", name="Never")).to_be_visible()
    look_in_every_way(page, artefacts, "article-editor")
    page.set_viewport_size(PHONE)
    expect(main).to_be_hidden()
    page.get_by_role("tab", name="Preview").click()
    expect(main.get_by_role("heading", name="Clean a brass lamp")).to_be_visible()
    look(page, artefacts / "article-preview-390.png")
    page.get_by_role("tab", name="Write").click()
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")

    page.reload()
    expect(page.get_by_text("Your unsaved changes are back.")).to_be_visible()
    expect(field).to_have_value(BODY)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("“Clean a brass lamp” is published.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/knowledge/[0-9a-f-]{36}$"))
    expect(main.get_by_role("heading", name="Never")).to_be_visible()
    shown = main.locator("article").inner_html()

    reader = new_context(viewport=DESKTOP, java_script_enabled=False).new_page()
    reader.goto(f"{parley.url}/help/c/lamp-care")
    reader.get_by_role("link", name="Clean a brass lamp").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Clean a brass lamp")
    page_html = reader.locator("article").inner_html()
    assert page_html == shown
    reader.get_by_role("button", name="No", exact=True).click()
    reader.get_by_label("Sorry about that. What were you looking for?").fill("What about silver?")
    reader.get_by_role("button", name="Send").click()
    expect(reader.get_by_role("status")).to_have_text("Thanks. We'll use it to improve this article.")

    page.reload()
    expect(page.get_by_text("“What about silver?”")).to_be_visible()
    expect(page.get_by_text("Helped 0 of 1 readers")).to_be_visible()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Unpublish").click()
    page.get_by_role("dialog").get_by_role("button", name="Unpublish").click()
    expect(page.get_by_text("“Clean a brass lamp” is a draft now.")).to_be_visible()
    reader.goto(f"{parley.url}/help/clean-a-brass-lamp")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Article not found")

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    look(page, artefacts / "article-delete.png")
    page.get_by_role("dialog").get_by_role("button", name="Delete article").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Help centre")
    expect(page.get_by_role("link", name="Clean a brass lamp")).to_have_count(0)


def test_the_list_is_searched_filtered_and_filled_by_an_import(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "knowledge").page
    rows = page.get_by_role("list", name="Articles").get_by_role("listitem")
    expect(rows.first).to_be_visible()
    look_in_every_way(page, artefacts, "article-list")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("searchbox", name="Search articles").fill("gift card")
    expect(rows).to_have_count(1)
    page.get_by_role("searchbox", name="Search articles").fill("zzzz")
    expect(page.get_by_text("No articles match these filters")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(rows.nth(5)).to_be_visible()

    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    archive = zipped(
        {"rugs/beat-rugs.md": "# Beat rugs\n\nOutside.", "rugs/logo.png": b"x", f"rugs/{WIDE}.md": f"# {WIDE}\n\n{WIDE}"}
    )
    dialog.locator("input[type=file]").set_input_files({"name": "a.zip", "mimeType": "application/zip", "buffer": archive})
    expect(dialog.get_by_role("status")).to_have_text("2 new, 0 updated, 0 unchanged, 1 refused")
    expect(dialog.get_by_text("Not a Markdown file")).to_be_visible()
    dialog.get_by_label("Publish new articles").check()
    expect(dialog.get_by_role("status")).to_have_text("2 new, 0 updated, 0 unchanged, 1 refused")
    look(page, artefacts / "article-import.png")
    dialog.get_by_role("button", name="Import 2 articles").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Beat rugs")).to_be_visible()
    look_in_every_way(page, artefacts, "article-list-wide")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    reader = new_context(viewport=DESKTOP).new_page()
    for path in (
        "help",
        "help/c/rugs",
        "help/beat-rugs",
        "help/search?q=rugs",
        "help/nothing",
        "docs",
        "docs/install-parley",
        "nothing",
    ):
        reader.goto(f"{parley.url}/{path}")
        look_in_every_way(reader, artefacts, re.sub(r"\W", "-", path), (DESKTOP, PHONE, {"width": 320, "height": 700}))
    for path in ("help?lang=ar", "help/beat-rugs?lang=ar"):
        reader.goto(f"{parley.url}/{path}")
        look_in_every_way(reader, artefacts, re.sub(r"\W", "-", path))
    reader.set_viewport_size(DESKTOP)
    reader.goto(f"{parley.url}/help/beat-rugs")
    reader.keyboard.press("/")
    expect(reader.get_by_role("searchbox")).to_be_focused()
    reader.get_by_role("link", name="Chat with us").first.click()
    expect(reader.frame_locator("iframe[title=Chat]").get_by_role("textbox").first).to_be_visible()
    expect(reader).to_have_url(f"{parley.url}/help/beat-rugs")


def test_two_editors_of_one_article_lose_no_word(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    ada = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", "knowledge").page
    ada.get_by_role("searchbox", name="Search articles").fill("price-match")
    rows = ada.get_by_role("list", name="Articles").get_by_role("link")
    expect(rows).to_have_count(1)
    rows.click()
    mine = ada.get_by_role("textbox", name="Text")
    expect(mine).to_have_value(re.compile("price", re.IGNORECASE))
    other = AgentPage(new_context(viewport=DESKTOP), parley.url, "admin@example.com", ada.url.split("/inbox/")[1]).page
    theirs = other.get_by_role("textbox", name="Text")
    mine.fill("My words.")
    theirs.fill("Their words.")
    other.get_by_role("button", name="Save").click()
    expect(ada.get_by_role("alert")).to_contain_text("Ada Admin changed this article while you were writing.")
    expect(mine).to_have_value("My words.")
    ada.get_by_role("button", name="Keep mine").click()
    ada.get_by_role("button", name="Save").click()
    expect(ada.get_by_text("Saved “")).to_be_visible()
    expect(theirs).to_have_value("My words.")


def test_agents_who_may_not_manage_articles_search_and_a_refused_search_says_so(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, "ana@example.com", "knowledge")
    page = ana.page
    expect(page.get_by_role("link", name="New article")).to_have_count(0)
    box = page.get_by_role("searchbox", name="Search the help centre")
    box.fill("gift card balance")
    expect(page.get_by_role("link", name=re.compile("Gift cards"))).to_be_visible()
    box.fill("zzzzqqq")
    expect(page.get_by_text("No results")).to_be_visible()
    look(page, artefacts / "search-none.png")
