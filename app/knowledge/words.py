"""Words as the index compares them, and which of them say something."""

from __future__ import annotations

import re

_word = re.compile(r"\w+(?:[-'’.@/]\w+)*", re.UNICODE)
_identifier = re.compile(r"(?=.*\d)(?=.*[^\W\d_]).{2,}|\d{4,}|.*_.*", re.UNICODE)
_parts = re.compile(r"[-'’.@/]")

STOPWORDS = frozenset(
    "a about after again all also am an and any are as at be because been before being both but by can cannot could did do does"
    " doing don dont down during each few for from further get got had has have having he her here hers him his how i if in into"
    " is it its itself just ll me more most my no nor not now of off on once only or other our out over own please re s same she"
    " should so some such t than that the their them then there these they this those through to too under until up us ve very"
    " was we were what when where which while who why will with would you your yours im ive id cant want need like".split()
)
CHATTER = frozenset(
    "hi hello hey hiya howdy yo good morning afternoon evening day night dear sir madam team there everyone all anyone somebody"
    " someone anybody thanks thank thx ty cheers you so very much many lot appreciate appreciated it ok okay k kk yes yeah yep yup"
    " no nope nah sure fine great perfect awesome excellent cool nice wonderful brilliant super lovely alright right got that this is"
    " are how well bye goodbye see later take care have a an i im am do did what who test testing ping lol haha hmm um uh oh ah wow"
    " please one moment minute sec second wait just hold on back again still me my name question quick help sorry worries problem"
    " welcome help helps helped helpful happy for and the to of your can could would may ask be in with speak talk human person agent real bot robot need want"
    " hola gracias bonjour merci hallo danke ciao grazie ola obrigado".split()
)


def terms(text: str) -> list[str]:
    """The text's words in order, lower case, without stopwords, singular. A compound also counts as its parts."""
    return [stem for stem, _ in terms_with_surface(text)]


def terms_with_surface(text: str) -> list[tuple[str, str]]:
    """Return the terms of a text, each with the word as it was written."""
    found: list[tuple[str, str]] = []
    for match in _word.finditer(text):
        written = match.group()
        word = written.lower()
        if word not in STOPWORDS:
            found.append((_singular(word), written))
        if len(parts := _parts.split(word)) > 1:
            found += ((_singular(part), part) for part in parts if len(part) > 1 and part not in STOPWORDS)
    return found


def identifiers(text: str) -> set[str]:
    """Terms that name one particular thing, such as E-1042, http2 or MAX_SIZE: meaning cannot find those, spelling can."""
    return {_singular(word.lower()) for word in _word.findall(text) if _identifier.fullmatch(word)}


def is_chatter(text: str) -> bool:
    """Return whether this is a greeting, thanks or assent with nothing in it to look up."""
    return all(word.lower() in CHATTER for word in re.findall(r"[^\W_]+", text.replace("'", "").replace("’", "")))


def _singular(word: str) -> str:
    if len(word) < 4 or not word.isalpha() or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word.removesuffix("s")
