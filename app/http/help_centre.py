"""The public help centre: categories, articles and search, as pages that need no script."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from app.errors import NotFound
from app.http.help_pages import NAME, Frame, article_page, categories_page, frame_of, missing_page, search_page
from app.http.platform import AnyRequest, address_of, platform_of
from app.knowledge.articles import get_public_article, list_public_articles
from models import Article

CSP = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
STYLE = (Path(__file__).parent / "help_centre.css").read_bytes()
MOST_RELATED = 6
DEFAULT_LANGUAGE = "en"

Query = Annotated[str, QueryParameter(max_length=500)]


@get("/help/style.css", include_in_schema=False)
async def help_style(request: AnyRequest) -> Response[bytes]:
    """The pages' look."""
    return _respond(request, STYLE, "text/css")


@get("/help", include_in_schema=False)
async def help_front(request: AnyRequest, embed: FromQuery[bool] = False) -> Response[bytes]:
    """Categories and their articles."""
    async with platform_of(request).works.read() as rows:
        categories = await list_public_articles(rows)
    spoken = {category: in_language(articles, _language(request)) for category, articles in categories.items()}
    frame = Frame(title=NAME, address=_address(request, ""), is_embedded=embed, is_indexed=not embed)
    return _page(request, categories_page(frame, spoken), is_embedded=embed)


@get("/help/search", include_in_schema=False)
async def help_search(request: AnyRequest, q: Query = "", embed: FromQuery[bool] = False) -> Response[bytes]:
    """Passages that may answer."""
    platform, query = platform_of(request), q.strip()
    platform.widget_limit.take(f"help {address_of(request)}")
    found = await platform.suggester.search(query, for_visitor=True) if query else []
    frame = Frame(title=f"Results for “{query}”" if query else "Search", query=query, is_embedded=embed, is_indexed=False)
    return _page(request, search_page(frame, found), is_embedded=embed)


@get("/help/{slug:str}", include_in_schema=False)
async def help_article(request: AnyRequest, slug: FromPath[str], embed: FromQuery[bool] = False) -> Response[bytes]:
    """One article; with `embed=1` without header, for the widget."""
    try:
        async with platform_of(request).works.read() as rows:
            article = await get_public_article(rows, slug, _language(request))
            related = (await list_public_articles(rows)).get(article.category, [])
    except NotFound:
        frame = Frame(title="There is no such article", is_embedded=embed, is_indexed=False)
        return _page(request, missing_page(frame), is_embedded=embed, status=404)
    others = [one for one in in_language(related, article.locale) if one.slug != article.slug][:MOST_RELATED]
    frame = frame_of(article, _address(request, f"/{article.slug}"), is_embedded=embed)
    return _page(request, article_page(frame, article, others), is_embedded=embed)


def in_language(articles: Iterable[Article], wanted: str) -> Sequence[Article]:
    """Of each article the translation that suits best: the language wanted, or else English, or else any."""

    def distance(article: Article) -> tuple[bool, bool, bool, str]:
        language = article.locale.split("-", 1)[0]
        return article.locale != wanted, language != wanted.split("-", 1)[0], language != DEFAULT_LANGUAGE, article.locale

    best: dict[str, Article] = {}
    for article in articles:
        known = best.get(article.slug)
        if known is None or distance(article) < distance(known):
            best[article.slug] = article
    return list(best.values())


def _language(request: AnyRequest) -> str:
    """`?lang=`, or the browser's first choice."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "")
    first = asked.split(",", 1)[0].split(";", 1)[0].strip()
    return first if first.replace("-", "").isalnum() and len(first) <= 35 else DEFAULT_LANGUAGE


def _address(request: AnyRequest, path: str) -> str:
    return f"{platform_of(request).settings.public_url}/help{path}"


def _page(request: AnyRequest, html: str, *, is_embedded: bool, status: int = 200) -> Response[bytes]:
    """An embedded page may stand in any site's widget: it shows what is public and can do nothing."""
    csp = CSP.format(ancestors="*" if is_embedded else "'self'")
    return _respond(request, html.encode(), "text/html", {"Content-Security-Policy": csp, "Vary": "Accept-Language"}, status)


def _respond(
    request: AnyRequest, body: bytes, content_type: str, headers: dict[str, str] | None = None, status: int = 200
) -> Response[bytes]:
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    sent = {"ETag": etag, "Cache-Control": "public, max-age=60", **(headers or {})}
    if status == 200 and request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=sent, media_type=content_type)
    return Response(body, status_code=status, headers=sent, media_type=content_type)
