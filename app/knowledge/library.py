"""The index of this process: filled from the rows, kept up with them, asked by everybody who looks for an answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog
from msgspec import Struct
from prometheus_client import Gauge
from sqlalchemy import case, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.clock import monotonic
from app.errors import ParleyError, Unavailable
from app.job_kinds import does
from app.knowledge.articles import INDEX_JOB, text_to_embed
from app.knowledge.embedder import Embedder, Matrix
from app.knowledge.index import Found, Index, IndexedArticle, row_terms_of
from app.knowledge.passages import Piece
from app.work import Rows, Work, Works
from models import Article, Job, Passage

log = structlog.get_logger("knowledge")

REFRESH_SECONDS = 5.0
RECHECK_SECONDS = 120.0
QUEUED_AT_ONCE = 40
QUEUE_SECONDS = 1.0
READ_AT_ONCE = 50
ASKED_AT_ONCE = 500
BUSY_SHARE = 0.1
LONGEST_PAUSE_SECONDS = 30.0
SAY_SECONDS = 15.0
OVERLAP = timedelta(seconds=10)
SEARCH_SECONDS = 0.4
INDEX_SECONDS = 50.0
MOSTLY_ENCODED = 0.9
"""One article that was just written does not make a search one by words."""


articles_gauge = Gauge("parley_articles", "Articles this node can find, and those of them found by meaning", ["which"])


class LookedUp(Struct, frozen=True):
    """Passages that may answer, and whether words alone found them because meaning cannot be compared yet."""

    found: list[Found]
    is_by_words: bool


class Library:
    """Finds passages, by words alone until the embedder is ready."""

    def __init__(self, works: Works, embedder: Embedder) -> None:
        self.embedder = embedder
        self.index = Index([], 0)
        self._works = works
        self._articles: dict[str, IndexedArticle] = {}
        self._updated: dict[str, datetime] = {}
        self._seen_until: datetime | None = None
        self._model = ""
        self._is_encoded = False
        self._said_at = 0.0
        self._encoded_share = 1.0
        self._when_encoded: list[Callable[[], None]] = []
        self._turn = asyncio.Lock()
        self._stale = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def when_encoded(self, told: Callable[[], None]) -> None:
        """Call this whenever all articles have been encoded."""
        self._when_encoded.append(told)

    async def find(
        self,
        text: str,
        *,
        least: float,
        most: int = 3,
        public_only: bool,
        within: float = SEARCH_SECONDS,
        language: str = "",
    ) -> list[Found]:
        """Return the passages that may answer the text, best first. When encoding fails or takes longer than `within`, by
        words alone.
        """
        answer = await self.look_up(text, least=least, most=most, public_only=public_only, within=within, language=language)
        return answer.found

    async def look_up(
        self,
        text: str,
        *,
        least: float,
        most: int = 3,
        public_only: bool,
        within: float = SEARCH_SECONDS,
        language: str = "",
    ) -> LookedUp:
        """Search like `find`, and say whether only words could be compared: until the index holds vectors of this very
        model.
        """
        index = self.index
        vector = await self._vector_of(text, within) if index.model == self.embedder.name else None
        found = index.search(text, vector, least=least, most=most, public_only=public_only, language=language)
        is_by_words = self.embedder.is_expected and (vector is None or self._encoded_share < MOSTLY_ENCODED)
        return LookedUp(found, is_by_words)

    async def likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """Return the cosine of a text with each other one, 1 at most; empty while the model cannot be asked."""
        if not self.embedder.is_ready or not others:
            return []
        try:
            vectors = await self.embedder.encode([text, *others])
        except Unavailable:
            return []
        return [float(vectors[0] @ one) for one in vectors[1:]]

    async def _vector_of(self, text: str, within: float) -> Matrix | None:
        if not self.embedder.is_ready:
            return None
        try:
            return (await self.embedder.encode([text], within=within))[0]
        except Unavailable:
            return None

    async def start(self) -> None:
        """Begin to load, without waiting for it."""
        await self.embedder.start()
        self._tasks = [
            asyncio.create_task(self._keep_up(), name="library"),
            asyncio.create_task(self._when_ready(), name="library-model"),
        ]

    async def stop(self) -> None:
        """Let go of everything, the model's process included."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.embedder.close()

    async def _keep_up(self) -> None:
        """Follow the rows: at once when an article was indexed here, soon when another node did it. What takes long is done
        less often, so that a large help centre that is being encoded is not read and arranged anew for each of its articles."""
        while True:
            self._stale.clear()
            began = monotonic()
            try:
                await self.refresh()
            except (ParleyError, SQLAlchemyError, OSError):
                log.warning("the library waits for the database")
            await asyncio.sleep(min(LONGEST_PAUSE_SECONDS, (monotonic() - began) / BUSY_SHARE))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._stale.wait()

    async def _when_ready(self) -> None:
        """Have everything encoded that this model has not encoded; look again now and then, lest a job was lost."""
        while True:
            await self.embedder.wait_until_ready()
            try:
                is_more = await self._works.run(queue_indexing, self.embedder.name) >= QUEUED_AT_ONCE
            except ParleyError:
                log.warning("the library waits for the database")
                is_more = False
            self._stale.set()
            await asyncio.sleep(QUEUE_SECONDS if is_more else RECHECK_SECONDS)

    async def refresh(self) -> None:
        """Take over what changed in the rows since the last look. Costs little when nothing has."""
        async with self._turn:
            if self.embedder.is_ready and self.embedder.name != self._model:
                self._model = self.embedder.name
                self._seen_until = None
            async with self._works.read() as rows:
                changed = await self._changed(rows)
                encoded = await self._encoded_meanwhile(rows, set(changed))
                read = [
                    found for some in _batched([*changed, *encoded], READ_AT_ONCE) for found in await read_articles(rows, some)
                ]
            if changed or encoded:
                for article_id in changed:
                    self._articles.pop(article_id, None)
                await asyncio.to_thread(self._rebuild, read, like=None if changed else self.index)
                self._note_progress()

    def _rebuild(self, read: Sequence[tuple[Article, list[Passage]]], like: Index | None) -> None:
        for article, passages in read:
            self._articles[article.id] = _indexed(article, passages, self._model, self.embedder.dimensions)
        self.index = Index(self._articles.values(), self.embedder.dimensions, self._model, like=like)

    def _note_progress(self) -> None:
        """Say how far encoding has come, once that all is encoded, and once more whenever it is again."""
        encoded = sum(map(_is_embedded, self._articles.values()))
        articles_gauge.labels("encoded").set(encoded)
        articles_gauge.labels("all").set(len(self._articles))
        is_encoded = bool(self._model) and encoded == len(self._articles)
        self._encoded_share = encoded / len(self._articles) if self._articles else 1.0
        if is_encoded and not self._is_encoded:
            log.info("articles encoded", articles=len(self._articles), model=self._model)
            for told in self._when_encoded:
                told()
        elif self._model and not is_encoded and monotonic() - self._said_at > SAY_SECONDS:
            self._said_at = monotonic()
            log.info("encoding articles", encoded=encoded, articles=len(self._articles))
        self._is_encoded = is_encoded

    async def _changed(self, rows: Rows) -> list[str]:
        """Ids of articles written since the last look, and of those that still lack vectors."""
        recent = select(Article.id, Article.updated_at)
        if self._seen_until is not None:
            recent = recent.where(Article.updated_at >= self._seen_until - OVERLAP)
        heads: list[tuple[str, datetime]] = [(row.id, row.updated_at) for row in await rows.rows(recent)]
        is_first = self._seen_until is None
        changed = [id for id, updated_at in heads if is_first or self._updated.get(id) != updated_at]
        self._updated.update(heads)
        self._seen_until = max((updated_at for _, updated_at in heads), default=self._seen_until)
        return changed

    async def _encoded_meanwhile(self, rows: Rows, changed: set[str]) -> list[str]:
        """Ids of articles that lacked vectors and have them all by now: each is read once more, and no other."""
        if not self._model:
            return []
        lacking = [id for id, article in self._articles.items() if id not in changed and not _is_embedded(article)]
        is_missing = func.sum(case((Passage.model != self._model, 1), else_=0))
        found: list[str] = []
        for some in _batched(lacking, ASKED_AT_ONCE):
            theirs = select(Passage.article_id).where(Passage.article_id.in_(some)).group_by(Passage.article_id)
            found += await rows.all(theirs.having(is_missing == 0))
            await asyncio.sleep(0)
        return found

    @does(INDEX_JOB)
    async def index_article(self, works: Works, payload: dict[str, Any]) -> None:
        """The job behind every change of an article: encode what has no vector, write the vectors down, and show it.

        Without a model there is nothing to encode; the article is found by words. Safe to run twice, and beside a
        change of the same article: vectors are written only to passages that still stand.
        """
        if self.embedder.is_ready:
            await embed_article(works, self.embedder, str(payload["article_id"]))
        self._stale.set()


