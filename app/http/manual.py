"""Parley's own manual at /docs: a help centre of its own, from files that are shipped with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Struct

from app.http.help_centre import Query, respond_page
from app.http.help_pages import Answer, Frame, Shown, Site, article_page, category_page, home_page, missing_page, search_page
from app.http.help_words import words_for
from app.http.platform import AnyRequest, address_of, platform_of
from app.knowledge.answer_line import answer_line
from app.knowledge.articles import ArticleDraft
from app.knowledge.contents import Entry, category_slug, sections_of
from app.knowledge.front_matter import read_article
from app.knowledge.index import Index, IndexedArticle, row_terms_of
from app.knowledge.passages import passages_of

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "manual"
SITE = Site(base="/docs", name="Parley", color="4f46e5")
WORDS = words_for("en")
MAX_FOUND = 8
LEAST_SCORE = 0.15
MAX_RELATED = 6
ORDER = ("Setting up", "Answering", "Help centre")


class Manual(Struct, frozen=True):
    """The manual's articles, in the order they are read, and the index they are found by."""

    articles: dict[str, ArticleDraft]
    entries: list[Entry]
    index: Index


@cache
def open_manual() -> Manual:
    """Read the files once."""
    drafts = [read_article(path.read_text("utf-8")) for path in FOLDER.glob("*.md")]
    drafts.sort(key=lambda one: (ORDER.index(one.category) if one.category in ORDER else len(ORDER), one.title))
    indexed: list[IndexedArticle] = []
    for draft in drafts:
        pieces = tuple(passages_of(draft.body))
        indexed.append(
            IndexedArticle(
                id=draft.slug,
                slug=draft.slug,
                locale=draft.locale,
                title=draft.title,
                category=draft.category,
                is_public=True,
                pieces=pieces,
                row_terms=row_terms_of(draft.title, pieces),
                vectors=None,
            )
        )
    return Manual(
        articles={draft.slug: draft for draft in drafts},
        entries=[Entry(one.slug, one.locale, one.title, one.category, None) for one in drafts],
        index=Index(indexed, 0),
    )


@get("/docs", include_in_schema=False)
async def manual_front(request: AnyRequest) -> Response[bytes]:
    """The manual's categories."""
    return respond_page(request, home_page(_frame(""), sections_of(open_manual().entries)), is_embedded=False)


@get("/docs/c/{slug:str}", include_in_schema=False)
async def manual_category(request: AnyRequest, slug: FromPath[str]) -> Response[bytes]:
    """One category of the manual."""
    found = [one for one in sections_of(open_manual().entries) if one.slug == slug]
    if not found:
        return _missing(request, "no_category")
    return respond_page(request, category_page(_frame(found[0].name), found[0], 1), is_embedded=False)


@get("/docs/search", include_in_schema=False)
async def manual_search(request: AnyRequest, q: Query = "") -> Response[bytes]:
    """The manual's articles that hold these words."""
    platform_of(request).widget_limit.take(f"help {address_of(request)}")
    query = q.strip()
    found = open_manual().index.search(query, None, least=LEAST_SCORE, most=MAX_FOUND) if query else []
    title = WORDS["results" if found else "no_results"].format(query=query) if query else WORDS["search"]
    answers = [
        Answer(one.article.slug, one.article.title, one.piece.heading, answer_line(one.piece.text, query)) for one in found
    ]
    return respond_page(request, search_page(_frame(title, query), answers), is_embedded=False)


@get("/docs/{slug:str}", include_in_schema=False)
async def manual_article(request: AnyRequest, slug: FromPath[str]) -> Response[bytes]:
    """One article of the manual."""
    manual = open_manual()
    draft = manual.articles.get(slug)
    if draft is None:
        return _missing(request, "missing")
    others = [one for one in manual.entries if one.category == draft.category and one.slug != slug]
    shown = Shown(
        slug=slug,
        title=draft.title,
        body=draft.body,
        category=draft.category,
        category_slug=category_slug(draft.category),
        updated_on=None,
    )
    return respond_page(request, article_page(_frame(draft.title), shown, others[:MAX_RELATED]), is_embedded=False)


def _frame(title: str, query: str = "") -> Frame:
    """Every installation serves the same manual, so search engines are asked to leave it out."""
    return Frame(title=title, site=SITE, query=query, is_indexed=False)


def _missing(request: AnyRequest, what: str) -> Response[bytes]:
    return respond_page(request, missing_page(_frame(WORDS[what]), WORDS[f"{what}_text"]), is_embedded=False, status=404)


ROUTES = [manual_front, manual_category, manual_search, manual_article]
