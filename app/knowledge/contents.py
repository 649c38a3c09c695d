"""The public articles without their texts, kept in memory between two changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select

from app.clock import monotonic
from app.errors import Invalid
from app.knowledge.articles import slug_of
from app.work import Rows
from models import Article

KEEP_SECONDS = 10.0
DEFAULT_LANGUAGE = "en"


class Entry(Struct, frozen=True, gc=False):
    """An article as a table of contents names it. A file has no time of change."""

    slug: str
    locale: str
    title: str
    category: str
    updated_at: datetime | None


class Section(Struct, frozen=True):
    """A category and its articles by title."""

    slug: str
    name: str
    entries: Sequence[Entry]


class Contents:
    """Every public article of this installation. Read again as soon as any article was changed, and every ten seconds in
    case two changes were committed in another order than they were made."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._entries: tuple[Entry, ...] = ()
        self._newest: datetime | None = None
        self._until = 0.0

    async def read(self, rows: Rows) -> Sequence[Entry]:
        """Return the public articles by category and title."""
        newest = await rows.one(select(func.max(Article.updated_at)))
        if newest != self._newest or self._clock() >= self._until:
            found = await rows.rows(
                select(Article.slug, Article.locale, Article.title, Article.category, Article.updated_at)
                .where(Article.state == "published", Article.visibility == "public")
                .order_by(Article.category, Article.title, Article.id)
            )
            self._entries = tuple(Entry(row.slug, row.locale, row.title, row.category, row.updated_at) for row in found)
            self._newest, self._until = newest, self._clock() + KEEP_SECONDS
        return self._entries


def in_language(entries: Iterable[Entry], wanted: str) -> list[Entry]:
    """Return one translation of each article: the language wanted, or else English, or else any."""

    def distance(entry: Entry) -> tuple[bool, bool, bool, str]:
        language = language_of(entry.locale)
        return entry.locale != wanted, language != language_of(wanted), language != DEFAULT_LANGUAGE, entry.locale

    best: dict[str, Entry] = {}
    for entry in entries:
        known = best.get(entry.slug)
        if known is None or distance(entry) < distance(known):
            best[entry.slug] = entry
    return list(best.values())


def sections_of(entries: Iterable[Entry]) -> list[Section]:
    """Group articles by category, in the order given."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.category, []).append(entry)
    return [Section(category_slug(name), name, held) for name, held in found.items()]


def category_slug(name: str) -> str:
    """Return the last part of a category's address."""
    try:
        return slug_of(name)
    except Invalid:
        return "other"


def language_of(locale: str) -> str:
    """Return a locale's language without region or script."""
    return locale.split("-", 1)[0].lower()
