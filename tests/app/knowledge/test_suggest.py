"""The contact writes, and what may answer appears: for agents, and for the contact until somebody has answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from app.clock import new_id
from app.contract.articles import SuggestionsReady
from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.conversations import StartConversation
from app.contract.messages import MessageCreated, VisitorSendMessage
from app.conversations.messages.first_message import start_conversation
from app.conversations.messages.send import post_visitor_message
from app.errors import NotFound
from app.knowledge.articles import publish_article
from app.knowledge.embedder import Matrix, NoEmbedder
from app.knowledge.library import Library, embed_article
from app.knowledge.proposals import NO_TOPIC
from app.knowledge.suggest import Suggester, words_allowed
from app.knowledge.words import terms
from app.people.actors import Visitor
from app.people.tokens import new_secret
from app.reactions import Reactions
from app.work import Work, Works
from models import Article, Conversation, Inbox
from tests.app.knowledge.conftest import RecordingPublisher
from tests.app.knowledge.help_centre import draft

pytestmark = pytest.mark.asyncio(loop_scope="session")

ARTICLES = [
    draft("When will I get my refund?", "Refunds are paid within five days of the return.", "Returns"),
    draft("Return an item", "You have 60 days. Print the label and drop the parcel off.", "Returns"),
    draft("Care for lamps", "Wipe them with a dry cloth.", "Care"),
]


class Desk:
    """A conversation that a contact writes in, and what was suggested."""

    def __init__(self, works: Works, publisher: RecordingPublisher, suggester: Suggester, visitor: Visitor) -> None:
        self.works = works
        self.suggester = suggester
        self.conversation_id = ""
        self._publisher = publisher
        self._visitor = visitor

    async def write(self, *bodies: str) -> None:
        """Messages in quick succession, then time to think."""
        for body in bodies:
            if self.conversation_id:
                command = VisitorSendMessage(client_id=new_id(), conversation_id=self.conversation_id, body=body)
                await self.works.run(post_visitor_message, self._visitor, command)
            else:
                started = await self.works.run(
                    start_conversation, self._visitor, StartConversation(client_id=new_id(), body=body)
                )
                self.conversation_id = started.conversation.id
        for _ in bodies:
            self.suggester.wanted(self.conversation_id)
        await self.suggester.settle()

    def suggested(self, audience: type[ToInboxAgents | ToContact] = ToInboxAgents) -> list[list[str]]:
        """The titles of each SuggestionsReady that this audience was sent."""
        return [[card.title for card in event.suggestions] for event in self.events(audience)]

    def events(self, audience: type[ToInboxAgents | ToContact] = ToInboxAgents) -> Sequence[SuggestionsReady]:
        return [
            announcement.event
            for announcement in self._publisher.announcements
            if isinstance(announcement.event, SuggestionsReady) and isinstance(announcement.to, audience)
        ]


@pytest_asyncio.fixture(loop_scope="session")
async def desk(works: Works, publisher: RecordingPublisher) -> AsyncIterator[Desk]:
    for article in ARTICLES:
        await works.run(publish_article, article)
    inbox = Inbox(
        id=new_id(), key="shop", name="Shop", channel="chat", greeting="", color="#000000", locale="en", allowed_origins=[],
        identity_secret=new_secret(), asks_email=False, created_at=works.clock(),
    )  # fmt: skip

    async def add(work: Work) -> None:
        await work.add(inbox)

    await works.run(add)
    library = Library(works, NoEmbedder())
    await library.refresh()
    return Desk(
        works,
        publisher,
        Suggester(works, publisher, library, "https://desk.example/"),
        Visitor(contact_id=new_id(), inbox_id=inbox.id),
    )


async def test_a_question_brings_the_passage_that_answers_it(desk: Desk):
    await desk.write("when will I get my refund?")
    (event,) = desk.events()
    card = event.suggestions[0]
    assert (event.conversation_id, event.seq) == (desk.conversation_id, 1)
    assert card.title == "When will I get my refund?"
    assert card.passage == "Refunds are paid within five days of the return."
    assert card.url == "https://desk.example/help/when-will-i-get-my-refund"
    assert card.why == "Title matches"
    assert card.score >= 0.45


async def test_the_contact_is_shown_them_until_somebody_has_answered(desk: Desk):
    await desk.write("when will I get my refund?")
    assert desk.suggested(ToContact) == [["When will I get my refund?"]]

    async def answer(work: Work) -> None:
        await work.change(update(Conversation).values(first_answered_at=work.now))

    await desk.works.run(answer)
    await desk.write("and how do I return an item?")
    assert len(desk.suggested()) == 2
    assert len(desk.suggested(ToContact)) == 1


@pytest.mark.parametrize("has_time", [False, True])
async def test_answers_nobody_asked_for_are_looked_for_when_there_is_time(
    desk: Desk, publisher: RecordingPublisher, *, has_time: bool
):
    await desk.write("when will I get my refund?")
    written = [one for one in publisher.announcements if isinstance(one.event, MessageCreated)]
    before = len(desk.events())
    Reactions(desk.works, desk.suggester, lambda: has_time).hear(written)
    await desk.suggester.settle()
    assert len(desk.events()) - before == has_time


@pytest.mark.parametrize("body", ["hi", "thanks a lot!", "what's the weather like in Lisbon", "🙂"])
async def test_nothing_is_said_when_nothing_fits(desk: Desk, body: str):
    await desk.write(body)
    assert desk.suggested() == []


async def test_thanks_leave_the_cards_as_they_are(desk: Desk):
    await desk.write("when will I get my refund?")
    await desk.write("thank you!")
    assert len(desk.suggested()) == 1


async def test_only_the_newest_question_is_answered(desk: Desk):
    await desk.write("hello", "one moment", "when will I get my refund?")
    assert [event.seq for event in desk.events()] == [3]


async def test_a_search_finds_before_the_word_is_finished(desk: Desk):
    found = await desk.suggester.search("refu", for_visitor=True)
    assert found[0].title == "When will I get my refund?"
    assert await desk.suggester.search("zzz", for_visitor=True) == []


async def test_a_ticket_is_given_a_title_and_a_topic(desk: Desk):
    assert await desk.suggester.propose("Hi!\nI need the refund for my return.") == (
        "I need the refund for my return.",
        "Returns",
    )
    assert await desk.suggester.propose("My dog ate the moon.") == ("My dog ate the moon.", "General")
    assert await desk.suggester.propose("") == ("", "General")


@pytest.mark.parametrize(("under_way", "words"), [(1, 190), (4, 190), (8, 95), (1000, 24)])
async def test_in_a_rush_questions_are_cut_short(under_way: int, words: int):
    assert words_allowed(under_way) == words


class LateEmbedder(NoEmbedder):
    """A model that is not ready yet; then one for which texts with a word in common mean the same."""

    name = "late"
    dimensions = 64
    is_expected = True

    async def encode(self, texts: Sequence[str], *, within: float = 1.0, is_urgent: bool = True) -> Matrix:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in terms(text):
                row[sum(map(ord, term)) % self.dimensions] = 1.0
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


async def test_n12_while_articles_are_not_encoded_answers_say_so_and_are_looked_up_again(
    desk: Desk, publisher: RecordingPublisher
):
    embedder = LateEmbedder()
    library = Library(desk.works, embedder)
    await library.refresh()
    desk.suggester = Suggester(desk.works, publisher, library, "https://desk.example/")
    await desk.write("when will I get my refund?")
    assert [event.is_by_words for event in desk.events()] == [True]
    assert desk.suggested(ToContact) == []
    assert (await desk.suggester.look_up("refund", for_visitor=True)).is_by_words
    asked = await desk.suggester.suggest_for(desk.conversation_id)
    assert (asked.is_by_words, asked.suggestions[0].title) == (True, "When will I get my refund?")
    assert (await desk.suggester.propose("when will I get my refund?"))[1] == NO_TOPIC

    embedder.is_ready = True
    async with desk.works.read() as rows:
        ids = list(await rows.all(select(Article.id)))
    for id in ids:
        await embed_article(desk.works, embedder, id)
    await library.refresh()
    await desk.suggester.settle()
    assert [event.is_by_words for event in desk.events()] == [True, False]
    assert desk.suggested(ToContact) == [["When will I get my refund?"]]
    assert not (await desk.suggester.look_up("refund", for_visitor=True)).is_by_words
    assert (await desk.suggester.propose("when will I get my refund?"))[1] != NO_TOPIC


async def test_an_installation_without_a_model_never_promises_one(desk: Desk):
    assert not (await desk.suggester.look_up("refund", for_visitor=True)).is_by_words
    with pytest.raises(NotFound):
        await desk.suggester.suggest_for(new_id())
