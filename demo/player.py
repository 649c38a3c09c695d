"""Customers who write and colleagues who answer while somebody watches the demo. `PARLEY_DEMO_PLAYER=off` stops it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import Select, func, select

from app.clock import new_id
from app.contract.assignments import ClaimConversation
from app.contract.conversations import SetStatus, StartConversation
from app.contract.forms import PrechatFields
from app.contract.messages import AgentSendMessage, SetTyping, VisitorSendMessage
from app.contract.reading import ReadConversation
from app.contract.surveys import AnswerSurvey
from app.conversations.assignments.change import claim_conversation
from app.conversations.lifecycle import set_status
from app.conversations.messages.first_message import start_conversation
from app.conversations.messages.send import post_agent_message, post_visitor_message
from app.conversations.messages.typing_notices import typing_changed
from app.conversations.reading.sync import mark_read
from app.csat import answer_survey
from app.errors import ParleyError
from app.people.actors import SignedInAgent, Visitor
from app.people.presence import arrive, renew_leases, set_presence
from app.work import Publisher, Works
from demo.history import COLLEAGUES
from demo.stories import SHOP
from models import Agent, Contact, Conversation, CsatScore, Inbox, Message, TeamMember

log = structlog.get_logger()

PAUSE_SECONDS = (9.0, 22.0)
TYPING_SECONDS = (2.5, 5.0)
MAX_WAITING = 5
MAX_WITH_COLLEAGUE = 3
MAX_NEW = 150
"""New conversations in the life of one server: a demo left open over a weekend does not fill the disk."""
SLOW_TO_ANSWER = timedelta(seconds=75)

CUSTOMERS = (
    ("Ada Lindqvist", "ada.lindqvist@example.se", "/shop/trail-boots", "Do the trail boots run small? I'm between 41 and 42."),
    (
        "Théo Bernard",
        "theo.bernard@example.fr",
        "/account/orders",
        "Hello, the tracking of order 48655 hasn't moved since Monday.",
    ),
    (
        "Nia Roberts",
        "nia.roberts@example.co.uk",
        "/cart",
        "My gift card isn't accepted at checkout. The code is correct, I checked twice.",
    ),
    ("Carlos Ortega", "carlos.ortega@example.es", "/shop/stove-kit", "Which gas canisters fit the stove kit?"),
    (
        "Freya Jensen",
        "freya.jensen@example.dk",
        "/help/warranty",
        "The seam of my backpack came loose after a year. Is that covered?",
    ),
    (
        "Samuel Adeyemi",
        "samuel.adeyemi@example.ng",
        "/help/international-delivery",
        "Do you deliver to Lagos, and who pays the duty?",
    ),
    ("Lena Vogel", "lena.vogel@example.de", "/club", "I joined the club yesterday but delivery is still charged."),
    ("Arjun Mehta", "arjun.mehta@example.in", "/shop/headlamp", "Is the headlamp waterproof or only splash-proof?"),
    ("Rosa Marino", "rosa.marino@example.it", "/account/orders", "I'd like to return two of five items. Do I need two labels?"),
    ("Daniel Kim", "daniel.kim@example.com", "/account/subscriptions", "How do I change the address of my coffee subscription?"),
)
ANSWERS = (
    "Let me check that for you, one moment.",
    "Thanks for waiting. I've looked it up and it's all in order on our side.",
    "I've taken care of it. You'll get a mail within a few minutes.",
    "Good question! I've sent you the details by mail, and the short answer is yes.",
)
FOLLOW_UPS = (
    "OK, and how long will that take?",
    "Could you send me that in writing as well?",
    "I see. And is there anything I have to do?",
)
THANKS = ("Perfect, thank you!", "That helps a lot, thanks.", "Great, thanks for the quick answer!")
NUDGES = ("Are you still there?", "Just checking whether you got my message.")


class Chat(NamedTuple):
    """An open conversation of a customer of ours."""

    conversation: Conversation
    visitor: Visitor
    said: Sequence[Message]

    @property
    def is_ours_to_answer(self) -> bool:
        """Return whether the customer wrote last."""
        return self.said[-1].author_kind == "contact"

    @property
    def customer_count(self) -> int:
        return sum(message.author_kind == "contact" for message in self.said)


class Player:
    """Keeps two colleagues at work and, while an agent is signed in, lets one thing happen every quarter of a minute."""

    def __init__(
        self, works: Works, publisher: Publisher, lease: timedelta, typing_seconds: tuple[float, float] = TYPING_SECONDS
    ) -> None:
        self._works = works
        self._publisher = publisher
        self._lease = lease
        self._typing_seconds = typing_seconds
        self._dice = random.Random()
        self._colleagues: dict[str, SignedInAgent] = {}
        self._inbox_id = ""
        self._new_count = 0

    async def come_to_work(self) -> None:
        """Let the colleagues arrive, before anything looks for people who have left."""
        async with self._works.read() as rows:
            found = await rows.all(select(Agent).where(Agent.email.in_([one.email for one in COLLEAGUES]), Agent.is_active))
            inbox = await rows.one(select(Inbox).where(Inbox.key == "demo"))
            in_team = select(TeamMember.agent_id).where(TeamMember.team_id == (inbox.team_id if inbox else None))
            of_inbox = set(await rows.all(in_team))
        self._inbox_id = inbox.id if inbox else ""
        self._colleagues = {one.id: SignedInAgent(id=one.id, name=one.name, role="agent", session="") for one in found}
        for agent_id in self._colleagues:
            await self._works.run(arrive, agent_id, self._lease)
            if agent_id in of_inbox:  # who waits there is for those who watch
                await self._works.run(set_presence, agent_id, "busy", self._lease)

    async def run_forever(self) -> None:
        """Renew the colleagues' leases, and let something happen now and then while somebody watches."""
        if not self._colleagues or not self._inbox_id:
            return
        until_next = self._pause()
        step = self._lease.total_seconds() / 3
        while True:
            await asyncio.sleep(step)
            until_next -= step
            try:
                await self._works.run(renew_leases, list(self._colleagues), self._lease)
                if until_next <= 0 and await self.is_watched():
                    until_next = self._pause()
                    await self.let_something_happen()
            except ParleyError as error:  # an agent was quicker, or the database is busy: the next step finds out
                log.info("the demo's player was refused", detail=error.detail)

    async def let_something_happen(self) -> None:
        """Carry out the first of a shuffled handful of steps that has something to do."""
        chats = await self._open_chats()
        steps = [self._answer, self._write_back, self._nudge, self._begin_with_colleague, self._begin_waiting, self._rate]
        for step in self._dice.sample(steps, len(steps)):
            if await step(chats):
                return

    async def _answer(self, chats: Sequence[Chat]) -> bool:
        """A colleague answers one of theirs."""
        for chat in chats:
            colleague = self._colleagues.get(chat.conversation.agent_id or "")
            if colleague and chat.is_ours_to_answer:
                if any(word in chat.said[-1].body.lower() for word in ("thank", "thanks")):
                    status = SetStatus(conversation_id=chat.conversation.id, status="resolved")
                    await self._works.run(set_status, colleague, status)
                else:
                    await self._type(colleague, chat.conversation.id)
                    said = AgentSendMessage(
                        client_id=new_id(), conversation_id=chat.conversation.id, body=self._dice.choice(ANSWERS)
                    )
                    await self._works.run(post_agent_message, colleague, said)
                return True
        return False

    async def _write_back(self, chats: Sequence[Chat]) -> bool:
        """A customer reads what an agent wrote, and asks on or says thanks."""
        for chat in chats:
            is_answered = chat.said[-1].author_kind == "agent" and chat.conversation.agent_id is not None
            if is_answered and chat.customer_count < 5:
                await self._read(chat)
                await self._type(chat.visitor, chat.conversation.id)
                words = FOLLOW_UPS if chat.customer_count < 3 and self._dice.random() < 0.5 else THANKS
                await self._write(chat, self._dice.choice(words))
                return True
        return False

    async def _nudge(self, chats: Sequence[Chat]) -> bool:
        """A customer who has waited for a while asks once more."""
        now = self._works.clock()
        for chat in chats:
            has_waited = now - chat.said[-1].created_at > SLOW_TO_ANSWER
            if chat.conversation.agent_id is None and chat.customer_count == 1 and has_waited:
                await self._type(chat.visitor, chat.conversation.id)
                await self._write(chat, self._dice.choice(NUDGES))
                return True
        return False

    async def _begin_with_colleague(self, chats: Sequence[Chat]) -> bool:
        """A new customer whom a colleague takes at once."""
        for colleague in self._colleagues.values():
            if sum(chat.conversation.agent_id == colleague.id for chat in chats) < MAX_WITH_COLLEAGUE:
                conversation_id = await self._begin()
                if conversation_id:
                    await self._works.run(claim_conversation, colleague, ClaimConversation(conversation_id=conversation_id))
                return conversation_id is not None
        return False

    async def _begin_waiting(self, chats: Sequence[Chat]) -> bool:
        """A new customer for those who watch."""
        if sum(chat.conversation.agent_id is None for chat in chats) >= MAX_WAITING:
            return False
        return await self._begin() is not None

    async def _rate(self, chats: Sequence[Chat]) -> bool:
        """A customer says how it was."""
        async with self._works.read() as rows:
            unrated = await rows.one(
                _of_ours(select(Conversation))
                .outerjoin(CsatScore, CsatScore.conversation_id == Conversation.id)
                .where(
                    Conversation.category == "resolved",
                    Conversation.last_message_at > self._works.clock() - timedelta(hours=1),
                    CsatScore.conversation_id.is_(None),
                )
                .limit(1)
            )
        if unrated is None:
            return False
        visitor = Visitor(contact_id=unrated.contact_id, inbox_id=unrated.inbox_id)
        score = AnswerSurvey(conversation_id=unrated.id, score=self._dice.choice((5, 5, 5, 4, 4, 3)))
        await self._works.run(answer_survey, visitor, score)
        return True

    async def _begin(self) -> str | None:
        if self._new_count >= MAX_NEW:
            return None
        name, email, path, words = CUSTOMERS[self._new_count % len(CUSTOMERS)]
        self._new_count += 1
        said = StartConversation(
            client_id=new_id(), body=words, fields=PrechatFields(name=name, email=email), page_url=SHOP + path
        )
        visitor = Visitor(contact_id=new_id(), inbox_id=self._inbox_id)
        return (await self._works.run(start_conversation, visitor, said)).conversation.id

    async def _write(self, chat: Chat, words: str) -> None:
        said = VisitorSendMessage(client_id=new_id(), conversation_id=chat.conversation.id, body=words)
        await self._works.run(post_visitor_message, chat.visitor, said)

    async def _read(self, chat: Chat) -> None:
        seq = chat.said[-1].seq or 0
        await self._works.run(mark_read, chat.visitor, ReadConversation(conversation_id=chat.conversation.id, seq=seq))

    async def _type(self, who: Visitor | SignedInAgent, conversation_id: str) -> None:
        """Be seen typing for a few seconds."""
        await self._show_typing(who, conversation_id, typing=True)
        await asyncio.sleep(self._dice.uniform(*self._typing_seconds))
        await self._show_typing(who, conversation_id, typing=False)

    async def _show_typing(self, who: Visitor | SignedInAgent, conversation_id: str, *, typing: bool) -> None:
        async with self._works.read() as rows:
            shown = await typing_changed(rows, who, SetTyping(conversation_id=conversation_id, typing=typing))
        self._publisher.publish(shown)

    async def _open_chats(self) -> list[Chat]:
        """Open conversations of our customers, latest last; those with somebody from outside the demo are none of ours."""
        async with self._works.read() as rows:
            recent = self._works.clock() - timedelta(hours=3)
            wanted = _of_ours(select(Conversation)).where(
                Conversation.category.in_(("new", "open")), Conversation.last_message_at > recent
            )
            conversations = await rows.all(wanted.order_by(Conversation.last_message_at).limit(50))
            messages = await rows.all(
                select(Message)
                .where(
                    Message.conversation_id.in_([one.id for one in conversations]),
                    Message.author_kind.in_(("contact", "agent")),
                    Message.visibility == "public",
                    Message.system.is_(None),
                )
                .order_by(Message.rev)
            )
        said: dict[str, list[Message]] = {}
        for message in messages:
            said.setdefault(message.conversation_id, []).append(message)
        return [
            Chat(one, Visitor(contact_id=one.contact_id, inbox_id=one.inbox_id), said[one.id])
            for one in conversations
            if one.id in said
        ]

    async def is_watched(self) -> bool:
        """Return whether an agent other than the colleagues is connected."""
        now = self._works.clock()
        async with self._works.read() as rows:
            here = select(func.count()).select_from(Agent).where(Agent.lease_until > now, Agent.id.not_in(self._colleagues))
            return bool(await rows.one(here))

    def _pause(self) -> float:
        return self._dice.uniform(*PAUSE_SECONDS)


def _of_ours(wanted: Select[Conversation]) -> Select[Conversation]:
    """Conversations whose contact is one of the made-up customers."""
    return wanted.join(Contact, Contact.id == Conversation.contact_id).where(Contact.page_url.startswith(SHOP))
