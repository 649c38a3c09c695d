"""The help centre's pages as HTML. Everything that comes from people is escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Literal
from urllib.parse import quote, urlencode

from msgspec import Struct

from app.http.help_words import words_for, written_date
from app.knowledge.contents import Entry, Section, language_of
from app.knowledge.markup import description_of, html_of

RIGHT_TO_LEFT = {"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
MAX_SECTION_LINKS = 5
PAGE_LINKS = 100

Vote = Literal["none", "yes", "no", "reason"]
Direction = Literal["ltr", "rtl"]


class Site(Struct, frozen=True, kw_only=True):
    """A help centre: where it lives and whose it is. `color` is six hexadecimal digits; without `chat_key` there is no
    chat to offer; `has_form`: it has a public form; `is_open` is None where the hours are not known."""

    base: str = "/help"
    name: str = ""
    color: str = ""
    site_url: str = ""
    chat_key: str = ""
    has_form: bool = True
    is_open: bool | None = None
    has_votes: bool = False


class Frame(Struct, frozen=True, kw_only=True):
    """Frame around a page. Embedded in the widget it has neither header nor footer. `carried` are the parameters that every
    link hands on.
    """

    title: str
    site: Site = Site()
    locale: str = "en"
    description: str = ""
    address: str = ""
    query: str = ""
    is_embedded: bool = False
    is_indexed: bool = True
    carried: Mapping[str, str] = {}
    alternates: Mapping[str, str] = {}

    @property
    def words(self) -> Mapping[str, str]:
        return words_for(self.locale)

    def link(self, path: str, **more: str) -> str:
        """Return an escaped address below the site's own, with what every link hands on."""
        asked = {**self.carried, **({"embed": "1"} if self.is_embedded else {}), **more}
        return escape(f"{self.site.base}{path}" + (f"?{urlencode(asked)}" if asked else ""))


class Answer(Struct, frozen=True):
    """A search result: an article, the heading and the sentence in it that answers."""

    slug: str
    title: str
    heading: str
    sentence: str


class Shown(Struct, frozen=True, kw_only=True):
    """An article that a page shows."""

    slug: str
    title: str
    body: str
    category: str
    category_slug: str
    updated_on: date | None


def home_page(frame: Frame, sections: Sequence[Section]) -> str:
    """Every category with its number of articles and the first few of them."""
    words = frame.words
    cards = "".join(
        f'<section><h2><a href="{frame.link(f"/c/{quote(section.slug)}")}">{escape(section.name)}</a>'
        f"<small>{escape(_count(words, len(section.entries)))}</small></h2>"
        f"<ul>{_links(section.entries[:MAX_SECTION_LINKS], frame)}</ul>{_see_all(frame, section)}</section>"
        for section in sections
    )
    content = f"<div class=cards>{cards}</div>" if cards else f"<p class=quiet>{words['empty']}</p>"
    return _page(frame, f"<div class=hero><h1>{escape(words['ask'])}</h1>{_search(frame)}</div>{content}{_help(frame)}")


def category_page(frame: Frame, section: Section, page: int) -> str:
    """A page of a category's articles."""
    words = frame.words
    start = (page - 1) * PAGE_LINKS
    path = f"/c/{quote(section.slug)}"
    older = (
        f'<a rel=next href="{frame.link(path, page=str(page + 1))}">{words["older"]}</a>'
        if start + PAGE_LINKS < len(section.entries)
        else ""
    )
    newer = f'<a rel=prev href="{frame.link(path, page=str(page - 1))}">{words["newer"]}</a>' if page > 1 else ""
    turns = f"<nav class=turns>{newer}{older}</nav>" if newer or older else ""
    return _page(
        frame,
        f"{_trail(frame)}<h1>{escape(section.name)}</h1><p class=quiet>{escape(_count(words, len(section.entries)))}</p>"
        f"<ul class=list>{_links(section.entries[start : start + PAGE_LINKS], frame)}</ul>{turns}{_help(frame)}",
    )


def article_page(frame: Frame, article: Shown, others: Sequence[Entry], vote: Vote = "none") -> str:
    """One article, whether it helped, and others of its category."""
    words = frame.words
    more = (
        f"<aside><h2>{words['related']}</h2><ul>{_links(others, frame)}</ul></aside>" if others and not frame.is_embedded else ""
    )
    return _page(
        frame,
        f"{_trail(frame, article.category, article.category_slug)}"
        f"{article_content(article.title, article.body, article.updated_on, frame.locale)}"
        f"{_vote(frame, article.slug, vote) if frame.site.has_votes else ''}{_help(frame)}{more}",
    )


def article_content(title: str, body: str, updated_on: date | None, locale: str) -> str:
    """An article itself, as the help centre and the editor's preview show it."""
    updated = ""
    if updated_on:
        said = escape(words_for(locale)["updated"].format(date=written_date(updated_on, locale)))
        updated = f'<p class=quiet><time datetime="{updated_on.isoformat()}">{said}</time></p>'
    return f"<article><h1>{escape(title)}</h1>{html_of(body)}{updated}</article>"