async def queue_indexing(work: Work, model: str) -> int:
    """Queue articles whose passages were not encoded by this model, unless enough are queued already; how many there were.

    A few at a time: jobs are done in their order, and mail must not wait for a whole help centre.
    """
    queued = await work.one(select(func.count()).select_from(Job).where(Job.kind == INDEX_JOB.name, Job.state == "waiting")) or 0
    if queued >= QUEUED_AT_ONCE:
        return queued
    stale = await work.all(select(Passage.article_id).where(Passage.model != model).distinct().limit(QUEUED_AT_ONCE))
    for article_id in stale:
        await work.later(INDEX_JOB, {"article_id": article_id})
    return len(stale)


async def embed_article(works: Works, embedder: Embedder, article_id: str) -> int:
    """Give every passage of an article this model's vector; how many were missing. Encodes outside any transaction."""
    async with works.read() as rows:
        title = await rows.one(select(Article.title).where(Article.id == article_id))
        missing = await rows.all(select(Passage).where(Passage.article_id == article_id, Passage.model != embedder.name))
    if title is None or not missing:
        return 0
    model = embedder.name
    vectors = await embedder.encode([text_to_embed(title, passage) for passage in missing], within=INDEX_SECONDS, is_urgent=False)
    encoded = [(passage.id, vector.astype("<f4").tobytes()) for passage, vector in zip(missing, vectors, strict=True)]
    await works.run(_keep_vectors, model, encoded)
    return len(missing)


