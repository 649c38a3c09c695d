"""A title, a topic and a priority for a ticket, from the contact's words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from app.contract.values import Priority
from app.knowledge.index import Found
from app.knowledge.words import is_chatter
from app.text import clean_line, shorten

TITLE_LENGTH = 80
NO_TOPIC = "General"
LEAST_TOPIC_SCORE = 0.4
LIKELY_TOPIC_SCORE = 0.6
VOTERS = 5

_sentence_end = re.compile(r"(?<=[.!?…。！？])\s+|\n+")
_greeting = re.compile(r"^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b[\w ]{0,20}[,!.:]\s*", re.IGNORECASE)


def propose_title(text: str) -> str:
    """The first sentence that says something, without its greeting, on one line of at most 80 characters."""
    for sentence in _sentence_end.split(text):
        line = clean_line(_greeting.sub("", sentence))
        if line and not is_chatter(line):
            return shorten(line[0].upper() + line[1:], TITLE_LENGTH)
    return shorten(text, TITLE_LENGTH)


_urgent = re.compile(
    r"\b(?:urgent(?:ly)?|asap|emergency|immediately|right (?:now|away)|gas leak|on fire|hacked|fraud|stolen card"
    r"|dringend|notfall|sofort|umgehend|eilig|gehackt|betrug)\b|عاجل|طارئ|فور[اً]|احتيال|اختراق",
    re.IGNORECASE,
)
_high = re.compile(
    r"\b(?:charged twice|double[- ]charged|wrong(?:ly)? charged|can(?:no|')?t (?:log|sign) in|locked out|broken|damaged"
    r"|does(?:n't| not) work|stopped working|not working|never arrived|still waiting|complaint|lawyer|refund"
    r"|doppelt abgebucht|kaputt|beschädigt|funktioniert nicht|nicht angekommen|beschwerde|anwalt|rückerstattung)\b"
    r"|تالف|مكسور|لا يعمل|لم يصل|شكوى|استرداد",
    re.IGNORECASE,
)


def propose_priority(text: str) -> Priority:
    """Return urgent or high when the contact's words say so in English, German or Arabic, else medium."""
    words = text.replace("’", "'")
    return "urgent" if _urgent.search(words) else "high" if _high.search(words) else "medium"


def propose_topic(found: Sequence[Found]) -> str:
    """The category that the articles found speak for, best first; General when even the best is far from the text."""
    if not found or found[0].score < LEAST_TOPIC_SCORE:
        return NO_TOPIC
    votes: dict[str, float] = defaultdict(float)
    for one in found[:VOTERS]:
        votes[one.article.category] += max(0.0, one.score - found[0].score / 2)
    return max(votes, key=lambda category: (votes[category], category))
