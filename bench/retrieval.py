"""How often the right article is found first and among three, and how often silence is kept; control: words alone.

    python -m bench.retrieval [--short]

The demo's help centre with questions in people's own words; with test data (`PARLEY_TEST_DATA`) also StackFAQ with
human rephrasings, DuckDuckGo's help (title as query, body as document, titles not indexed), and CLINC's out-of-scope
queries as matters that nothing should answer.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from msgspec import Struct

from app.knowledge.embedder import Matrix
from app.knowledge.front_matter import read_article
from app.knowledge.index import Index, IndexedArticle, row_terms_of
from app.knowledge.model_files import find_model
from app.knowledge.passages import Piece, embedded_text, passages_of
from app.knowledge.sentence_transformer import SentenceTransformerEmbedder
from app.knowledge.suggest import LEAST_FOR_AGENTS, LEAST_FOR_VISITORS
from bench.figures import say
from tests.app.knowledge.questions import ABOUT_SOMETHING_ELSE, QUESTIONS

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = (ROOT / "demo" / "articles", ROOT / "docs" / "manual")
FIRST = (1, 3, 5)


class HelpCentre(Struct, frozen=True):
    """Articles (id, title, body), and questions with the id of the article that answers them."""

    name: str
    articles: list[tuple[str, str, str]]
    questions: list[tuple[str, str]]
    foreign: list[str]


def demo(foreign: list[str]) -> HelpCentre:
    drafts = [read_article(path.read_text("utf-8")) for folder in ARTICLES for path in sorted(folder.glob("*.md"))]
    return HelpCentre("demo", [(one.slug, one.title, one.body) for one in drafts], QUESTIONS, foreign)


def part_of(centre: HelpCentre) -> HelpCentre:
    """Every third article: enough to see that it works, too few to say how well."""
    articles = centre.articles[::3]
    kept = {id for id, _, _ in articles}
    questions = [(text, id) for text, id in centre.questions if id in kept]
    return HelpCentre(f"part_of_{centre.name}", articles, questions, centre.foreign[:40])


def known_sets(data: Path, foreign: list[str]) -> Iterator[HelpCentre]:
    faq = data / "retrieval" / "stackfaq"
    articles = [(one["id"], one["title"], one["body"]) for one in lines(faq / "articles.jsonl")]
    yield HelpCentre("stackfaq", articles, [(one["query"], one["relevant"]) for one in lines(faq / "queries.jsonl")], foreign)
    help_centre = list(lines(data / "kb" / "duckduckgo_help" / "articles.jsonl"))
    bodies = [(one["id"], "", one["body_md"]) for one in help_centre]
    yield HelpCentre("duckduckgo_title_to_body", bodies, [(one["title"], one["id"]) for one in help_centre], foreign)


def out_of_scope(data: Path) -> list[str]:
    folder = data / "intents" / "clinc150"
    return [one.get("text", "") for name in ("oos_val", "oos_train") for one in lines(folder / f"{name}.jsonl.gz")]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        yield from map(json.loads, file)


async def index_of(centre: HelpCentre, embedder: SentenceTransformerEmbedder) -> Index:
    articles: list[IndexedArticle] = []
    for id, title, body in centre.articles:
        pieces = tuple(passages_of(body)) or (Piece("", body or "-"),)
        texts = [title or pieces[0].text, *(embedded_text(title, piece.heading, piece.text) for piece in pieces)]
        vectors = await embedder.encode(texts, within=600, is_urgent=False)
        articles.append(IndexedArticle(id, id, "en", title, "C", True, pieces, row_terms_of(title, pieces), vectors))
    return Index(articles, embedder.dimensions)


async def measure(centre: HelpCentre, embedder: SentenceTransformerEmbedder) -> None:
    index = await index_of(centre, embedder)
    asked = [question for question, _ in centre.questions]
    vectors = await embedder.encode(asked, within=600, is_urgent=False)
    by_meaning = ranks(index, centre, list(vectors))
    by_words = ranks(index, centre, [None] * len(asked))
    for k in FIRST:
        say("retrieval", f"{centre.name}_recall_at_{k}", share(by_meaning, k), "share", share(by_words, k), len(asked))
    foreign = await embedder.encode(centre.foreign, within=600, is_urgent=False)
    for reader, least in (("agents", LEAST_FOR_AGENTS), ("visitors", LEAST_FOR_VISITORS)):
        for name, texts, rows in (("answerable", asked, vectors), ("foreign", centre.foreign, foreign)):
            shown = sum(bool(index.search(text, row, least=least)) for text, row in zip(texts, rows, strict=True)) / len(texts)
            words = sum(bool(index.search(text, None, least=least)) for text in texts) / len(texts)
            say("retrieval", f"{centre.name}_{name}_shown_to_{reader}", shown, "share", words, len(texts), least=least)


def ranks(index: Index, centre: HelpCentre, vectors: Sequence[Matrix | None]) -> list[int]:
    """The place of the right article for each question; far away when it is not among five."""
    places: list[int] = []
    for (question, wanted), vector in zip(centre.questions, vectors, strict=True):
        ids = [one.article.id for one in index.search(question, vector, least=-np.inf, most=max(FIRST))]
        places.append(ids.index(wanted) if wanted in ids else 10**6)
    return places


def share(places: Sequence[int], k: int) -> float:
    return sum(place < k for place in places) / len(places)


def help_centres(data: Path, *, is_short: bool) -> list[HelpCentre]:
    if not data.is_dir():
        return [part_of(demo(ABOUT_SOMETHING_ELSE)) if is_short else demo(ABOUT_SOMETHING_ELSE)]
    foreign = ABOUT_SOMETHING_ELSE + out_of_scope(data)
    return [part_of(demo(foreign))] if is_short else [demo(foreign), *known_sets(data, foreign)]


async def run(centres: Sequence[HelpCentre]) -> None:
    files = find_model("bundled")
    assert files is not None
    embedder = SentenceTransformerEmbedder(files, threads=2)
    await embedder.start()
    await embedder.wait_until_ready()
    try:
        for centre in centres:
            await measure(centre, embedder)
    finally:
        await embedder.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    data = Path(os.environ.get("PARLEY_TEST_DATA") or ROOT.parent / "shared" / "data")
    asyncio.run(run(help_centres(data, is_short=parser.parse_args().short)))


if __name__ == "__main__":
    main()
