"""Answers while the contact writes: found off the caller's path, the newest question of each conversation first."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from sqlalchemy import bindparam, select

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.events import SuggestionsReady
from app.contract.views import SuggestionView
from app.database.prepared import Prepared, prepared_by
from app.knowledge.cards import settle
from app.knowledge.context import MOST_WORDS, question_of
from app.knowledge.index import Found
from app.knowledge.library import Library
from app.knowledge.proposals import propose_title, propose_topic
from app.work import Announcement, Publisher, Works
from models import Conversation, Message

log = structlog.get_logger("suggest")

_MESSAGES = Message.__table__
_CONVERSATION = prepared_by(Conversation)
_LAST_TURNS = Prepared(
    select(_MESSAGES)
    .where(_MESSAGES.c.conversation_id == bindparam("conversation"), _MESSAGES.c.author_kind == "contact")
    .order_by(_MESSAGES.c.rev.desc())
    .limit(40),
    Message,
)

LEAST_FOR_AGENTS = 0.45
LEAST_FOR_VISITORS = 0.55
LEAST_FOR_SEARCH = 0.4
CANDIDATES = 8
MOST_FOUND = 5
MOST_AT_ONCE = 64
WITHIN_SECONDS = 1.0
REMEMBERED = 5_000
IDLE_UNDER_WAY = 4
FEWEST_WORDS = 24


def words_allowed(under_way: int) -> int:
    """How long a question may be while so many are being answered: in a rush, a short question for everybody is better
    than a late answer. Encoding takes about a third of a millisecond a word."""
    return MOST_WORDS if under_way <= IDLE_UNDER_WAY else max(FEWEST_WORDS, MOST_WORDS * IDLE_UNDER_WAY // under_way)


class Suggester:
    """Suggests passages for conversations, and finds them for whoever types a search.

    `least_for_agents` and `least_for_visitors` are the scores below which it keeps silent.
    """

    def __init__(
        self,
        works: Works,
        publisher: Publisher,
        library: Library,
        public_url: str,
        least_for_agents: float = LEAST_FOR_AGENTS,
        least_for_visitors: float = LEAST_FOR_VISITORS,
    ) -> None:
        self._works = works
        self._publisher = publisher
        self._library = library
        self._public_url = public_url.rstrip("/")
        self._least_for_agents = least_for_agents
        self._least_for_visitors = least_for_visitors
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._shown: OrderedDict[str, list[str]] = OrderedDict()

    def wanted(self, conversation_id: str) -> None:
        """Somebody may need an answer here now. Returns at once; what was begun for this conversation is dropped."""
        if older := self._under_way.get(conversation_id):
            older.cancel()
        task = asyncio.create_task(self._suggest(conversation_id), name="suggest")
        self._under_way[conversation_id] = task
        task.add_done_callback(lambda done: self._ended(conversation_id, done))

    def _ended(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        if self._under_way.get(conversation_id) is task:
            del self._under_way[conversation_id]
        if not task.cancelled() and (error := task.exception()):
            log.warning("no suggestions", conversation_id=conversation_id, error=repr(error)[:200])

    async def settle(self) -> None:
        """Wait until everything asked for so far is answered."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def search(self, query: str, *, for_visitor: bool, language: str = "") -> list[SuggestionView]:
        """Passages for what somebody has typed, finished or not; empty when nothing fits. With a `language` that some
        article is written in, only those in it."""
        found = await self._library.find(
            query, least=LEAST_FOR_SEARCH, most=MOST_FOUND, public_only=for_visitor, language=language
        )
        return [self._view(one) for one in found]

    async def propose(self, words: str) -> tuple[str, str]:
        """A title and a topic for a ticket about these words."""
        question = question_of(words.split("\n")) or words
        found = await self._library.find(question, least=0.0, most=CANDIDATES, public_only=False)
        return propose_title(words), propose_topic(found)

    async def _suggest(self, conversation_id: str) -> None:
        async with self._places:
            async with self._works.read() as rows:
                conversation = await rows.first(_CONVERSATION, key=conversation_id)
                messages = await rows.each(_LAST_TURNS, conversation=conversation_id)
            await asyncio.sleep(0)  # messages first: each half of this takes a millisecond or two
            question = question_of([message.body for message in reversed(messages)], words_allowed(len(self._under_way)))
            if conversation is None or not question:
                return
            found = await self._library.find(
                question, least=self._least_for_agents, most=CANDIDATES, public_only=False, within=WITHIN_SECONDS
            )
            self._publish(conversation, messages[0].seq or 0, found)

    def _publish(self, conversation: Conversation, seq: int, found: Sequence[Found]) -> None:
        had_cards = conversation.id in self._shown
        cards = settle(self._shown.get(conversation.id, []), found)
        if not cards and not had_cards:
            return
        self._remember(conversation.id, cards)
        self._publisher.publish(
            [Announcement(self._event(conversation, seq, cards), ToInboxAgents(inbox_id=conversation.inbox_id))]
        )
        if conversation.first_answered_at is None:
            certain = [one for one in cards if one.article.is_public and one.score >= self._least_for_visitors]
            self._publisher.publish(
                [Announcement(self._event(conversation, seq, certain), ToContact(contact_id=conversation.contact_id))]
            )

    def _remember(self, conversation_id: str, cards: Sequence[Found]) -> None:
        self._shown[conversation_id] = [one.article.id for one in cards]
        self._shown.move_to_end(conversation_id)
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    def _event(self, conversation: Conversation, seq: int, cards: Sequence[Found]) -> SuggestionsReady:
        return SuggestionsReady(conversation_id=conversation.id, seq=seq, suggestions=[self._view(one) for one in cards])

    def _view(self, found: Found) -> SuggestionView:
        """Internal articles have no address to send."""
        return SuggestionView(
            article_id=found.article.id,
            title=found.article.title,
            heading=found.piece.heading,
            passage=found.piece.text,
            url=f"{self._public_url}/help/{found.article.slug}" if found.article.is_public else "",
            score=found.score,
            why=found.why,
        )
