"""The help centre's pages as HTML. Everything that comes from people is escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Literal
from urllib.parse import quote, urlencode

from msgspec import Struct

from app.contract.views import SuggestionView
from app.knowledge.markup import description_of, html_of
from models import Article

NAME = "Help centre"
STYLE = "/help/style.css"
RIGHT_TO_LEFT = {"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}


class Frame(Struct, frozen=True, kw_only=True):
    """What surrounds a page. Embedded in the widget it has neither header nor footer."""

    title: str
    locale: str = "en"
    description: str = ""
    address: str = ""
    query: str = ""
    is_embedded: bool = False
    is_indexed: bool = True


def categories_page(frame: Frame, categories: Mapping[str, Sequence[Article]]) -> str:
    """Every category with its articles."""
    cards = "".join(
        f"<section><h2>{escape(category)}</h2><ul>{_links(articles, frame)}</ul></section>"
        for category, articles in categories.items()
    )
    empty = "<p class=quiet>Nothing has been published yet.</p>"
    return _page(frame, f"<div class=hero><h1>How can we help?</h1>{_search(frame)}</div><div class=cards>{cards or empty}</div>")


def article_page(frame: Frame, article: Article, others: Sequence[Article]) -> str:
    """One article, and others of its category."""
    trail = f"<nav class=trail aria-label=Breadcrumb><a href=/help>{NAME}</a><span>{escape(article.category)}</span></nav>"
    more = f"<aside><h2>More about this</h2><ul>{_links(others, frame)}</ul></aside>" if others and not frame.is_embedded else ""
    return _page(
        frame,
        f"{'' if frame.is_embedded else trail}{article_content(article.title, article.body, article.updated_at.date())}{more}",
    )


def article_content(title: str, body: str, updated_on: date) -> str:
    """An article itself, as the help centre and the editor's preview show it."""
    return (
        f"<article><h1>{escape(title)}</h1>{html_of(body)}"
        f'<p class=quiet>Updated <time datetime="{updated_on.isoformat()}">{updated_on:%-d %B %Y}</time></p></article>'
    )


def preview_frame() -> str:
    """The page that the editor writes its preview into: an article's page without an article."""
    return _page(Frame(title=NAME, is_embedded=True, is_indexed=False), "")


def search_page(frame: Frame, found: Sequence[SuggestionView]) -> str:
    """What was found, with the passage that answers."""
    results = "".join(
        f'<li><a href="{_address(one.url.rsplit("/", 1)[-1], frame)}">{escape(one.title)}</a>'
        f"<p class=quiet>{escape(one.heading)}</p><p>{escape(one.passage)}</p></li>"
        for one in found
    )
    nothing = "<p>Nothing fits these words. Try others, or ask us in the chat.</p>" if frame.query else ""
    return _page(
        frame, f"{_search(frame)}<h1>{escape(frame.title)}</h1>{f'<ol class=results>{results}</ol>' if found else nothing}"
    )


def missing_page(frame: Frame) -> str:
    """There is no such article, or none any more."""
    return _page(
        frame,
        f"<h1>{escape(frame.title)}</h1><p>It may have been moved or taken back.</p>{_search(frame)}<p><a href=/help>All articles</a></p>",
    )


def frame_of(article: Article, address: str, *, is_embedded: bool) -> Frame:
    """An article's frame."""
    return Frame(
        title=article.title,
        locale=article.locale,
        description=description_of(article.body),
        address=address,
        is_embedded=is_embedded,
        is_indexed=not is_embedded,
    )


def direction_of(locale: str) -> Literal["ltr", "rtl"]:
    """Which way a language is written."""
    return "rtl" if locale.split("-", 1)[0].lower() in RIGHT_TO_LEFT else "ltr"


def _page(frame: Frame, content: str) -> str:
    direction = direction_of(frame.locale)
    title = escape(frame.title if frame.title == NAME else f"{frame.title} · {NAME}")
    head = [
        "<meta charset=utf-8>",
        '<meta name=viewport content="width=device-width, initial-scale=1">',
        '<meta name=color-scheme content="light dark">',
        f"<title>{title}</title>",
        f'<link rel=stylesheet href="{STYLE}">',
    ]
    if frame.description:
        head.append(f'<meta name=description content="{escape(frame.description)}">')
    if frame.is_indexed and frame.address:
        head.append(f'<link rel=canonical href="{escape(frame.address)}">')
    if not frame.is_indexed:
        head.append("<meta name=robots content=noindex>")
    if frame.is_embedded:
        body = f"<body class=embedded><main id=content>{content}</main>"
    else:
        body = (
            f"<body><a class=skip href=#content>Skip to the content</a><header><a href=/help>{NAME}</a></header>"
            f"<main id=content>{content}</main>"
        )
    return f'<!doctype html><html lang="{escape(frame.locale)}" dir={direction}><head>{"".join(head)}</head>{body}</body></html>'


def _search(frame: Frame) -> str:
    embedded = "<input type=hidden name=embed value=1>" if frame.is_embedded else ""
    return (
        "<form role=search action=/help/search><label for=q>Search the help centre</label>"
        f'<div class=field><input id=q type=search name=q required maxlength=500 placeholder="Refund, delivery, password …" '
        f'value="{escape(frame.query)}">{embedded}<button>Search</button></div></form>'
    )


def _links(articles: Iterable[Article], frame: Frame) -> str:
    return "".join(f'<li><a href="{_address(article.slug, frame)}">{escape(article.title)}</a></li>' for article in articles)


def _address(slug: str, frame: Frame) -> str:
    return f"/help/{quote(slug)}" + (f"?{urlencode({'embed': 1})}" if frame.is_embedded else "")
