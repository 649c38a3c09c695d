"""The index finds what a look at every row would find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.index import Floats, Found, Index, IndexedArticle, row_terms_of
from app.knowledge.passages import Piece

DIMENSIONS = 16


def unit(rows: Floats) -> Floats:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def article(
    id: str, title: str, *texts: str, vectors: Floats | None = None, is_public: bool = True, locale: str = "en"
) -> IndexedArticle:
    pieces = tuple(Piece("Heading", text) for text in texts)
    return IndexedArticle(id, id, locale, title, "Orders", is_public, pieces, row_terms_of(title, pieces), vectors)


def ids(found: list[Found]) -> list[str]:
    return [one.article.id for one in found]


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_scores_are_the_best_cosine_of_title_and_passages(seed: int, count: int):
    random = np.random.default_rng(seed)
    articles = [
        article(f"{place:02}", "", *["…"] * length, vectors=unit(random.standard_normal((length + 1, DIMENSIONS), np.float32)))
        for place, length in enumerate(random.integers(1, 6, count))
    ]
    query = unit(random.standard_normal(DIMENSIONS, np.float32))
    expected = sorted(
        ((max(float(row @ query) for row in one.vectors), one.id) for one in articles if one.vectors is not None),
        key=lambda pair: (-pair[0], pair[1]),
    )[:5]
    found = Index(reversed(articles), DIMENSIONS).search("?", query, least=-1.0, most=5)
    assert ids(found) == [id for _, id in expected]
    assert [one.score for one in found] == pytest.approx([score for score, _ in expected], abs=1e-4)
    for one in found:
        vectors = one.article.vectors
        assert vectors is not None
        assert one.piece is one.article.pieces[int((vectors[1:] @ query).argmax())]


RETURNS = article("returns", "Return an item", "Send it back within 60 days.", "The label costs six dollars.")
REFUNDS = article("refunds", "When will I get my refund?", "Refunds take five days.")
ERRORS = article("errors", "Error codes", "E1042 means that the card has expired.", "E1043 means that it is blocked.")
SECRET = article("secret", "How we handle refund fraud", "Ask the team lead.", is_public=False)
WORDS_ONLY = Index([RETURNS, REFUNDS, ERRORS, SECRET], 0)


@pytest.mark.parametrize(
    ("query", "first"),
    [("refund", "refunds"), ("how do I return an item", "returns"), ("what does E1043 mean", "errors"), ("refu", "refunds")],
)
def test_without_vectors_words_find_the_article(query: str, first: str):
    assert ids(WORDS_ONLY.search(query, None, least=0.3))[0] == first


@pytest.mark.parametrize("query", ["", "?", "where is the moon", "the of and", "\x00"])
def test_words_that_no_article_holds_find_nothing(query: str):
    assert WORDS_ONLY.search(query, None, least=0.3) == []


def test_b40_internal_articles_are_for_agents():
    assert "secret" not in ids(WORDS_ONLY.search("refund fraud", None, least=0.0, most=9))
    assert ids(WORDS_ONLY.search("refund fraud", None, least=0.3, public_only=False))[0] == "secret"


def test_the_reader_is_told_why():
    (one, *_) = WORDS_ONLY.search("which label costs what", None, least=0.1)
    assert one.why == "Matches: 'costs', 'label'"
    assert WORDS_ONLY.search("when will I get my refund", None, least=0.1)[0].why == "Title matches"


def test_an_identifier_outweighs_meaning():
    meaning = unit(np.eye(DIMENSIONS, dtype=np.float32))
    near = article("near", "Payment", "Cards can be blocked.", vectors=meaning[[0, 0]])
    far = article("far", "Codes", "E1043: see your bank.", vectors=meaning[[1, 1]])
    index = Index([near, far], DIMENSIONS)
    query = unit(np.array([0.6, 0.5] + [0.2] * (DIMENSIONS - 2), np.float32))
    assert ids(index.search("my card is refused", query, least=0))[0] == "near"
    assert ids(index.search("my card is refused with E1043", query, least=0))[0] == "far"


def test_a_language_narrows_the_search_if_anything_is_written_in_it():
    index = Index([article("de", "Rückgabe", "Paket zurücksenden", locale="de-AT"), article("en", "Returns", "Paket")], 0)
    assert ids(index.search("Paket", None, least=0, language="de")) == ["de"]
    assert set(ids(index.search("Paket", None, least=0, language="fr"))) == {"de", "en"}


def test_an_article_not_embedded_yet_is_found_by_words_beside_those_that_are():
    embedded = article("embedded", "Cooking", "Pans.", vectors=unit(np.ones((2, DIMENSIONS), np.float32)))
    index = Index([embedded, REFUNDS], DIMENSIONS)
    query = unit(np.array([1] + [0] * (DIMENSIONS - 1), np.float32))
    assert ids(index.search("refund days", query, least=0.3)) == ["refunds"]


def test_an_empty_help_centre_answers_nothing():
    assert Index([], 0).search("refund", None, least=0) == []
    assert Index([article("empty", "Title")], 0).search("title", None, least=0) == []
