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
MAX_LANGUAGES = 40
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


class Edition:
    """The public articles by category and title, between two changes. What pages ask of all of them is found out once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self._languages = {entry.locale for entry in entries}
        self._sections: dict[str, list[Section]] = {}
        self._locales: dict[str, list[str]] = {}
        for entry in entries:
            self._locales.setdefault(entry.slug, []).append(entry.locale)

    def sections(self, wanted: str) -> Sequence[Section]:
        """Return the categories in the language wanted, each article in the best language it has."""
        known = wanted if wanted in self._languages else language_of(wanted)
        if known not in self._sections:
            if len(self._sections) > MAX_LANGUAGES:
                self._sections.clear()
            self._sections[known] = sections_of(in_language(self.entries, known))
        return self._sections[known]

    @property
    def kept_languages(self) -> int:
        """For how many languages the categories are kept."""
        return len(self._sections)

    def section(self, wanted: str, slug: str) -> Section | None:
        """Return the category at this address."""
        return next((one for one in self.sections(wanted) if one.slug == slug), None)

    def locales(self, slug: str) -> Sequence[str]:
        """Return the languages an article is written in."""
        return self._locales.get(slug, [])


class Contents:
    """Every public article of this installation. Read again as soon as any article was changed, and every ten seconds in
    case two changes were committed in another order than they were made."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._edition = Edition(())
        self._newest: datetime | None = None
        self._until = 0.0

    async def read(self, rows: Rows) -> Edition:
        """Return the table of contents as it is now."""
        newest = await rows.one(select(func.max(Article.updated_at)))
        if newest != self._newest or self._clock() >= self._until:
            found = await rows.rows(
                select(Article.slug, Article.locale, Article.title, Article.category, Article.updated_at)
                .where(Article.state == "published", Article.visibility == "public")
                .order_by(Article.category, Article.title, Article.id)
            )
            entries = tuple(Entry(row.slug, row.locale, row.title, row.category, row.updated_at) for row in found)
            if entries != self._edition.entries:
                self._edition = Edition(entries)
            self._newest, self._until = newest, self._clock() + KEEP_SECONDS
        return self._edition


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
