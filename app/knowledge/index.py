"""Which article answers a text: exact cosines over every passage, with a bonus for shared words. Pure and immutable."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import bm25s
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from app.knowledge.passages import Piece
from app.knowledge.words import identifiers, terms, terms_with_surface

Floats = NDArray[np.float32]

WORDS_BONUS = np.float32(0.1)
NAMES_BONUS = np.float32(0.2)
WORDS_ALONE = np.float32(0.7)
FULL_COVERAGE = 0.35
RARE_IN = 200
BRIEF = 3
MAX_WORDS_SHOWN = 3


class IndexedArticle(Struct, frozen=True, eq=False):
    """An article as the index holds it. Row 0 of `vectors` is the title's, then one for each piece; a row of zeros, or
    no vectors at all, means not embedded yet. `row_terms` are the words of the same rows."""

    id: str
    slug: str
    locale: str
    title: str
    category: str
    is_public: bool
    pieces: tuple[Piece, ...]
    row_terms: tuple[tuple[str, ...], ...]
    vectors: Floats | None


class Found(Struct, frozen=True):
    """An article that may answer, and its best piece. `words` are those of the query that the piece holds."""

    article: IndexedArticle
    piece: Piece
    score: float
    words: tuple[str, ...]
    is_title_best: bool

    @property
    def why(self) -> str:
        """The reason, in a few words for people."""
        if self.is_title_best:
            return "Title matches"
        return "Matches: " + ", ".join(f"'{word}'" for word in self.words) if self.words else "Similar in meaning"


def row_terms_of(title: str, pieces: Sequence[Piece]) -> tuple[tuple[str, ...], ...]:
    """The words each row is found by: the title's alone, then each piece's with those of its headings."""
    return (tuple(terms(title)), *(tuple(terms(f"{title}\n{piece.heading}\n{piece.text}")) for piece in pieces))


class Index:
    """Articles as they stood at one moment; replaced, never changed.

    An article's score is the best cosine of its title and pieces, plus up to .1 for words, plus up to .2 for names: an
    identifier, or a rare word asked for by itself. Where there are no vectors, it is .7 of the words' figure.
    Equal scores are ordered by id. `model` made the vectors; without one there are none to compare with.
    """

    def __init__(self, articles: Iterable[IndexedArticle], dimensions: int, model: str = "", like: Index | None = None) -> None:
        """With `like`, an index of the same articles, only the vectors are new."""
        self.model = model
        self.articles = sorted((article for article in articles if article.pieces), key=lambda article: article.id)
        lengths = [len(article.pieces) + 1 for article in self.articles]
        self._starts = np.cumsum([0, *lengths])[:-1].astype(np.intp)
        self._ends = np.cumsum(lengths).astype(np.intp)
        self._vectors = _stack(self.articles, dimensions)
        self._has_vector = self._vectors.any(axis=1)
        if like is not None:
            self._row_count, self._frequency, self._bm25 = like._row_count, like._frequency, like._bm25
        else:
            self._row_count, self._frequency, self._bm25 = words_of(self.articles)
        self._is_public = np.array([article.is_public for article in self.articles], dtype=bool)
        self._languages = np.array([_language(article.locale) for article in self.articles])

    def search(
        self,
        text: str,
        vector: Floats | None,
        *,
        least: float,
        most: int = 3,
        public_only: bool = True,
        language: str = "",
    ) -> list[Found]:
        """Articles that score at least `least`, best first; none when nothing fits.

        With a `language` that some article is written in, only those in it.
        """
        if not self.articles:
            return []
        wanted, written = self._query_terms(text)
        scores, rows = self._score(self._word_figures(wanted), self._word_figures(self._names(text, wanted)), vector)
        scores = np.where(self._admitted(public_only, language), scores, -np.inf)
        best = np.argsort(-scores, kind="stable")[:most]
        return [self._found(int(place), float(scores[place]), rows, written) for place in best if scores[place] >= least]

    def _admitted(self, public_only: bool, language: str) -> NDArray[np.bool_]:
        admitted = self._is_public if public_only else np.ones(len(self.articles), dtype=bool)
        spoken = self._languages == _language(language)
        return admitted & spoken if language and bool(spoken.any()) else admitted

    def _query_terms(self, text: str) -> tuple[list[str], dict[str, str]]:
        """The terms to look for and how they were written. In a brief
        query an unfinished last word stands for the commonest it may become."""
        pairs = terms_with_surface(text)
        written = dict(reversed(pairs))
        wanted = list(written)[::-1]
        if pairs and _is_brief(text) and len(last := pairs[-1][0]) >= 3 and last not in self._frequency:
            longer = [term for term in self._frequency if term.startswith(last)]
            if longer:
                meant = max(longer, key=lambda term: (self._frequency[term], term))
                wanted[wanted.index(last)] = meant
                written[meant] = meant
        return list(dict.fromkeys(wanted)), written

    def _rarity(self, term: str) -> float:
        count = self._frequency.get(term, 0)
        return math.log(1 + (self._row_count - count + 0.5) / (count + 0.5))

    def _word_figures(self, wanted: Sequence[str]) -> Floats:
        """For each row 0 to 1: how near the best wording it comes, times how much of the query it covers."""
        if not any(term in self._frequency for term in wanted):
            return np.zeros(self._row_count, np.float32)
        scores: Floats = self._bm25.get_scores(list(wanted))
        expected = [
            term for term in wanted if term in self._frequency or term.isalpha()
        ]  # nobody's order number is in an article
        full = FULL_COVERAGE * sum(map(self._rarity, expected))
        return (scores / max(float(scores.max()), 1e-9) * np.minimum(scores / full, 1.0)).astype(np.float32)

    def _score(self, words: Floats, names: Floats, vector: Floats | None) -> tuple[Floats, Floats]:
        """Scores of the articles, and of every row for choosing the piece to show."""
        by_words = WORDS_ALONE * np.maximum.reduceat(np.maximum(words, names), self._starts)
        if vector is None:
            return by_words, words + names
        bonus = WORDS_BONUS * words + NAMES_BONUS * names
        cosines: Floats = self._vectors @ vector
        by_meaning = np.maximum.reduceat(cosines, self._starts) + np.maximum.reduceat(bonus, self._starts)
        embedded = np.logical_or.reduceat(self._has_vector, self._starts)
        return np.where(embedded, by_meaning, by_words).astype(np.float32), (cosines + bonus).astype(np.float32)

    def _names(self, text: str, wanted: Sequence[str]) -> list[str]:
        """Terms by which the query means one particular thing: meaning cannot find those, spelling can."""
        known = [term for term in wanted if term in self._frequency]
        written_exactly = identifiers(text)
        exact = [term for term in known if term in written_exactly]
        if exact or not _is_brief(text):
            return exact
        return [term for term in known if self._frequency[term] <= max(1, self._row_count // RARE_IN)]

    def _found(self, place: int, score: float, rows: Floats, written: dict[str, str]) -> Found:
        article = self.articles[place]
        own = rows[self._starts[place] : self._ends[place]]
        best = 1 + int(own[1:].argmax())
        shared = sorted(set(article.row_terms[best]) & written.keys(), key=lambda term: (-self._rarity(term), term))
        return Found(
            article,
            article.pieces[best - 1],
            round(score, 4),
            tuple(dict.fromkeys(written[term].lower() for term in shared))[:MAX_WORDS_SHOWN],
            is_title_best=bool(own[0] >= own[best]),
        )


def words_of(articles: Sequence[IndexedArticle]) -> tuple[int, Counter[str], Any]:
    """Return the number of rows, in how many of them each word is, and what ranks them by words."""
    rows = [list(row) for article in articles for row in article.row_terms]
    frequency = Counter(term for row in rows for term in set(row))
    bm25: Any = bm25s.BM25()
    if rows:
        bm25.index(rows if frequency else [["-"]] * len(rows), show_progress=False)
    return len(rows), frequency, bm25


def _stack(articles: Sequence[IndexedArticle], dimensions: int) -> Floats:
    blocks = [
        article.vectors
        if article.vectors is not None and article.vectors.shape[1] == dimensions
        else np.zeros((len(article.pieces) + 1, dimensions), np.float32)
        for article in articles
    ]
    return np.concatenate(blocks) if blocks else np.zeros((0, dimensions), np.float32)


def _is_brief(text: str) -> bool:
    """Typed into a search rather than said to somebody."""
    return len(text.split()) <= BRIEF


def _language(locale: str) -> str:
    return locale.replace("_", "-").split("-", 1)[0].lower()
