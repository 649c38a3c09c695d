"""Answers while the contact writes: found off the caller's path, the newest question of each conversation first."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from sqlalchemy import bindparam, select

from app.contract.articles import ArticlesFound, SuggestionsReady, SuggestionView
from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.new_tickets import TicketProposal
from app.database.prepared import Prepared, prepared_by
from app.errors import NotFound
from app.knowledge.cards import MAX_CARDS, settle
from app.knowledge.context import MAX_WORDS, question_of
from app.knowledge.index import Found
from app.knowledge.library import Library, LookedUp
from app.knowledge.proposals import LIKELY_TOPIC_SCORE, NO_TOPIC, propose_priority, propose_title, propose_topic
from app.people.inboxes import shows_suggestions
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
MAX_FOUND = 5
MAX_AT_ONCE = 64
WITHIN_SECONDS = 1.0
REMEMBERED = 5_000
MAX_REPEATS = 200
IDLE_UNDER_WAY = 4
FEWEST_WORDS = 24


def words_allowed(under_way: int) -> int:
    """Return how many words a question may have while so many are being answered: in a rush, a short question for everybody
    is better than a late answer. Encoding takes about a third of a millisecond a word.
    """
    return MAX_WORDS if under_way <= IDLE_UNDER_WAY else max(FEWEST_WORDS, MAX_WORDS * IDLE_UNDER_WAY // under_way)


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
        self._places = asyncio.Semaphore(MAX_AT_ONCE)
        self._shown: OrderedDict[str, list[str]] = OrderedDict()
        self._to_repeat: OrderedDict[str, None] = OrderedDict()
        library.when_encoded(self.repeat)

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
        return (await self.look_up(query, for_visitor=for_visitor, language=language)).suggestions

    async def look_up(self, query: str, *, for_visitor: bool, language: str = "") -> ArticlesFound:
        """Search like `search`, and say whether words alone found the answers."""
        looked_up = await self._library.look_up(
            query, least=LEAST_FOR_SEARCH, most=MAX_FOUND, public_only=for_visitor, language=language
        )
        return self._reply(looked_up)

    async def suggest_for(self, conversation_id: str) -> ArticlesFound:
        """Passages for what a conversation's contact asks for; empty when they have asked for nothing yet. Raises NotFound."""
        conversation, _, question = await self._question_in(conversation_id)
        if conversation is None:
            raise NotFound("conversation", conversation_id)
        if not question:
            return ArticlesFound(suggestions=[], is_by_words=False)
        looked_up = await self._look_up_question(question, MAX_CARDS)
        return self._reply(looked_up)

    async def propose(self, words: str) -> tuple[str, str]:
        """A title and a topic for a ticket about these words. While only words can be compared, the topic stays open: a
        wrong one is worse than none."""
        question = question_of(words.split("\n")) or words
        looked_up = await self._library.look_up(question, least=0.0, most=CANDIDATES, public_only=False)
        return propose_title(words), NO_TOPIC if looked_up.is_by_words else propose_topic(looked_up.found)

    async def likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """Return how near each text is to one in meaning, 1 at most; empty while nothing can be compared."""
        return await self._library.likeness(text, others)

    async def propose_ticket(self, words: str) -> TicketProposal:
        """A title, a topic and a priority for words that are being written, and how sure the topic is."""
        looked_up = await self._library.look_up(words, least=0.0, most=CANDIDATES, public_only=False)
        topic = NO_TOPIC if looked_up.is_by_words else propose_topic(looked_up.found)
        sure = "none" if topic == NO_TOPIC else "likely" if looked_up.found[0].score >= LIKELY_TOPIC_SCORE else "maybe"
        return TicketProposal(
            title=propose_title(words),
            topic="" if sure == "none" else topic,
            topic_confidence=sure,
            priority=propose_priority(words),
        )

    async def _suggest(self, conversation_id: str) -> None:
        async with self._places:
            conversation, seq, question = await self._question_in(conversation_id)
            if conversation is None or not question:
                return
            looked_up = await self._look_up_question(question, CANDIDATES)
            async with self._works.read() as rows:
                is_shown = await shows_suggestions(rows, conversation.inbox_id)
            self._publish(conversation, seq, looked_up, to_contact=is_shown)

    async def _question_in(self, conversation_id: str) -> tuple[Conversation | None, int, str]:
        """A conversation, its contact's last message, and what they ask for."""
        async with self._works.read() as rows:
            conversation = await rows.first(_CONVERSATION, key=conversation_id)
            messages = await rows.all_prepared(_LAST_TURNS, conversation=conversation_id)
        await asyncio.sleep(0)  # messages first: each half of this takes a millisecond or two
        question = question_of([message.body for message in reversed(messages)], words_allowed(len(self._under_way)))
        return conversation, (messages[0].seq or 0) if messages else 0, question

    async def _look_up_question(self, question: str, most: int) -> LookedUp:
        return await self._library.look_up(
            question, least=self._least_for_agents, most=most, public_only=False, within=WITHIN_SECONDS
        )

    def _publish(self, conversation: Conversation, seq: int, looked_up: LookedUp, *, to_contact: bool) -> None:
        """Tell agents, and the contact of an inbox that shows articles while nobody has answered. What was found by words alone is too uncertain for the
        contact; it is looked up again once articles are encoded."""
        found = looked_up.found
        if looked_up.is_by_words:
            self._to_repeat[conversation.id] = None
            while len(self._to_repeat) > MAX_REPEATS:
                self._to_repeat.popitem(last=False)
        had_cards = conversation.id in self._shown
        cards = settle(self._shown.get(conversation.id, []), found)
        if not cards and not had_cards:
            return
        self._remember(conversation.id, cards)
        self._publisher.publish(
            [
                Announcement(
                    self._event(conversation, seq, cards, is_by_words=looked_up.is_by_words),
                    ToInboxAgents(inbox_id=conversation.inbox_id),
                )
            ]
        )
        if to_contact and conversation.first_answered_at is None and not looked_up.is_by_words:
            certain = [one for one in cards if one.article.is_public and one.score >= self._least_for_visitors]
            self._publisher.publish(
                [
                    Announcement(
                        self._event(conversation, seq, certain, is_by_words=False), ToContact(contact_id=conversation.contact_id)
                    )
                ]
            )

    def repeat(self) -> None:
        """Articles are encoded: look again where only words could be compared."""
        again, self._to_repeat = self._to_repeat, OrderedDict()
        for conversation_id in again:
            self.wanted(conversation_id)

    def _remember(self, conversation_id: str, cards: Sequence[Found]) -> None:
        self._shown[conversation_id] = [one.article.id for one in cards]
        self._shown.move_to_end(conversation_id)
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    def _event(self, conversation: Conversation, seq: int, cards: Sequence[Found], *, is_by_words: bool) -> SuggestionsReady:
        return SuggestionsReady(
            conversation_id=conversation.id,
            seq=seq,
            suggestions=[self._view(one) for one in cards],
            is_by_words=is_by_words,
        )

    def _reply(self, looked_up: LookedUp) -> ArticlesFound:
        return ArticlesFound(suggestions=[self._view(one) for one in looked_up.found], is_by_words=looked_up.is_by_words)

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
