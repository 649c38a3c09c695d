"""The public help centre: categories, articles, search and votes, as pages that need no script."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from sqlalchemy import select

from app.errors import NotFound, RateLimited
from app.http.brand_color import brand_css, plain_color
from app.http.help_pages import (
    Answer,
    Frame,
    Shown,
    Site,
    Vote,
    article_page,
    category_page,
    frame_of,
    home_page,
    missing_page,
    preview_page,
    search_page,
    sitemap_of,
)
from app.http.hosts import named_host
from app.http.look import TOKENS
from app.http.platform import AnyRequest, address_of, platform_of, refuse_foreign_origin
from app.knowledge.answer_line import answer_line
from app.knowledge.articles import get_public_article
from app.knowledge.contents import DEFAULT_LANGUAGE, Contents, category_slug
from app.knowledge.votes import vote_on_article
from app.sla.hours_store import is_inbox_open
from app.work import Rows
from models import Inbox

CSP = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'; frame-ancestors "
# A sandboxed frame is of no origin: what 'self' means there, WebKit takes for nothing, so the host is named.
EMBEDDED_CSP = f"{CSP}*".replace("'self'", "'self' {host}")
PAGE_CSP = f"{CSP}'self'; script-src 'self'; connect-src 'self'; frame-src 'self'"
HERE = Path(__file__).parent
STYLE = TOKENS + (HERE / "help_centre.css").read_text("utf-8")
SCRIPT = (HERE / "help_centre.js").read_bytes()
MAX_RELATED = 6
VOTES: Mapping[str, Vote] = {"yes": "yes", "no": "no", "reason": "reason"}
MAX_HELP_PAGE = 10_000

Query = Annotated[str, QueryParameter(max_length=500)]
_key = re.compile(r"[A-Za-z0-9_-]{1,64}")
_origin = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


@get("/help/style.css", include_in_schema=False)
async def help_style(request: AnyRequest, accent: FromQuery[str] = "") -> Response[bytes]:
    """The pages' look, in a brand's colour."""
    color = plain_color(accent)
    return respond(request, (STYLE + (brand_css(color) if color else "")).encode(), "text/css")


@get("/help/help.js", include_in_schema=False)
async def help_script(request: AnyRequest) -> Response[bytes]:
    """The search's key and the chat's button; every page is whole without it."""
    return respond(request, SCRIPT, "text/javascript")


@get("/help/preview.html", include_in_schema=False)
async def help_preview(request: AnyRequest) -> Response[bytes]:
    """An empty article's page, for the editor's preview."""
    async with platform_of(request).works.read() as rows:
        site = await _site_of(request, rows)
    return respond_page(request, preview_page(site), is_embedded=False)


@get("/help", include_in_schema=False)
async def help_front(request: AnyRequest, embed: FromQuery[bool] = False) -> Response[bytes]:
    """Categories with their first articles."""
    async with platform_of(request).works.read() as rows:
        frame, contents = await _frame(request, rows, is_embedded=embed), await _contents(request).read(rows)
    return respond_page(request, home_page(frame, contents.sections(frame.locale)), is_embedded=embed)


@get("/help/c/{slug:str}", include_in_schema=False)
async def help_category(
    request: AnyRequest, slug: FromPath[str], embed: FromQuery[bool] = False, page: FromQuery[int] = 1
) -> Response[bytes]:
    """One category's articles."""
    async with platform_of(request).works.read() as rows:
        frame, contents = await _frame(request, rows, is_embedded=embed), await _contents(request).read(rows)
    section = contents.section(frame.locale, slug)
    if section is None:
        return _missing(request, frame, frame.words["no_category"], frame.words["no_category_text"])
    frame = _titled(frame, section.name, address=help_address(request, f"/c/{quote(slug)}"))
    return respond_page(request, category_page(frame, section, max(1, min(page, MAX_HELP_PAGE))), is_embedded=embed)


