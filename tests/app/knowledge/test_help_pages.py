"""Pages of the help centre: whatever people wrote, nothing runs and nothing breaks out."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.contract.views import SuggestionView
from app.http.help_centre import in_language
from app.http.help_pages import Frame, article_page, categories_page, frame_of, missing_page, search_page
from app.knowledge.markup import ATTRIBUTES, SCHEMES, TAGS, description_of, html_of
from models import Article

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def article(title: str = "Title", body: str = "Text.", slug: str = "title", locale: str = "en") -> Article:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return Article(
        id="1", slug=slug, locale=locale, title=title, category=title, body=body, state="published", visibility="public", created_at=now,
        updated_at=now,
    )  # fmt: skip


def suggestion(text: str) -> SuggestionView:
    return SuggestionView(
        article_id="1", title=text, heading=text, passage=text, url="https://desk.example/help/a", score=1.0, why=""
    )


def every_page(text: str) -> list[str]:
    one = article(text, text)
    return [
        categories_page(Frame(title=text, query=text), {text: [one]}),
        article_page(frame_of(one, "https://desk.example/help/title", is_embedded=False), one, [one]),
        article_page(frame_of(one, "", is_embedded=True), one, [one]),
        search_page(Frame(title=text, query=text), [suggestion(text)]),
        missing_page(Frame(title=text)),
    ]


@pytest.mark.parametrize("page", every_page(NASTY), ids=["categories", "article", "embedded", "search", "missing"])
def test_nothing_that_people_wrote_becomes_a_tag(page: str):
    assert "<script" not in page
    assert "<img src=x" not in page.replace('<img src="x">', "")
    assert "onerror=alert" not in page.replace("onerror=alert(2)&gt;", "")


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
    payloads = (test_data / "attack" / "xss_payloadbox.txt").read_text("utf-8").splitlines()
    assert len(payloads) > 3000
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
    one = article()
    page = categories_page(Frame(title="Help", is_embedded=True, is_indexed=False), {"Care": [one]})
    assert "<header>" not in page
    assert 'href="/help/title?embed=1"' in page
    assert "noindex" in page


def test_right_to_left_languages_are_mirrored():
    assert 'lang="ar" dir=rtl' in missing_page(Frame(title="…", locale="ar"))
    assert 'lang="de-AT" dir=ltr' in missing_page(Frame(title="…", locale="de-AT"))


def test_the_description_is_the_beginning_without_markup():
    assert description_of("Some **bold** [words](x) & more.\n\n## Heading\n\n- list") == "Some bold words & more."


@pytest.mark.parametrize(("wanted", "locale"), [("de-AT", "de-AT"), ("de-CH", "de"), ("fr", "en"), ("en-GB", "en")])
def test_each_reader_gets_the_translation_that_suits_best(wanted: str, locale: str):
    translations = [article(locale=one) for one in ("de", "en", "de-AT", "pt")]
    assert [one.locale for one in in_language(translations, wanted)] == [locale]
