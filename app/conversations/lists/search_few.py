"""Words in few conversations: their contacts, tickets and messages are read, and no index is asked.

An index of words tells all messages that hold a word that many hold, of however many conversations, and what a list lets through
is often only a few of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.work import Rows
from models import Contact, Conversation, Message, Ticket

MAX_READ = 6000
"""So many messages are read rather than looked up."""
MAX_READ_OF_COMMON = 20_000
"""And so many when an index would tell more than it is worth."""
READ_AT_ONCE = 500
"""And then others get a turn."""
SHORTEST_BEGINNING = 2
"""A single letter is looked for as a word: half of all words begin with it."""
MAX_PARTED = 4

_OF_WORDS = r"[^\W_\u0300-\u036f]"


class Few(NamedTuple):
    """Conversations by their ids, and how many messages each may have."""

    ids: Sequence[str]
    sizes: Sequence[int]

    @property
    def size(self) -> int:
        """Return how many messages they may have together."""
        return sum(self.sizes)

    def in_parts(self) -> Iterator[Sequence[str]]:
        """Return ids of as many conversations as are read at once."""
        part: list[str] = []
        held = 0
        for id, size in zip(self.ids, self.sizes, strict=True):
            part.append(id)
            held += size
            if held >= READ_AT_ONCE:
                yield part
                part, held = [], 0
        if part:
            yield part


class Words:
    """Words a text has to hold, the last of which may be only begun."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._patterns = [
            re.compile(rf"(?<!{_OF_WORDS}){re.escape(word)}" + ("" if begins(words, place) else rf"(?!{_OF_WORDS})"))
            for place, word in enumerate(words)
        ]

    def are_in(self, text: str) -> bool:
        """Return whether the text, in small letters, holds them all."""
        return all(word in text for word in self._words) and all(pattern.search(text) for pattern in self._patterns)


def begins(words: Sequence[str], place: int) -> bool:
    """Return whether this word may be only the beginning of one."""
    return place == len(words) - 1 and len(words[place]) >= SHORTEST_BEGINNING


def parted(words: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Return the ways to look for some words in the contact and for the others in a message."""
    for place in range(1, len(words) if len(words) <= MAX_PARTED else 1):
        yield words[:place], words[place:]
        yield words[place:], words[:place]


async def found_in(rows: Rows, few: Few, words: Sequence[str]) -> set[str]:
    """Return those of them that hold the words."""
    found: set[str] = set()
    for part in few.in_parts():
        found |= await _found_in_part(rows, part, words)
    return found


async def _found_in_part(rows: Rows, ids: Sequence[str], words: Sequence[str]) -> set[str]:
    all_words = Words(words)
    ways = [(Words(who), Words(what)) for who, what in parted(words)]
    found: set[str] = set()
    wanted: dict[str, list[Words]] = {}
    for id, contact in await rows.rows_beside(_cards_of(ids)):
        of_contact = contact.lower()
        if all_words.are_in(of_contact):
            found.add(id)
        else:
            wanted[id] = [all_words, *(what for who, what in ways if who.are_in(of_contact))]
    found |= {id for id, title in await rows.rows_beside(_titles_of(ids)) if all_words.are_in(title.lower())}
    for id, body in await rows.rows_beside(_said_in([*wanted])):
        text = body.lower()
        if id not in found and any(one.are_in(text) for one in wanted[id]):
            found.add(id)
    return found


def _cards_of(ids: Sequence[str]) -> Any:
    """Return a query of each conversation's contact."""
    contact = Contact.name + " " + func.coalesce(Contact.email, "")
    return select(Conversation.id, contact).join(Contact, Contact.id == Conversation.contact_id).where(Conversation.id.in_(ids))


def _titles_of(ids: Sequence[str]) -> Any:
    """A query of its own: joined, PostgreSQL would read all tickets there are."""
    return select(Ticket.conversation_id, Ticket.title).where(Ticket.conversation_id.in_(ids))


def _said_in(ids: Sequence[str]) -> Any:
    return select(Message.conversation_id, Message.body).where(Message.system.is_(None), Message.conversation_id.in_(ids))
