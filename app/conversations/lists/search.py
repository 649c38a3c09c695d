"""Conversations by the words in them: of messages, of the contact, of the ticket.

All words are looked for in one message or one ticket's title, or in the contact's name and address; or the first ones
in the contact and the others in a message ("mia stove"), or the other way round. The last word may be only begun. Only
what the list lets through is looked at, and of that the latest are taken, so that a word in every message costs little
more than others, and none is lost to conversations the list would not show. When that has few messages they are read
(`search_few.py`); else an index finds the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, column, false, func, insert, literal_column, select, table

from app.conversations.lists import search_few
from app.conversations.lists.search_few import Few, begins, found_in, parted
from app.text import clean_line
from app.work import Rows, Work
from models import Contact, Conversation, Message, Ticket

MAX_WORDS = 8
MAX_FOUND = 1000
MESSAGES_EACH = 8
"""How many messages that hold the words are read for each conversation to be found; one has about so many."""
FEW = 2000
"""When the list lets no more through than this, the words are looked for in these, and not the other way round."""
LONGEST_WORD = 100
COMMON = 20_000
"""On PostgreSQL, words that more messages hold than this are looked for in as many of the latest ones."""
COMMON_IN_SQLITE = 2000
BATCH = 100
MANY_UNREAD = 2000
"""More messages than wait for the index in a busy hour."""

_WORD = re.compile(r"[^\W_]+")
_MESSAGE_WORDS = table("message_words", column("rowid"), column("body"))
_CARD_WORDS = table("card_words", column("rowid"), column("contact_id"), column("conversation_id"))
_MESSAGE_NUMBER: ColumnElement[int] = literal_column("messages.rowid")


async def with_words(
    rows: Rows, said: str, conditions: Sequence[ColumnElement[bool]] = (), most: int = MAX_FOUND
) -> list[ColumnElement[bool]]:
    """Conditions on conversations that hold these words and meet `conditions`, the latest so many; none when nothing was
    said."""
    line = clean_line(said)
    if not line:
        return []
    words = [word[:LONGEST_WORD].lower() for word in _WORD.findall(line)][:MAX_WORDS]
    if not words:
        return [false()]
    found = await _found(rows, line, words, await _among(rows, conditions), most)
    return [Conversation.id.in_(found) if found else false()]


async def _found(rows: Rows, line: str, words: Sequence[str], among: Among, most: int) -> set[str]:
    if among.few is not None and await _is_read(rows, among.few, words):
        return await found_in(rows, among.few, words) | {*await _numbered(rows, line)}
    places = _OnPostgres(among, most) if rows.dialect == "postgresql" else _OnSqlite(among, most)
    found = {*await places.messages(rows, words), *await rows.all_in_thread(places.tickets(words))}
    found |= {*await rows.all_in_thread(places.of_contacts(words))}
    found |= {*await _numbered(rows, line)}
    for who, what in parted(words):
        if theirs := await rows.all_in_thread(places.of_contacts(who)):
            found |= {*await type(places)(Among(among.conditions, theirs), most).messages(rows, what)}
    return found


async def _is_read(rows: Rows, few: Few, words: Sequence[str]) -> bool:
    """Return whether reading their messages takes less than asking the index. SQLite says in no time whether many hold a
    word as it stands, and with only its beginning gathers all that do."""
    if few.size <= search_few.MAX_READ:
        return True
    if rows.dialect != "sqlite" or few.size > search_few.MAX_READ_OF_COMMON:
        return False
    whole = literal_column("message_words").bool_op("MATCH")(" AND ".join(f'"{word}"' for word in words))
    held = await rows.all_in_thread(select(_MESSAGE_WORDS.c.rowid).where(whole).limit(COMMON_IN_SQLITE))
    return len(held) == COMMON_IN_SQLITE


async def _numbered(rows: Rows, line: str) -> Sequence[str]:
    number = line.removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return []
    return await rows.all(select(Ticket.conversation_id).where(Ticket.number == int(number)))


class Among(NamedTuple):
    """The conversations a search looks at: those that meet the conditions; by their ids, when they are few."""

    conditions: Sequence[ColumnElement[bool]]
    ids: Sequence[str] | None
    few: Few | None = None

    def has(self, id: Any) -> ColumnElement[bool]:
        """Return whether the conversation with this id is one of them."""
        if self.ids is not None:
            return id.in_(self.ids)
        return select(Conversation.id).where(Conversation.id == id, *self.conditions).exists()

    @property
    def itself(self) -> ColumnElement[bool]:
        """Return the same of a query that reads conversations already."""
        return Conversation.id.in_(self.ids) if self.ids is not None else and_(*self.conditions)


async def _among(rows: Rows, conditions: Sequence[ColumnElement[bool]]) -> Among:
    if not conditions:
        return Among([Conversation.id.is_not(None)], None)
    let_through: Any = select(Conversation.id, Conversation.rev).where(*conditions).limit(FEW + 1)
    found = await rows.rows_beside(let_through)
    if len(found) > FEW:
        return Among(conditions, None)
    few = Few([row[0] for row in found], [row[1] for row in found])
    return Among(conditions, few.ids, few)


class _Places:
    """The places where words are looked for; of what is found in many places the latest `most`."""

    def __init__(self, among: Among, most: int) -> None:
        self._among = among
        self._most = most

    def _latest(self, ids: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(ids))[: self._most]


class _OnPostgres(_Places):
    """The expressions are those of the indexes."""

    async def messages(self, rows: Rows, words: Sequence[str]) -> Sequence[str]:
        """Told to find the latest, the planner would read all messages from the end, and rare words take minutes."""
        held = self._holds("messages.body", words), Message.system.is_(None), self._among.has(Message.conversation_id)
        if self._among.ids is not None:
            theirs = select(Message.conversation_id).where(*held).group_by(Message.conversation_id)
            return await rows.all(theirs.order_by(func.max(Message.created_at).desc()).limit(self._most))
        fenced = select(Message.id, Message.conversation_id).where(*held).limit(COMMON).subquery()
        found = select(fenced.c.conversation_id, func.count().over()).order_by(fenced.c.id.desc())
        ids = await rows.rows(found.limit(self._most * MESSAGES_EACH))
        if not ids or ids[0][1] < COMMON:
            return self._latest([row[0] for row in ids])
        latest = select(Message.id, Message.conversation_id, Message.body, Message.system).order_by(Message.id.desc())
        messages = latest.where(self._among.has(Message.conversation_id)).limit(COMMON).subquery("messages")
        among = select(messages.c.conversation_id).where(self._holds("messages.body", words), messages.c.system.is_(None))
        return self._latest(await rows.all(among.order_by(messages.c.id.desc()).limit(self._most * MESSAGES_EACH)))

    def tickets(self, words: Sequence[str]) -> Select[Any]:
        held = self._holds("tickets.title", words), self._among.has(Ticket.conversation_id)
        return select(Ticket.conversation_id).where(*held).limit(self._most)

    def of_contacts(self, words: Sequence[str]) -> Select[str]:
        of_it = self._holds("contacts.name || ' ' || coalesce(contacts.email, '')", words)
        theirs = select(Conversation.id).where(Conversation.contact_id.in_(select(Contact.id).where(of_it)), self._among.itself)
        return theirs.order_by(Conversation.id.desc()).limit(self._most)

    def _holds(self, said: str, words: Sequence[str]) -> ColumnElement[bool]:
        asked = " & ".join(f"{word}:*" if begins(words, place) else word for place, word in enumerate(words))
        held = literal_column(f"to_tsvector('simple', translate({said}, '@._-/:+&=?#%~,;''\"()[]{{}}<>|*!\\', repeat(' ', 32)))")
        return held.bool_op("@@")(func.to_tsquery(literal_column("'simple'"), asked))


class _OnSqlite(_Places):
    async def messages(self, rows: Rows, words: Sequence[str]) -> Sequence[str]:
        """Of few conversations, those of their messages that the index has; of many, the index is read from its end. A
        word that is only begun cannot be looked up message by message: each time the index would gather all that begins
        so."""
        if self._among.ids is not None:
            held = select(_MESSAGE_WORDS.c.rowid).where(self._matches(_MESSAGE_WORDS, words))
            theirs = select(Message.conversation_id).where(self._among.has(Message.conversation_id), _MESSAGE_NUMBER.in_(held))
            theirs = theirs.group_by(Message.conversation_id).order_by(func.max(_MESSAGE_NUMBER).desc())
            return await rows.all_in_thread(theirs.limit(self._most))
        latest = (
            select(Message.conversation_id)
            .join_from(_MESSAGE_WORDS, Message, _MESSAGE_WORDS.c.rowid == _MESSAGE_NUMBER)
            .where(self._matches(_MESSAGE_WORDS, words), self._among.has(Message.conversation_id))
            .order_by(_MESSAGE_WORDS.c.rowid.desc())
            .limit(self._most * MESSAGES_EACH)
        )
        return self._latest(await rows.all_in_thread(latest))

    def tickets(self, words: Sequence[str]) -> Select[Any]:
        id = _CARD_WORDS.c.conversation_id
        held = select(id).where(self._matches(_CARD_WORDS, words), id.is_not(None), self._among.has(id))
        return held.order_by(_CARD_WORDS.c.rowid.desc()).limit(self._most)

    def of_contacts(self, words: Sequence[str]) -> Select[str]:
        named = select(_CARD_WORDS.c.contact_id).where(self._matches(_CARD_WORDS, words), _CARD_WORDS.c.contact_id.is_not(None))
        theirs = select(Conversation.id).where(Conversation.contact_id.in_(named), self._among.itself)
        return theirs.order_by(Conversation.id.desc()).limit(self._most)

    def _matches(self, where: Any, words: Sequence[str]) -> ColumnElement[bool]:
        asked = " AND ".join(f'"{word}"*' if begins(words, place) else f'"{word}"' for place, word in enumerate(words))
        return literal_column(where.name).bool_op("MATCH")(asked)


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
    """Return how far the index has come. On PostgreSQL, which keeps it itself, nothing is ever left to do."""
    if rows.dialect == "postgresql":
        return HowFar(0, 0)
    newest = select(func.max(_MESSAGE_NUMBER)).select_from(Message)
    return HowFar(await rows.one(_MARK) or 0, await rows.one(newest) or 0)


async def is_far_behind(rows: Rows) -> bool:
    """Return whether a search would miss more than what was said in the last minutes."""
    written, newest = await how_far(rows)
    return newest - written > MANY_UNREAD


_MARK = select(_MESSAGE_WORDS.c.rowid).order_by(_MESSAGE_WORDS.c.rowid.desc()).limit(1)
