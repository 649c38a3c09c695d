"""Pages of the help centre: whatever people wrote, nothing runs and nothing breaks out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.http.brand_color import DARK_PAGE, LEAST_CONTRAST, LIGHT_PAGE, brand_css, contrast, plain_color, readable_on
from app.http.help_pages import (
    MAX_SECTION_LINKS,
    PAGE_LINKS,
    Answer,
    Frame,
    Shown,
    Site,
    article_page,
    category_page,
    home_page,
    missing_page,
    refusal_page,
    search_page,
)
from app.http.help_words import PACKS, written_date
from app.knowledge.contents import MAX_LANGUAGES, Edition, Entry, Section, in_language, sections_of
from app.knowledge.markup import ATTRIBUTES, SCHEMES, TAGS, description_of, html_of

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def entry(title: str = "Title", slug: str = "title", locale: str = "en", category: str = "Care") -> Entry:
    return Entry(slug, locale, title, category, NOW)


def shown(text: str) -> Shown:
    return Shown(slug="title", title=text, body=text, category=text, category_slug="care", updated_on=NOW.date())


def every_page(text: str) -> list[str]:
    site = Site(name=text, site_url=f"https://shop.example/{text}", chat_key="shop", has_votes=True, is_open=True)
    frame = Frame(title=text, site=site, query=text, carried={"inbox": text}, description=text, address=text)
    section = Section("care", text, [entry(text)] * 7)
    return [
        home_page(frame, [section]),
        category_page(frame, section, 1),
        article_page(frame, shown(text), [entry(text)]),
        article_page(Frame(title=text, site=site, is_embedded=True), shown(text), [entry(text)], "no"),
        search_page(frame, [Answer("a", text, text, text)]),
        search_page(frame, None),
        missing_page(frame, text),
        refusal_page(frame, text, offers_sign_in=True),
    ]


@pytest.mark.parametrize(
    "page",
    every_page(NASTY),
    ids=["home", "category", "article", "embedded", "search", "busy", "missing", "refusal"],
)
def test_nothing_that_people_wrote_becomes_a_tag(page: str):
    assert "<script>" not in page
    assert "<img src=x" not in page.replace('<img src="x">', "")
    assert "onerror=alert" not in page.replace("onerror=alert(2)&gt;", "").replace("onerror%3Dalert", "")


class Tags(HTMLParser):
    """Every tag and attribute of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name: value or "" for name, value in attrs}


def test_known_attacks_leave_no_script_behind(test_data: Path):
    payloads = (test_data / "xss_payloads.txt").read_text("utf-8").splitlines()
    assert len(payloads) > 600
    for payload in payloads:
        left = Tags(html_of(payload))
        assert left.tags <= TAGS, payload
        assert left.attributes.keys() <= {"rel", *chain.from_iterable(ATTRIBUTES.values())}, payload
        for address in (left.attributes.get("href", ""), left.attributes.get("src", "")):
            assert urlsplit(address.strip()).scheme in SCHEMES | {""}, payload


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Big\n\n## Small", "<h2>Big</h2>\n<h2>Small</h2>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("<a href='javascript:alert(1)'>x</a>", '<p><a rel="noopener noreferrer">x</a></p>'),
        ("[x](/help/other)", '<p><a href="/help/other" rel="noopener noreferrer">x</a></p>'),
        ("~~no~~ **yes**", "<p><s>no</s> <strong>yes</strong></p>"),
    ],
)
def test_markdown_is_shown_and_what_could_harm_is_not(markdown: str, html: str):
    assert html_of(markdown).strip() == html


def test_an_embedded_page_has_no_header_and_keeps_its_readers_embedded():
    frame = Frame(title="Help", is_embedded=True, is_indexed=False, site=Site(name="Shop", chat_key="shop"))
    page = home_page(frame, [Section("care", "Care", [entry()])])
    assert "<header>" not in page
    assert 'href="/help/title?embed=1"' in page
    assert "noindex" in page
    assert "widget.js" not in page


def test_the_home_page_carries_the_first_articles_of_each_category_and_counts_the_others():
    entries = [entry(f"Article {number:04}", f"a-{number}", category=f"Topic {number % 3}") for number in range(5000)]
    page = home_page(Frame(title="Help"), sections_of(entries))
    assert page.count("<li>") == 3 * MAX_SECTION_LINKS
    assert "1,667 articles" in page
    assert len(page) < 8_000


