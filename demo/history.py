"""Two weeks of conversations, played by the verbs themselves on a clock of their own, so that a new demo opens on a living desk."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import select, update

from app.clock import new_id, utc_now
from app.contract.assignments import ClaimConversation
from app.contract.bulk_changes import Change
from app.contract.conversations import SetPriority, SetStatus, SnoozeConversation, StartConversation
from app.contract.forms import PrechatFields
from app.contract.messages import AgentSendMessage, VisitorSendMessage
from app.contract.reading import ReadConversation
from app.contract.surveys import AnswerSurvey
from app.contract.tickets import OpenTicket
from app.conversations.assignments.change import claim_conversation
from app.conversations.bulk_changes import change_one_conversation
from app.conversations.lifecycle import set_priority, set_status, snooze_conversation
from app.conversations.messages.first_message import start_conversation
from app.conversations.messages.send import post_agent_message, post_visitor_message
from app.conversations.reading.sync import mark_read
from app.conversations.tickets import open_ticket
from app.csat import answer_survey
from app.database import open_database
from app.people.actors import Operator, SignedInAgent, Visitor
from app.people.agents import add_agent
from app.people.presence import arrive
from app.settings import Settings
from app.visiting.pages import Device, SeenPage, remember_pages
from app.work import Silence, Work, Works
from demo.seed import Person
from demo.stories import SHOP, STORIES, Story
from models import Agent, Contact, Conversation, Inbox, Team

COLLEAGUES = (
    Person("Noor Haddad", "noor@example.com", "agent", ("Support",)),
    Person("Lukas Brandt", "lukas@example.com", "agent", ("Orders",)),
)
"""At work all day; the player speaks for them, so nobody signs in as one of them."""

P = ParamSpec("P")
T = TypeVar("T")
NO_PASSWORD = ""
LEASE = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class StoryClock:
    """The time of the story that is being played."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def play_history(settings: Settings) -> None:
    """Play every story into a database that has the demo's people and no conversation yet."""
    database = open_database(settings.database_url)
    try:
        async with database.read() as rows:
            if await rows.one(select(Conversation.id).limit(1)):
                return
            teams = dict(await rows.rows(select(Team.name, Team.id)))
            inbox_id = await rows.one(select(Inbox.id).where(Inbox.key == "demo"))
        if inbox_id is None:
            return
        works = Works(database, Silence())
        for person in COLLEAGUES:
            await works.run(
                add_agent,
                Operator(),
                name=person.name,
                email=person.email,
                password_hash=NO_PASSWORD,
                role=person.role,
                capacity=settings.agent_capacity,
                team_ids=[teams[name] for name in person.teams],
            )
        async with database.read() as rows:
            agents = {
                agent.name.split()[0]: SignedInAgent(id=agent.id, name=agent.name, role="agent", session="")
                for agent in await rows.all(select(Agent).where(Agent.is_active))
            }
        clock = StoryClock(utc_now())
        teller = Teller(Works(database, Silence(), clock), clock, agents, inbox_id)
        await teller.tell_all()
    finally:
        await database.close()


