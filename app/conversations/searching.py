"""Conversations by the words in them: of messages, of the contact, of the ticket.

All words are looked for in one message or one ticket's title, or in the contact's name and address; or the first ones
in the contact and the others in a message ("mia stove"), or the other way round. The last word may be only begun. Of
what is found in many places the latest are taken, so that a word in every message costs little more than others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, column, false, func, insert, literal_column, select, table

from app.text import clean_line
from app.work import Rows, Work
from models import Contact, Conversation, Message, Ticket

MOST_WORDS = 8
MOST_FOUND = 1000
MOST_PARTED = 4
LONGEST_WORD = 100
SHORTEST_BEGINNING = 2
"""A single letter is looked for as a word: half of all words begin with it."""
COMMON = 20_000
"""On PostgreSQL, words that more messages hold than this are looked for in as many of the latest ones."""
BATCH = 100

_WORD = re.compile(r"[^\W_]+")
_MESSAGE_WORDS = table("message_words", column("rowid"), column("body"))
_CARD_WORDS = table("card_words", column("rowid"), column("contact_id"), column("conversation_id"))
_MESSAGE_NUMBER: ColumnElement[int] = literal_column("messages.rowid")


async def holding(rows: Rows, said: str, most: int = MOST_FOUND) -> list[ColumnElement[bool]]:
    """Conditions on conversations that hold these words, the latest so many; none when nothing was said."""
    line = clean_line(said)
    if not line:
        return []
    words = [word[:LONGEST_WORD].lower() for word in _WORD.findall(line)][:MOST_WORDS]
    if not words:
        return [false()]
    places = _OnPostgres(most) if rows.dialect == "postgresql" else _OnSqlite(most)
    found = {*await places.messages(rows, words), *await rows.all_beside(places.tickets(words))}
    found |= {*await rows.all_beside(places.of_contacts(words))}
    number = line.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) <= 18:
        found |= {*await rows.all(select(Ticket.conversation_id).where(Ticket.number == int(number)))}
    for place in range(1, len(words) if len(words) <= MOST_PARTED else 1):
        for who, what in ((words[:place], words[place:]), (words[place:], words[:place])):
            if theirs := {*await rows.all_beside(places.of_contacts(who))}:
                found |= theirs.intersection(await places.messages(rows, what))
    return [Conversation.id.in_(found) if found else false()]


def _begins(words: Sequence[str], place: int) -> bool:
    return place == len(words) - 1 and len(words[place]) >= SHORTEST_BEGINNING


class _Places:
    """Where words are looked for; of what is found in many places the latest `most`."""

    def __init__(self, most: int) -> None:
        self._most = most

    def contacts(self, words: Sequence[str]) -> Select[Any]:
        raise NotImplementedError

    def of_contacts(self, words: Sequence[str]) -> Select[str]:
        theirs = select(Conversation.id).where(Conversation.contact_id.in_(self.contacts(words)))
        return theirs.order_by(Conversation.id.desc()).limit(self._most)


class _OnPostgres(_Places):
    """The expressions are those of the indexes."""

    async def messages(self, rows: Rows, words: Sequence[str]) -> Sequence[str]:
        """Told to find the latest, the planner would read all messages from the end, and rare words take minutes."""
        held = self._holds("messages.body", words), Message.system.is_(None)
        fenced = select(Message.id, Message.conversation_id).where(*held).limit(COMMON).subquery()
        found = select(fenced.c.conversation_id, func.count().over()).order_by(fenced.c.id.desc()).limit(self._most)
        ids = await rows.rows(found)
        if not ids or ids[0][1] < COMMON:
            return [row[0] for row in ids]
        latest = select(Message.id, Message.conversation_id, Message.body, Message.system).order_by(Message.id.desc())
        messages = latest.limit(COMMON).subquery("messages")
        among = select(messages.c.conversation_id).where(self._holds("messages.body", words), messages.c.system.is_(None))
        return await rows.all(among.order_by(messages.c.id.desc()).limit(self._most))

    def tickets(self, words: Sequence[str]) -> Select[Any]:
        return select(Ticket.conversation_id).where(self._holds("tickets.title", words)).limit(self._most)

    def contacts(self, words: Sequence[str]) -> Select[Any]:
        of_it = self._holds("contacts.name || ' ' || coalesce(contacts.email, '')", words)
        return select(select(Contact.id).where(of_it).limit(self._most).subquery().c.id)

    def _holds(self, said: str, words: Sequence[str]) -> ColumnElement[bool]:
        asked = " & ".join(f"{word}:*" if _begins(words, place) else word for place, word in enumerate(words))
        held = literal_column(f"to_tsvector('simple', translate({said}, '@._-/:+&=?#%~,;''\"()[]{{}}<>|*!\\', repeat(' ', 32)))")
        return held.bool_op("@@")(func.to_tsquery(literal_column("'simple'"), asked))


class _OnSqlite(_Places):
    async def messages(self, rows: Rows, words: Sequence[str]) -> Sequence[str]:
        latest = self._matching(_MESSAGE_WORDS, words).with_only_columns(_MESSAGE_WORDS.c.rowid)
        return await rows.all_beside(select(Message.conversation_id).where(_MESSAGE_NUMBER.in_(latest)))

    def tickets(self, words: Sequence[str]) -> Select[Any]:
        found = self._matching(_CARD_WORDS, words).where(_CARD_WORDS.c.conversation_id.is_not(None))
        return found.with_only_columns(_CARD_WORDS.c.conversation_id)

    def contacts(self, words: Sequence[str]) -> Select[Any]:
        found = self._matching(_CARD_WORDS, words).where(_CARD_WORDS.c.contact_id.is_not(None))
        return select(found.with_only_columns(_CARD_WORDS.c.contact_id).subquery().c.contact_id)

    def _matching(self, where: Any, words: Sequence[str]) -> Select[Any]:
        asked = " AND ".join(f'"{word}"*' if _begins(words, place) else f'"{word}"' for place, word in enumerate(words))
        matches = literal_column(where.name).bool_op("MATCH")(asked)
        return select(where).where(matches).order_by(where.c.rowid.desc()).limit(self._most)


async def write_down_words(work: Work) -> bool:
    """On SQLite: put the messages that came since the last time into the index; whether there may be more.

    The number of a message's row is its number in the index, and the highest there is the mark: messages are only ever
    added, one writer after the other, so that nothing comes in behind it.
    """
    mark = await work.one(_MARK) or 0
    said = literal_column("CASE WHEN messages.system IS NULL THEN messages.body ELSE '' END")
    latest = select(_MESSAGE_NUMBER, said).select_from(Message).where(mark < _MESSAGE_NUMBER).order_by(_MESSAGE_NUMBER)
    return await work.change(insert(_MESSAGE_WORDS).from_select(["rowid", "body"], latest.limit(BATCH))) == BATCH


class HowFar(NamedTuple):
    """The numbers of the last message in the index and of the last there is."""

    written: int
    newest: int


async def how_far(rows: Rows) -> HowFar:
    """How far the index has come. On PostgreSQL, which keeps it itself, nothing is ever left to do."""
    if rows.dialect == "postgresql":
        return HowFar(0, 0)
    newest = select(func.max(_MESSAGE_NUMBER)).select_from(Message)
    return HowFar(await rows.one(_MARK) or 0, await rows.one(newest) or 0)


_MARK = select(_MESSAGE_WORDS.c.rowid).order_by(_MESSAGE_WORDS.c.rowid.desc()).limit(1)