def test_l8_what_all_pages_ask_of_the_contents_is_found_out_once():
    entries = [entry(f"Article {number:04}", f"a-{number}", category=f"Topic {number % 3}") for number in range(5000)]
    edition = Edition([*entries, entry("Artikel", "a-7", locale="de", category="Themen")])
    assert edition.sections("en") is edition.sections("en-GB") is edition.sections("en")
    assert [one.name for one in edition.sections("de-AT")] == ["Topic 0", "Topic 1", "Topic 2", "Themen"]
    found = edition.section("de", "themen")
    assert found is not None
    assert [one.title for one in found.entries] == ["Artikel"]
    assert edition.section("en", "nowhere") is None
    assert list(edition.locales("a-7")) == ["en", "de"]
    for number in range(200):
        edition.sections(f"x{number}")
    assert edition.kept_languages <= MAX_LANGUAGES + 1, "a stranger who asks for made-up languages fills no memory"


def test_a_category_of_many_articles_has_pages():
    section = Section("care", "Care", [entry(f"Article {number}", f"a-{number}") for number in range(PAGE_LINKS * 2 + 1)])
    first, second, last = (category_page(Frame(title="Care"), section, page) for page in (1, 2, 3))
    assert (first.count("<li>"), second.count("<li>"), last.count("<li>")) == (PAGE_LINKS, PAGE_LINKS, 1)
    assert ("rel=prev" in first, "rel=next" in first) == (False, True)
    assert ("rel=prev" in second, "rel=next" in second) == (True, True)
    assert ("rel=prev" in last, "rel=next" in last) == (True, False)


def test_a_search_that_could_not_be_done_never_looks_like_nothing_found():
    frame = Frame(title="Search", query="tent")
    busy, nothing = search_page(frame, None), search_page(frame, [])
    assert "Search is busy." in busy
    assert 'href="/help/search?q=tent"' in busy
    assert "Try other words" in nothing
    assert "Try other words" not in busy


def test_right_to_left_languages_are_mirrored():
    assert 'lang="ar" dir=rtl' in missing_page(Frame(title="…", locale="ar"), "")
    assert 'lang="de-AT" dir=ltr' in missing_page(Frame(title="…", locale="de-AT"), "")


def test_the_help_centres_words_are_there_in_every_language():
    for words in PACKS.values():
        assert words.keys() == PACKS["en"].keys()
        assert all(words.values())
        for key, text in words.items():
            assert sorted(part.split("}")[0] for part in text.split("{")[1:]) == sorted(
                part.split("}")[0] for part in PACKS["en"][key].split("{")[1:]
            ), key
    assert written_date(date(2026, 3, 1), "de-AT") == "1. März 2026"
    assert written_date(date(2026, 3, 1), "fr") == "1 March 2026"


@pytest.mark.parametrize("color", ["0f766e", "ffff00", "000000", "ffffff", "ff0000", "4f46e5", "c0c0c0"])
def test_a_brands_colour_can_be_read_on_light_and_dark_pages(color: str):
    assert contrast(readable_on(color, LIGHT_PAGE), LIGHT_PAGE) >= LEAST_CONTRAST
    assert contrast(readable_on(color, DARK_PAGE), DARK_PAGE) >= LEAST_CONTRAST
    assert "--accent" in brand_css(color)


def test_what_is_no_colour_is_none():
    assert [plain_color(text) for text in ("#0F766E", " 0f766e ", "red", "", "0f766e}body{", "#fff")] == [
        "0f766e", "0f766e", "", "", "", "",
    ]  # fmt: skip


def test_the_description_is_the_beginning_without_markup():
    assert description_of("Some **bold** [words](x) & more.\n\n## Heading\n\n- list") == "Some bold words & more."


@pytest.mark.parametrize(("wanted", "locale"), [("de-AT", "de-AT"), ("de-CH", "de"), ("fr", "en"), ("en-GB", "en")])
def test_each_reader_gets_the_translation_that_suits_best(wanted: str, locale: str):
    translations = [entry(locale=one) for one in ("de", "en", "de-AT", "pt")]
    assert [one.locale for one in in_language(translations, wanted)] == [locale]
