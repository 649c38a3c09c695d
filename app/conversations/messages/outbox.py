"""The outbox: messages that arrive while others are being written go to the database together.

What a batch costs (a turn, a transaction, an fsync or a round trip) is shared by everybody in it, and nobody waits for
a clock: one batch is collected while the one before it is under way. A batch takes messages that only write themselves, at most one a
conversation. All others go through the verbs in `send.py`, which do their steps or refuse them by the same decision.
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

from app.clock import not_before
from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.messages import AgentSendMessage, MessageCreated, MessageView, VisitorSendMessage
from app.conversations.messages.asked_message import AskedMessage, asked_message
from app.conversations.messages.decide import Situation, Written, decide
from app.conversations.messages.send import post_agent_message, post_visitor_message
from app.conversations.messages.situation import load_on_postgres, load_on_sqlite
from app.conversations.messages.store import Letter, store_on_postgres, store_on_sqlite
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import Permission
from app.work import Announcement, Works

log = structlog.get_logger("outbox")

MAX_IN_A_BATCH = 64
"""Their statements take about three milliseconds of the event loop on SQLite."""

Author = Visitor | SignedInAgent
Post = VisitorSendMessage | AgentSendMessage
Answered = Callable[[MessageView | Exception], None]


class Posted(Struct):
    """A message handed in, and who waits to hear what became of it."""

    author: Author
    post: Post
    asked: AskedMessage
    answered: Answered


class MessageOutbox:
    """The outbox that messages are handed to."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._waiting: deque[Posted] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._by_verb: set[asyncio.Task[None]] = set()

    def post(self, author: Author, post: Post, answered: Answered) -> None:
        """Write a message. `answered` is called once: with the message when it is durable and told, or with what the verb
        raised. Whoever posts their next message after that keeps their order."""
        if post.attachment_ids or (isinstance(author, SignedInAgent) and not may_write(author)):
            self._post_by_verb(author, post, answered)
            return
        self._waiting.append(Posted(author, post, asked_message(author, post), answered))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="outbox")

    async def send(self, author: Author, post: Post) -> MessageView:
        """Write a message and wait: return it, or raise what the verb raised."""
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
                    log.info("batch undone", error=repr(error)[:200], messages=len(batch.posted))
                    batch.written.clear()
                    batch.posted = batch.posted or self._take()
                for one in batch.posted:
                    if one.asked.id not in batch.written:
                        self._post_by_verb(one.author, one.post, one.answered)
                await asyncio.sleep(0)  # what was told and answered leaves before the next are written
        finally:
            self._writer = None

    def _take(self) -> list[Posted]:
        """Take the waiting messages, oldest first; the second of a conversation, or of a key, waits for the next batch."""
        taken: list[Posted] = []
        later: list[Posted] = []
        seen: set[str] = set()
        while self._waiting and len(taken) < MAX_IN_A_BATCH:
            one = self._waiting.popleft()
            asked = one.asked
            key = f"{asked.author_id} {asked.client_id}"
            if asked.conversation_id in seen or key in seen:
                later.append(one)
            else:
                taken.append(one)
            seen.add(asked.conversation_id)
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

    def __init__(self, take: Callable[[], list[Posted]], works: Works) -> None:
        self.posted: list[Posted] = []
        self.written: set[str] = set()
        self.announcements: list[Announcement] = []
        self.has_jobs = False
        self._take = take
        self._works = works
        self._answers: list[tuple[Answered, MessageView]] = []

    def on_sqlite(self, connection: sqlite3.Connection) -> None:
        asked, now = self._begin()
        letters = _letters_of(asked, load_on_sqlite(connection, asked), now)
        if letters:
            self.has_jobs = store_on_sqlite(connection, letters, now, now + self._works.unread_after)
            self._announce(letters, {letter.asked.id for letter in letters})

    async def on_postgres(self, connection: asyncpg.Connection) -> None:
        asked, now = self._begin()
        letters = _letters_of(asked, await load_on_postgres(connection, asked), now)
        if letters:
            written, self.has_jobs = await store_on_postgres(connection, letters, now, now + self._works.unread_after)
            self._announce(letters, written)

    def answer(self) -> None:
        """Answer the writers."""
        for answered, message in self._answers:
            answered(message)

    def _begin(self) -> tuple[list[AskedMessage], datetime]:
        self.posted = self._take()
        return [one.asked for one in self.posted], self._works.clock()

    def _announce(self, letters: list[Letter], written: set[str]) -> None:
        """As `announce_message` does."""
        self.written = written
        answered = {one.asked.id: one.answered for one in self.posted}
        for letter in letters:
            asked, situation = letter.asked, letter.situation
            if asked.id not in written:
                continue
            answer = for_agents = letter.view(for_agents=True)
            self.announcements.append(
                Announcement(MessageCreated(message=for_agents), ToInboxAgents(inbox_id=situation.inbox_id))
            )
            if asked.kind != "note":
                for_contact = letter.view(for_agents=False)
                self.announcements.append(
                    Announcement(MessageCreated(message=for_contact), ToContact(contact_id=situation.contact_id))
                )
                if asked.kind == "contact":
                    answer = for_contact
            self._answers.append((answered[asked.id], answer))


def may_write(agent: SignedInAgent) -> bool:
    """Return if the agent's messages need no refusal by the verb."""
    return all(agent.inboxes_for(one) is None for one in (Permission.REPLY, Permission.VIEW_CONVERSATIONS))


def _letters_of(asked: list[AskedMessage], situations: dict[str, Situation], now: datetime) -> list[Letter]:
    """Return those that only write themselves; the verb does or refuses all others."""
    letters: list[Letter] = []
    for one in asked:
        situation = situations.get(one.id)
        if situation is None:
            continue
        at = not_before(now, situation.latest)
        decision = decide(situation, one, at)
        if type(decision) is Written:
            letters.append(Letter(one, situation, decision.values, at))
    return letters