@get("/help/search", include_in_schema=False)
async def help_search(request: AnyRequest, q: Query = "", embed: FromQuery[bool] = False) -> Response[bytes]:
    """Articles that may answer, each with the sentence that does."""
    platform, query = platform_of(request), q.strip()
    async with platform.works.read() as rows:
        frame = await _frame(request, rows, is_embedded=embed)
    try:
        platform.widget_limit.take(f"help {address_of(request)}")
    except RateLimited as refused:
        frame = _titled(frame, frame.words["search"], query=query, is_indexed=False)
        page = respond_page(request, search_page(frame, None), is_embedded=embed, status=429)
        page.headers["Retry-After"] = str(max(1, round(refused.retry_seconds)))
        return page
    answer = await platform.suggester.look_up(query, for_visitor=True, language=frame.locale) if query else None
    found = answer.suggestions if answer else []
    title = frame.words["results" if found else "no_results"].format(query=query) if query else frame.words["search"]
    answers = [Answer(one.url.rsplit("/", 1)[-1], one.title, one.heading, answer_line(one.passage, query)) for one in found]
    frame = _titled(frame, title, query=query, is_indexed=False)
    is_by_words = answer is not None and answer.is_by_words
    return respond_page(request, search_page(frame, answers, is_by_words=is_by_words), is_embedded=embed)


@get("/help/{slug:str}", include_in_schema=False)
async def help_article(
    request: AnyRequest, slug: FromPath[str], embed: FromQuery[bool] = False, vote: FromQuery[str] = ""
) -> Response[bytes]:
    """One article; with `embed=1` without header, for the widget."""
    async with platform_of(request).works.read() as rows:
        frame, contents = await _frame(request, rows, is_embedded=embed), await _contents(request).read(rows)
        try:
            article = await get_public_article(rows, slug, frame.locale)
        except NotFound:
            return _missing(request, frame, frame.words["missing"], frame.words["missing_text"])
    locales = contents.locales(slug)
    own = contents.section(article.locale, category_slug(article.category))
    others = [one for one in (own.entries if own else ())[: MAX_RELATED + 1] if one.slug != slug]
    path = f"/{quote(article.slug)}"
    translations = {locale: help_address(request, path, lang=locale) for locale in locales} if len(locales) > 1 else {}
    framed = frame_of(
        frame,
        article.title,
        article.body,
        article.locale,
        translations.get(article.locale, help_address(request, path)),
        translations,
    )
    shown = Shown(
        slug=article.slug,
        title=article.title,
        body=article.body,
        category=article.category,
        category_slug=category_slug(article.category),
        updated_on=article.updated_at.date(),
    )
    state = VOTES.get(vote, "none")
    return respond_page(request, article_page(framed, shown, others[:MAX_RELATED], state), is_embedded=embed)


@post("/help/{slug:str}/vote", include_in_schema=False, status_code=303)
async def help_vote(request: AnyRequest, slug: FromPath[str], embed: FromQuery[bool] = False) -> Response[bytes] | Redirect:
    """Count whether an article helped, once a day for each reader, and why not."""
    platform, address = platform_of(request), address_of(request)
    refuse_foreign_origin(request)
    platform.widget_limit.take(f"vote {address}")
    form = await request.form()
    is_helpful, reason = form.get("helpful") == "yes", str(form.get("reason", ""))
    async with platform.works.read() as rows:
        frame = await _frame(request, rows, is_embedded=embed)
    try:
        await platform.works.run(
            vote_on_article, slug, frame.locale, is_helpful, reason, address=address, secret=platform.settings.secret_key
        )
    except NotFound:
        return _missing(request, frame, frame.words["missing"], frame.words["missing_text"])
    state = "yes" if is_helpful else "reason" if reason.strip() else "no"
    asked = urlencode({**frame.carried, **({"embed": "1"} if embed else {}), "vote": state})
    return Redirect(f"/help/{quote(slug)}?{asked}#vote", status_code=303)


@get("/sitemap.xml", include_in_schema=False)
async def sitemap(request: AnyRequest) -> Response[bytes]:
    """Every public article, for search engines."""
    async with platform_of(request).works.read() as rows:
        entries = (await _contents(request).read(rows)).entries
    newest: dict[str, date] = {}
    for entry in entries:
        if entry.updated_at is not None:
            day = entry.updated_at.date()
            newest[entry.slug] = max(newest.get(entry.slug, day), day)
    addresses = [(help_address(request, f"/{quote(slug)}"), day) for slug, day in newest.items()]
    if addresses:
        addresses.insert(0, (help_address(request, ""), max(newest.values())))
    return respond(request, sitemap_of(addresses).encode(), "application/xml")


@get("/robots.txt", include_in_schema=False)
async def robots(request: AnyRequest) -> Response[bytes]:
    """Serve the robots.txt that shows search engines the help centre, and nothing of the agents'."""
    public_url = platform_of(request).settings.public_url
    lines = ["User-agent: *", "Disallow: /inbox", "Disallow: /api/", "Disallow: /widget", "Disallow: /help/search"]
    return respond(request, "\n".join([*lines, f"Sitemap: {public_url}/sitemap.xml", ""]).encode(), "text/plain")


