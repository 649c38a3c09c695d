"""Patterns that people write for pages and words: one matcher for all of them, in time proportional to the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def matches_whole(pattern: str, text: str) -> bool:
    """Return whether the pattern, where `*` stands for anything, matches the text from end to end."""
    first, *others = _split(pattern)
    if not others:
        return text == first
    *middle, last = others
    if not text.startswith(first) or not text.endswith(last):
        return False
    return _lie_in_order(middle, text, len(first), len(text) - len(last))


def matches_within(pattern: str, text: str) -> bool:
    """Return whether the pattern, where `*` stands for anything, matches some part of the text, whatever the case."""
    folded = text.casefold()
    return _lie_in_order(_split(pattern.casefold()), folded, 0, len(folded))


def has_phrase(phrase: str, text: str) -> bool:
    """Return whether these words occur in the text, whole and in this order, whatever the case and the space between."""
    return has_whole(" ".join(phrase.casefold().split()), " ".join(text.casefold().split()))


def has_whole(wanted: str, text: str) -> bool:
    """Return whether the text has exactly this with no letter or digit right before or after it."""
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if not _is_letter(text[max(0, at - 1) : at]) and not _is_letter(text[end : end + 1]):
            return True
        at = text.find(wanted, at + 1)
    return False


@lru_cache(maxsize=1000)
def _split(pattern: str) -> Sequence[str]:
    return re.sub(r"\*+", "*", pattern).split("*")


def _lie_in_order(pieces: Sequence[str], text: str, start: int, end: int) -> bool:
    """Each piece is taken where it first occurs after the one before: taking a later one never helps."""
    for piece in pieces:
        at = text.find(piece, start, end)
        if at < 0:
            return False
        start = at + len(piece)
    return start <= end


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
