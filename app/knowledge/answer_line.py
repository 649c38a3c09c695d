"""The sentence of a passage that answers a query: a result never begins or ends in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.knowledge.words import terms
from app.text import shorten

MAX_ANSWER = 240
SHORT_WORDS = 2

_sentence_end = re.compile(r"(?<=[.!?…。！？؟])[\s]+|\n+")
_mark = re.compile(r"^(?:[-•*]|\d+[.)])\s+")


def answer_line(passage: str, query: str) -> str:
    """Return the sentence that shares most words with the query, the first of equals. A sentence of a few words, such as
    "No.", is joined with the next; one that is longer than a result has room for ends at a word with an ellipsis."""
    sentences = _sentences(passage)
    if not sentences:
        return ""
    wanted = set(terms(query))
    scores = [len(wanted & set(terms(sentence))) for sentence in sentences]
    best = scores.index(max(scores))
    if best == 1 and _is_short(sentences[0]):
        best = 0
    answer = sentences[best]
    while _is_short(answer) and best + 1 < len(sentences) and len(f"{answer} {sentences[best + 1]}") <= MAX_ANSWER:
        best += 1
        answer = f"{answer} {sentences[best]}"
    return shorten(answer, MAX_ANSWER)


def _sentences(passage: str) -> Sequence[str]:
    found = (_mark.sub("", part.strip()) for part in _sentence_end.split(passage))
    return [part for part in found if part]


def _is_short(sentence: str) -> bool:
    return len(sentence.split()) <= SHORT_WORDS