def preview_page(site: Site) -> str:
    """The page that the editor writes its preview into: an embedded article's page without an article."""
    return _page(Frame(title=words_for("en")["home"], site=site, is_embedded=True, is_indexed=False), "", "preview")


def search_page(frame: Frame, found: Sequence[Answer] | None, *, is_by_words: bool = False) -> str:
    """Return the page of search results: title, heading, and the sentence that answers. None: the search could not be done."""
    words = frame.words
    results = "".join(
        f'<li><a href="{frame.link(f"/{quote(one.slug)}")}">{escape(one.title)}</a>'
        f"{f'<p class=heading>{escape(one.heading)}</p>' if one.heading else ''}<p dir=auto>{escape(one.sentence)}</p></li>"
        for one in found or ()
    )
    if found is None:
        again = frame.link("/search", q=frame.query)
        content = f'<p role=alert>{words["search_failed"]} <a href="{again}">{words["search_again"]}</a></p>'
    elif not frame.query:
        content = f"<p>{words['no_query']}</p>"
    elif found:
        content = f"<ol class=results>{results}</ol>"
    else:
        content = f"<p>{words['try' if frame.site.chat_key else 'try_words']}</p>"
    note = f"<p class=quiet role=status>{words['by_words']}</p>" if is_by_words and frame.query else ""
    return _page(frame, f"{_search(frame)}<h1>{escape(frame.title)}</h1>{note}{content}{_help(frame)}")


def missing_page(frame: Frame, text: str) -> str:
    """There is no such page, or none any more: what to do instead."""
    return _page(
        frame,
        f"<h1>{escape(frame.title)}</h1><p>{escape(text)}</p>{_search(frame)}"
        f'<p><a href="{frame.link("")}">{frame.words["all"]}</a></p>{_help(frame)}',
    )


def refusal_page(frame: Frame, text: str, *, offers_sign_in: bool) -> str:
    """A request that failed, in a person's words, with a way on."""
    words = frame.words
    sign_in = f'<p><a href="/inbox">{words["sign_in"]}</a></p>' if offers_sign_in else ""
    return _page(
        frame,
        f'<h1>{escape(frame.title)}</h1><p>{escape(text)}</p>{_search(frame)}<p><a href="{frame.link("")}">{words["home"]}</a></p>'
        f"{sign_in}",
    )


def frame_of(frame: Frame, title: str, body: str, locale: str, address: str, alternates: Mapping[str, str]) -> Frame:
    """An article's frame, from that of its site."""
    return Frame(
        title=title,
        site=frame.site,
        locale=locale,
        description=description_of(body),
        address=address,
        is_embedded=frame.is_embedded,
        is_indexed=frame.is_indexed,
        carried=frame.carried,
        alternates=alternates,
    )


def direction_of(locale: str) -> Direction:
    """Which way a language is written."""
    return "rtl" if language_of(locale) in RIGHT_TO_LEFT else "ltr"


def sitemap_of(addresses: Iterable[tuple[str, date]]) -> str:
    """The addresses of all public articles, for search engines."""
    urls = "".join(f"<url><loc>{escape(address)}</loc><lastmod>{day.isoformat()}</lastmod></url>" for address, day in addresses)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def _page(frame: Frame, content: str, bare: str = "embedded") -> str:
    words, site = frame.words, frame.site
    name = f"{site.name} · {words['home']}" if site.name else words["home"]
    title = escape(name if frame.title in {words["home"], ""} else f"{frame.title} · {name}")
    style = "/help/style.css" + (f"?accent={site.color}" if site.color else "")
    head = [
        "<meta charset=utf-8>",
        '<meta name=viewport content="width=device-width, initial-scale=1">',
        '<meta name=color-scheme content="light dark">',
        f"<title>{title}</title>",
        f'<link rel=stylesheet href="{style}">',
        '<link rel=icon href="/favicon.ico" sizes=32x32><link rel=icon type="image/svg+xml" href="/favicon.svg">',
    ]
    if frame.description:
        head.append(f'<meta name=description content="{escape(frame.description)}">')
    if frame.is_indexed and frame.address:
        head.append(f'<link rel=canonical href="{escape(frame.address)}">')
        head += [
            f'<link rel=alternate hreflang="{escape(language)}" href="{escape(address)}">'
            for language, address in frame.alternates.items()
        ]
    if not frame.is_indexed:
        head.append("<meta name=robots content=noindex>")
    if frame.is_embedded:
        body = f"<body class={bare}><main id=content>{content}</main>"
    else:
        head += _scripts(frame)
        body = (
            f"<body><a class=skip href=#content>{words['skip']}</a><header><div class=bar>"
            f'<a class=brand href="{frame.link("")}">{_brand(frame)}</a>{_ways_out(frame)}</div></header>'
            f"<main id=content>{content}</main>"
        )
    direction = direction_of(frame.locale)
    return f'<!doctype html><html lang="{escape(frame.locale)}" dir={direction}><head>{"".join(head)}</head>{body}</body></html>'


