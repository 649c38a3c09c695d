"""An article's Markdown as HTML that is safe to show to anyone."""

from __future__ import annotations

from html import unescape

import nh3
from markdown_it import MarkdownIt

from app.text import shorten

DESCRIPTION_LENGTH = 160
TAGS = frozenset(
    "a abbr b blockquote br code del details em h2 h3 h4 h5 hr i img kbd li ol p pre s small span strong sub summary sup table"
    " tbody td th thead tr ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def html_of(body: str) -> str:
    """HTML without scripts, styles, frames or forms, whoever wrote the Markdown. The page's title is its only h1."""
    return nh3.clean(
        _markdown.render(body).replace("<h1>", "<h2>").replace("</h1>", "</h2>"),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )


def description_of(body: str) -> str:
    """The beginning as plain text, for search engines and lists."""
    lines = [line for line in body.splitlines() if line.strip() and not line.startswith(("#", "|", "-", "!"))]
    plain = unescape(nh3.clean(_markdown.renderInline(" ".join(lines[:3])), tags=set()))
    return shorten(plain, DESCRIPTION_LENGTH)