async def _keep_vectors(work: Work, model: str, vectors: Sequence[tuple[str, bytes]]) -> None:
    for passage_id, vector in vectors:
        await work.change(update(Passage).where(Passage.id == passage_id).values(model=model, vector=vector))


async def read_articles(rows: Rows, ids: Sequence[str]) -> list[tuple[Article, list[Passage]]]:
    """Return the published ones of these articles, with their passages in order."""
    await asyncio.sleep(0)  # others get a turn between two batches of a large help centre
    articles = await rows.all(select(Article).where(Article.id.in_(ids), Article.state == "published"))
    passages: dict[str, list[Passage]] = {article.id: [] for article in articles}
    for passage in await rows.all(select(Passage).where(Passage.article_id.in_(list(passages))).order_by(Passage.position)):
        passages[passage.article_id].append(passage)
    return [(article, passages[article.id]) for article in articles]


def _indexed(article: Article, passages: Sequence[Passage], model: str, dimensions: int) -> IndexedArticle:
    pieces = tuple(Piece(passage.heading, passage.text) for passage in passages if passage.position)
    return IndexedArticle(
        id=article.id,
        slug=article.slug,
        locale=article.locale,
        title=article.title,
        category=article.category,
        is_public=article.visibility == "public",
        pieces=pieces,
        row_terms=row_terms_of(article.title, pieces),
        vectors=np.stack([_vector(passage, model, dimensions) for passage in passages]) if model and passages else None,
    )


def _vector(passage: Passage, model: str, dimensions: int) -> Matrix:
    """A passage's vector, or zeros while it has none of this model's."""
    if passage.vector is None or passage.model != model:
        return np.zeros(dimensions, np.float32)
    return np.frombuffer(passage.vector, "<f4")


def _is_embedded(article: IndexedArticle) -> bool:
    return article.vectors is not None and bool(article.vectors.any(axis=1).all())


def _batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