def _scripts(frame: Frame) -> list[str]:
    """The search's key, and the chat's button. The page is whole without them."""
    scripts = ['<script defer src="/help/help.js"></script>']
    if key := frame.site.chat_key:
        name, language = escape(key), escape(language_of(frame.locale))
        color = f' data-color="#{frame.site.color}"' if frame.site.color else ""
        scripts.append(
            f'<script async src="/widget.js?inbox={quote(key)}" data-inbox="{name}" data-locale="{language}"{color}></script>'
        )
    return scripts


def _brand(frame: Frame) -> str:
    site, home = frame.site, frame.words["home"]
    return f"<bdi>{escape(site.name)}</bdi> <span>{home}</span>" if site.name else home


def _ways_out(frame: Frame) -> str:
    words, site = frame.words, frame.site
    links: list[str] = []
    if site.site_url:
        back = escape(words["back"].format(site=site.name))
        links.append(f'<a href="{escape(site.site_url)}" rel=noopener>{back}</a>')
    if site.chat_key:
        links.append(_chat_link(frame, "button"))
    return f"<nav>{''.join(links)}</nav>" if links else ""


def _chat_link(frame: Frame, look: str) -> str:
    address = escape(f"/widget/page?inbox={quote(frame.site.chat_key)}#locale={language_of(frame.locale)}")
    return f'<a class={look} data-chat href="{address}">{frame.words["chat"]}</a>'


def _form_link(frame: Frame) -> str:
    address = escape(f"/f/{quote(frame.site.chat_key)}?lang={language_of(frame.locale)}")
    return f'<a href="{address}">{frame.words["form"]}</a>'


def _help(frame: Frame) -> str:
    """Below every page: the way to people."""
    words, site = frame.words, frame.site
    if not site.chat_key or frame.is_embedded:
        return ""
    ways = f"{_chat_link(frame, 'button')} {_form_link(frame) if site.has_form else ''}"
    hours = "" if site.is_open is None else f"<p class=quiet>{words['open' if site.is_open else 'closed']}</p>"
    return f"<section class=still><h2>{words['still']}</h2>{hours}<p>{ways}</p></section>"


def _vote(frame: Frame, slug: str, vote: Vote) -> str:
    words = frame.words
    action = frame.link(f"/{quote(slug)}/vote")
    match vote:
        case "yes":
            content = f"<p role=status>{words['thanks']}</p>"
        case "reason":
            content = f"<p role=status>{words['thanks_reason']}</p>"
        case "no":
            content = (
                f'<form method=post action="{action}"><p role=status><label for=reason>{words["sorry"]}</label></p>'
                f'<textarea id=reason name=reason maxlength=500 rows=3 required dir=auto></textarea><input type=hidden name=helpful value="no">'
                f"<button>{words['send']}</button></form>"
            )
        case _:
            content = (
                f'<form method=post action="{action}"><fieldset><legend>{words["vote"]}</legend>'
                f"<button class=quiet-button name=helpful value=yes>{words['yes']}</button>"
                f"<button class=quiet-button name=helpful value=no>{words['no']}</button></fieldset></form>"
            )
    return f"<section class=vote id=vote>{content}</section>"


def _trail(frame: Frame, category: str = "", slug: str = "") -> str:
    if frame.is_embedded:
        return ""
    words = frame.words
    link = f'<a href="{frame.link(f"/c/{quote(slug)}")}">{escape(category)}</a>' if category else ""
    return (
        f'<div class=over><nav class=trail aria-label="{words["breadcrumb"]}"><a href="{frame.link("")}">{words["home"]}</a>{link}</nav>'
        f"{_search(frame)}</div>"
    )


def _search(frame: Frame) -> str:
    words = frame.words
    hidden = {**frame.carried, **({"embed": "1"} if frame.is_embedded else {})}
    kept = "".join(f'<input type=hidden name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items())
    return (
        f'<form role=search action="{frame.site.base}/search"><label for=q>{words["search_label"]}</label>'
        f'<div class=field><input id=q type=search name=q required maxlength=500 placeholder="{words["placeholder"]}" '
        f'value="{escape(frame.query)}">{kept}<button>{words["search"]}</button></div></form>'
    )


def _see_all(frame: Frame, section: Section) -> str:
    if len(section.entries) <= MAX_SECTION_LINKS:
        return ""
    said = escape(frame.words["see_all"].format(count=f"{len(section.entries):,}"))
    return f'<p><a href="{frame.link(f"/c/{quote(section.slug)}")}" aria-label="{said}: {escape(section.name)}">{said}</a></p>'


def _count(words: Mapping[str, str], count: int) -> str:
    return words["count_one"] if count == 1 else words["count"].format(count=f"{count:,}")


def _links(entries: Iterable[Entry], frame: Frame) -> str:
    return "".join(
        f'<li><a href="{frame.link(f"/{quote(entry.slug)}")}" lang="{escape(entry.locale)}">{escape(entry.title)}</a></li>'
        for entry in entries
    )
