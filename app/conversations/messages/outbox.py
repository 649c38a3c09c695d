"""Posting: messages that arrive while others are being written go to the database together.

What a batch costs (a turn, a transaction, an fsync or a round trip) is shared by everybody in it, and nobody waits for
a clock: one batch is collected while the one before it is under way. A batch takes plain messages only, at most one a
conversation. All others, and those a batch did not admit, go through the verbs, which are the truth: slower, and with
every rule and refusal.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from datetime import datetime

import asyncpg
import structlog
from msgspec import Struct

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.commands import AgentSendMessage, VisitorSendMessage
from app.contract.events import MessageCreated
from app.contract.views import MessageView
from app.conversations.messages.plain import Plain, plain_of
from app.conversations.messages.plain_on_postgres import write_on_postgres
from app.conversations.messages.plain_on_sqlite import write_on_sqlite
from app.conversations.messages.send import post_agent_message, post_visitor_message
from app.people.actors import SignedInAgent, Visitor
from app.work import Announcement, Works

log = structlog.get_logger("posting")

MAX_IN_A_BATCH = 64
"""Their statements take about three milliseconds of the event loop on SQLite."""

Author = Visitor | SignedInAgent
Post = VisitorSendMessage | AgentSendMessage
Answered = Callable[[MessageView | Exception], None]


class Letter(Struct):
    """A message on its way, and whom to tell what became of it."""

    author: Author
    post: Post
    plain: Plain
    answered: Answered


class Posting:
    """Where messages are handed in."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._waiting: deque[Letter] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._by_verb: set[asyncio.Task[None]] = set()

    def post(self, author: Author, post: Post, answered: Answered) -> None:
        """Write a message. `answered` is called once: with the message when it is durable and told, or with what the verb
        raised. Whoever posts their next message after that keeps their order."""
        plain = plain_of(author, post)
        if plain is None:
            self._post_by_verb(author, post, answered)
            return
        self._waiting.append(Letter(author, post, plain, answered))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="posting")

    async def send(self, author: Author, post: Post) -> MessageView:
        """The same for whoever can wait: the message, or what the verb raised."""
        answer: asyncio.Future[MessageView | Exception] = asyncio.get_running_loop().create_future()
        self.post(author, post, lambda found: None if answer.done() else answer.set_result(found))
        found = await answer
        if isinstance(found, Exception):
            raise found
        return found

    async def settle(self) -> None:
        """Wait until everything handed in is answered."""
        while self._writer is not None or self._by_verb:
            await asyncio.wait([task for task in (self._writer, *self._by_verb) if task is not None])

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch = Batch(self._take, self._works)
                try:
                    await self._works.run_batch(batch, batch.answer)
                except Exception as error:  # noqa: BLE001 - whatever a batch cannot do, the verbs do or refuse
                    log.info("batch undone", error=repr(error)[:200], messages=len(batch.letters))
                    batch.admitted.clear()
                    batch.letters = batch.letters or self._take()
                for letter in batch.letters:
                    if letter.plain.id not in batch.admitted:
                        self._post_by_verb(letter.author, letter.post, letter.answered)
                await asyncio.sleep(0)  # what was told and answered leaves before the next are written
        finally:
            self._writer = None

    def _take(self) -> list[Letter]:
        """Those who wait, oldest first; the second of a conversation, or of a key, waits for the next batch."""
        taken: list[Letter] = []
        later: list[Letter] = []
        seen: set[str] = set()
        while self._waiting and len(taken) < MAX_IN_A_BATCH:
            letter = self._waiting.popleft()
            plain = letter.plain
            key = f"{plain.author_id} {plain.client_id}"
            if plain.conversation_id in seen or key in seen:
                later.append(letter)
            else:
                taken.append(letter)
            seen.add(plain.conversation_id)
            seen.add(key)
        self._waiting.extendleft(reversed(later))
        return taken

    def _post_by_verb(self, author: Author, post: Post, answered: Answered) -> None:
        task = asyncio.create_task(self._run_verb(author, post, answered), name="post by verb")
        self._by_verb.add(task)
        task.add_done_callback(self._by_verb.discard)

    async def _run_verb(self, author: Author, post: Post, answered: Answered) -> None:
        try:
            if isinstance(author, Visitor):
                assert isinstance(post, VisitorSendMessage)
                message = await self._works.run(post_visitor_message, author, post)
            else:
                assert isinstance(post, AgentSendMessage)
                message = await self._works.run(post_agent_message, author, post)
        except Exception as error:  # noqa: BLE001 - it is the answer
            answered(error)
        else:
            answered(message)


class Batch:
    """Messages that are written together. Who is in it is decided when the database's turn has come."""

    def __init__(self, take: Callable[[], list[Letter]], works: Works) -> None:
        self.letters: list[Letter] = []
        self.admitted: set[str] = set()
        self.announcements: list[Announcement] = []
        self.has_jobs = False
        self._take = take
        self._works = works
        self._answers: list[tuple[Answered, MessageView]] = []

    def on_sqlite(self, connection: sqlite3.Connection) -> None:
        now = self._begin()
        written, self.has_jobs = write_on_sqlite(connection, self._messages(), now, now + self._works.unread_after)
        self._announce(written)

    async def on_postgres(self, connection: asyncpg.Connection) -> None:
        now = self._begin()
        written, self.has_jobs = await write_on_postgres(connection, self._messages(), now, now + self._works.unread_after)
        self._announce(written)

    def answer(self) -> None:
        """Tell the writers."""
        for answered, message in self._answers:
            answered(message)

    def _begin(self) -> datetime:
        self.letters = self._take()
        return self._works.clock()

    def _messages(self) -> list[Plain]:
        return [letter.plain for letter in self.letters]

    def _announce(self, written: list[Plain]) -> None:
        """As `announce_message` does."""
        self.admitted = {one.id for one in written}
        for letter in self.letters:
            one = letter.plain
            if one.id not in self.admitted:
                continue
            for_agents = one.view(for_agents=True)
            answer = for_agents
            self.announcements.append(
                Announcement(MessageCreated(message=for_agents), ToInboxAgents(inbox_id=one.inbox_id or ""))
            )
            if one.kind != "note":
                for_contact = one.view(for_agents=False)
                self.announcements.append(Announcement(MessageCreated(message=for_contact), ToContact(contact_id=one.contact_id)))
                if one.kind == "contact":
                    answer = for_contact
            self._answers.append((letter.answered, answer))