def language_asked(request: AnyRequest) -> str:
    """`?lang=`, or the browser's first choice."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "")
    first = asked.split(",", 1)[0].split(";", 1)[0].strip()
    return first if first.isascii() and first.replace("-", "").isalnum() and len(first) <= 35 else DEFAULT_LANGUAGE


def help_address(request: AnyRequest, path: str, **asked: str) -> str:
    """A full address of the help centre, as search engines are told it."""
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{platform_of(request).settings.public_url}/help{path}{query}"


def respond_page(request: AnyRequest, html: str, *, is_embedded: bool, status: int = 200) -> Response[bytes]:
    """An embedded page may stand in any site's widget: it runs no script and can do nothing but vote."""
    headers = {
        "Content-Security-Policy": EMBEDDED_CSP.format(host=named_host(request, "http", "https")) if is_embedded else PAGE_CSP,
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache" if status == 200 else "no-store",  # an article that was unpublished is gone at once
    }
    return respond(request, html.encode(), "text/html", headers, status)


def respond(
    request: AnyRequest, body: bytes, content_type: str, headers: Mapping[str, str] | None = None, status: int = 200
) -> Response[bytes]:
    """A response that browsers may keep for a minute and then ask for by its tag."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    sent = {"ETag": etag, "Cache-Control": "public, max-age=60" if status == 200 else "no-store", **(headers or {})}
    if status == 200 and request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=sent, media_type=content_type)
    return Response(body, status_code=status, headers=sent, media_type=content_type)


def _contents(request: AnyRequest) -> Contents:
    state = request.app.state
    if not hasattr(state, "help_contents"):
        state.help_contents = Contents()
    return state.help_contents


async def _frame(request: AnyRequest, rows: Rows, *, is_embedded: bool) -> Frame:
    """Return the frame that all pages of a request share."""
    carried = {name: value for name in ("inbox", "lang") if (value := request.query_params.get(name)) and _key.fullmatch(value)}
    return Frame(
        title="",
        site=await _site_of(request, rows),
        locale=language_asked(request),
        address=help_address(request, ""),
        is_embedded=is_embedded,
        is_indexed=not is_embedded,
        carried=carried,
    )


async def _site_of(request: AnyRequest, rows: Rows) -> Site:
    """The help centre in the brand of the inbox asked for, or else of the oldest."""
    inbox = await _inbox_of(rows, request.query_params.get("inbox", ""))
    if inbox is None:
        return Site(has_votes=True)
    return Site(
        name=inbox.name,
        color=plain_color(inbox.color),
        site_url=_site_url(inbox),
        chat_key=inbox.key,
        has_form=inbox.has_web_form is not False,
        is_open=await is_inbox_open(rows, inbox.hours_id, platform_of(request).works.clock()) if inbox.hours_id else None,
        has_votes=True,
    )


async def _inbox_of(rows: Rows, key: str) -> Inbox | None:
    public = (
        select(Inbox).where(Inbox.channel == "chat", Inbox.archived_at.is_(None)).order_by(Inbox.created_at, Inbox.id).limit(1)
    )
    if _key.fullmatch(key) and (found := await rows.one(public.where(Inbox.key == key))):
        return found
    return await rows.one(public)


def _site_url(inbox: Inbox) -> str:
    """Return the site the inbox names, else the first that may show it, if it is a whole address."""
    found = inbox.site_url or next((str(one) for one in inbox.allowed_origins if _origin.fullmatch(str(one))), "")
    return found if urlsplit(found).hostname else ""


def _titled(frame: Frame, title: str, *, query: str = "", address: str = "", is_indexed: bool = True) -> Frame:
    return Frame(
        title=title,
        site=frame.site,
        locale=frame.locale,
        address=address,
        query=query,
        is_embedded=frame.is_embedded,
        is_indexed=is_indexed and frame.is_indexed,
        carried=frame.carried,
    )


def _missing(request: AnyRequest, frame: Frame, title: str, text: str) -> Response[bytes]:
    page = missing_page(_titled(frame, title, is_indexed=False), text)
    return respond_page(request, page, is_embedded=frame.is_embedded, status=404)


ROUTES = [
    help_style,
    help_script,
    help_preview,
    help_front,
    help_category,
    help_search,
    help_article,
    help_vote,
    sitemap,
    robots,
]