class Teller:
    """Plays stories in the order in which they began."""

    def __init__(self, works: Works, clock: StoryClock, agents: dict[str, SignedInAgent], inbox_id: str) -> None:
        self._works = works
        self._clock = clock
        self._agents = agents
        self._inbox_id = inbox_id
        self._today = clock.now
        self._dice = random.Random(7)

    async def tell_all(self) -> None:
        """Play every story, then send everyone home: who is at work is up to the player and to those who sign in."""
        for story in sorted(STORIES, key=lambda story: -story.minutes_ago):
            self._clock.now = self._today - timedelta(minutes=story.minutes_ago)
            await self._tell(story)
        self._clock.now = self._today
        await self._run(_send_home)

    async def _run(self, verb: Callable[Concatenate[Work, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._works.run(verb, *args, **kwargs)

    async def _tell(self, story: Story) -> None:
        visitor = Visitor(contact_id=new_id(), inbox_id=self._inbox_id)
        agent = self._agents.get(story.agent)
        if agent is not None:
            await self._run(arrive, agent.id, LEASE)
        conversation_id = await self._begin(story, visitor)
        for number, (who, text) in enumerate(story.lines[1:], 1):
            self._pass(story)
            if who == "customer":
                said = VisitorSendMessage(client_id=new_id(), conversation_id=conversation_id, body=text)
                await self._run(post_visitor_message, visitor, said)
            elif agent is not None:
                if number == 1 or story.lines[number - 1][0] == "customer":
                    await self._claim(agent, conversation_id)
                await self._answer(agent, conversation_id, text, is_note=who == "note")
        if agent is not None:
            await self._finish(story, agent, visitor, conversation_id)

    async def _begin(self, story: Story, visitor: Visitor) -> str:
        fields = PrechatFields(name=story.customer or None, email=story.email or None)
        page = SHOP + story.page
        said = StartConversation(client_id=new_id(), body=story.lines[0][1], fields=fields, page_url=page)
        conversation_id = (await self._run(start_conversation, visitor, said)).conversation.id
        seen = [
            SeenPage(url=SHOP + path, title=_title_of(path), since=self._clock.now - minutes * MINUTE, until=self._clock.now)
            for path, minutes in (("/", 6), (story.page, 2))
        ]
        await self._run(remember_pages, visitor, seen, Device(timezone="Europe/London", browser=None))
        await self._run(_describe, visitor.contact_id, story)
        return conversation_id

    async def _claim(self, agent: SignedInAgent, conversation_id: str) -> None:
        async with self._works.read() as rows:
            owner = await rows.one(select(Conversation.agent_id).where(Conversation.id == conversation_id))
        if owner is None:
            await self._run(claim_conversation, agent, ClaimConversation(conversation_id=conversation_id))

    async def _answer(self, agent: SignedInAgent, conversation_id: str, text: str, *, is_note: bool) -> None:
        visibility = "internal" if is_note else "public"
        said = AgentSendMessage(client_id=new_id(), conversation_id=conversation_id, body=text, visibility=visibility)
        await self._run(post_agent_message, agent, said)

    async def _read(self, visitor: Visitor, conversation_id: str) -> None:
        async with self._works.read() as rows:
            seq = await rows.one(select(Conversation.seq).where(Conversation.id == conversation_id))
        await self._run(mark_read, visitor, ReadConversation(conversation_id=conversation_id, seq=seq or 0))

    async def _finish(self, story: Story, agent: SignedInAgent, visitor: Visitor, conversation_id: str) -> None:
        self._pass(story)
        if story.tags:
            change = Change(conversation_ids=[conversation_id], add_tags=list(story.tags))
            await self._run(change_one_conversation, agent, conversation_id, change)
        if story.priority != "medium":
            await self._run(set_priority, agent, SetPriority(conversation_id=conversation_id, priority=story.priority))
        if story.ticket:
            title, topic = story.ticket
            await self._run(open_ticket, agent, OpenTicket(conversation_id=conversation_id, title=title, topic=topic))
        if story.ending == "snoozed":
            until = (self._today + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
            await self._run(snooze_conversation, agent, SnoozeConversation(conversation_id=conversation_id, until=until))
        elif story.ending in ("resolved", "closed", "responded"):
            await self._run(set_status, agent, SetStatus(conversation_id=conversation_id, status=story.ending))
        if story.rating:
            self._pass(story)
            score = AnswerSurvey(conversation_id=conversation_id, score=story.rating, comment=story.comment)
            await self._run(answer_survey, visitor, score)
        if story.ending != "responded":  # those who left have a mail by now
            await self._read(visitor, conversation_id)

    def _pass(self, story: Story) -> None:
        """Let some time go by, though never beyond the present."""
        step = min(story.minutes_ago / (len(story.lines) + 3), self._dice.uniform(0.5, 4.0))
        self._clock.now = min(self._clock.now + step * MINUTE, self._today)


def _title_of(path: str) -> str:
    return path.rsplit("/", 1)[-1].replace("-", " ").capitalize() or "Juniper & Pine"


async def _describe(work: Work, contact_id: str, story: Story) -> None:
    """Add what only a shop that signs its customers in could say: those at their own orders are verified."""
    values = {"locale": story.locale, "is_verified": bool(story.email) and story.page.startswith("/account")}
    await work.change(update(Contact).where(Contact.id == contact_id).values(**values))


async def _send_home(work: Work) -> None:
    await work.change(update(Agent).values(lease_until=None, left_at=None))
