"""Short ways to the beginning of a story: a Parley without doors, whose time moves only when told."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import select

from app.clock import new_id
from app.contract.assignments import ClaimConversation
from app.contract.audiences import Audience, ToContact, ToInboxAgents
from app.contract.bases import Event
from app.contract.conversations import ConversationView, SetStatus, StartConversation, Started
from app.contract.messages import AgentSendMessage, MessageView, VisitorSendMessage
from app.contract.values import Presence, Role, Visibility
from app.conversations.assignments.change import claim_conversation
from app.conversations.lifecycle import set_status
from app.conversations.messages.first_message import start_conversation
from app.conversations.messages.send import post_agent_message, post_visitor_message
from app.database import Database, open_database
from app.job_kinds import DECLARED, JobKind
from app.jobs import JobHandler, JobRunner
from app.knowledge.embedder import NoEmbedder
from app.knowledge.library import Library
from app.knowledge.suggest import Suggester
from app.mail.contact_mail import MailSettings
from app.mailed_links import MailedLinks
from app.people.actors import Operator, SignedInAgent, Visitor
from app.people.agents import open_account
from app.people.presence import arrive, set_presence
from app.reactions import Reactions
from app.work import Announcement, Work, Works
from models import Agent, Base, Conversation, Inbox, Message, Team

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=Event)
B = TypeVar("B", bound=Base)

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEASE = timedelta(hours=8)
UNREAD_AFTER = timedelta(minutes=2)
OPERATOR = Operator()
"""An actor for stories in which it does not matter which admin changes a setting."""
READER = SignedInAgent(id=new_id(), name="Reader", role="admin", session="")
"""An agent who only reads, and needs no row."""
IDENTITY_SECRET = "the secret the shop signs its customers with"


def mail_settings(max_attached_bytes: int = 1000) -> MailSettings:
    """What mails to contacts need, of a shop at help.example.com."""
    life = timedelta(days=14)
    return MailSettings(
        sender="Support <support@shop.example.com>",
        links=MailedLinks("k" * 40, "https://help.example.com", life),
        link_life=life,
        max_attached_bytes=max_attached_bytes,
    )


class Travel:
    """A clock that stands still until somebody travels."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **duration: float) -> datetime:
        """Travel onwards, by what a timedelta takes."""
        self.now += timedelta(**duration)
        return self.now


class Recorder:
    """A publisher that keeps everything it is given: the sibling of LocalHub for tests."""

    def __init__(self) -> None:
        self.announcements: list[Announcement] = []
        self.wakes = 0
        self.listeners: list[Callable[[Sequence[Announcement]], None]] = []

    def publish(self, announcements: Sequence[Announcement]) -> None:
        self.announcements.extend(announcements)
        for listener in self.listeners:
            listener(announcements)

    def wake_jobs(self) -> None:
        self.wakes += 1

    def all(self, kind: type[E], to: Audience | type[Audience] | None = None) -> list[E]:
        """Events of a kind, to an audience or a kind of audience."""
        return [
            one.event
            for one in self.announcements
            if isinstance(one.event, kind) and (to is None or one.to == to or (isinstance(to, type) and isinstance(one.to, to)))
        ]

    def one(self, kind: type[E], to: Audience | type[Audience] | None = None) -> E:
        """The only event of a kind."""
        (event,) = self.all(kind, to)
        return event

    def to_contact(self) -> list[Event]:
        return self.all(Event, ToContact)

    def to_agents(self) -> list[Event]:
        return self.all(Event, ToInboxAgents)

    def forget(self) -> None:
        self.announcements.clear()
        self.wakes = 0


class House:
    """Rows, verbs and time. `told` holds what was announced."""

    def __init__(self, database: Database, url: str) -> None:
        self.url = url
        self.database = database
        self.clock = Travel()
        self.told = Recorder()
        self.works = Works(database, self.told, self.clock, UNREAD_AFTER)
        self.inbox_id = ""
        self.team_id = ""
        self._numbers = itertools.count(1)

    async def furnish(self) -> None:
        """A team and the inbox it serves."""
        self.team_id = await self.team("Support")
        self.inbox_id = await self.inbox("shop", self.team_id)
        self.told.forget()

    async def run(self, verb: Callable[Concatenate[Work, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.works.run(verb, *args, **kwargs)

    async def add(self, row: B) -> B:
        """A row that no verb writes yet."""

        async def write(work: Work) -> B:
            return await work.add(row)

        return await self.run(write)

    async def team(self, name: str) -> str:
        return (await self.add(Team(id=new_id(), name=name, created_at=self.clock()))).id

    async def inbox(self, key: str, team_id: str | None = None) -> str:
        inbox = Inbox(
            id=new_id(),
            key=key,
            name=key.title(),
            channel="chat",
            team_id=team_id,
            greeting="Hello!",
            color="#0f766e",
            locale="en",
            allowed_origins=[],
            identity_secret=IDENTITY_SECRET,
            asks_email=True,
            created_at=self.clock(),
        )
        return (await self.add(inbox)).id

    async def agent(
        self,
        name: str = "Ana",
        *,
        role: Role = "agent",
        capacity: int = 4,
        presence: Presence | None = "online",
        teams: Sequence[str] | None = None,
        password_hash: str = "",
        lease: timedelta = LEASE,
        takes_chats: bool | None = True,
    ) -> SignedInAgent:
        """An agent of the team, here and online, who takes chats whatever their role (None: as the role begins); with no
        `presence` they never came."""
        view = await self.run(
            open_account,
            name=name,
            email=f"{name.lower().replace(' ', '.')}.{next(self._numbers)}@example.com",
            password_hash=password_hash,
            role=role,
            capacity=capacity,
            team_ids=[self.team_id] if teams is None else teams,
            takes_chats=takes_chats,
        )
        if presence is not None:
            await self.run(arrive, view.id, lease)
            await self.run(set_presence, view.id, presence, lease)
        return SignedInAgent(id=view.id, name=view.name, role=role, session="")

    def visitor(self, inbox_id: str | None = None) -> Visitor:
        return Visitor(contact_id=new_id(), inbox_id=inbox_id or self.inbox_id)

    async def start(self, visitor: Visitor | None = None, body: str = "Hello?", **fields: Any) -> Started:
        """A first message."""
        fields.setdefault("client_id", self.key())
        return await self.run(start_conversation, visitor or self.visitor(), StartConversation(body=body, **fields))

    async def chat(self, agent: SignedInAgent | None = None, visitor: Visitor | None = None) -> tuple[str, Visitor]:
        """A conversation with one message; claimed, if there is an agent."""
        visitor = visitor or self.visitor()
        id = (await self.start(visitor)).conversation.id
        if agent:
            await self.claim(agent, id)
        return id, visitor

    async def claim(self, agent: SignedInAgent, conversation_id: str) -> ConversationView:
        return await self.run(claim_conversation, agent, ClaimConversation(conversation_id=conversation_id))

    async def write(self, visitor: Visitor, conversation_id: str, body: str = "Still there?", **fields: Any) -> MessageView:
        """The visitor writes."""
        fields.setdefault("client_id", self.key())
        command = VisitorSendMessage(conversation_id=conversation_id, body=body, **fields)
        return await self.run(post_visitor_message, visitor, command)

    async def answer(
        self,
        agent: SignedInAgent,
        conversation_id: str,
        body: str = "Certainly.",
        visibility: Visibility = "public",
        **fields: Any,
    ) -> MessageView:
        """The agent writes."""
        fields.setdefault("client_id", self.key())
        command = AgentSendMessage(conversation_id=conversation_id, body=body, visibility=visibility, **fields)
        return await self.run(post_agent_message, agent, command)

    async def note(self, agent: SignedInAgent, conversation_id: str, body: str = "Between us.") -> MessageView:
        return await self.answer(agent, conversation_id, body, "internal")

    async def resolve(self, agent: SignedInAgent, conversation_id: str) -> ConversationView:
        return await self.run(set_status, agent, SetStatus(conversation_id=conversation_id, status="resolved"))

    def key(self) -> str:
        """A client_id nobody has used."""
        return f"key-{next(self._numbers)}"

    async def conversation(self, conversation_id: str) -> Conversation:
        async with self.works.read() as rows:
            found = await rows.one(select(Conversation).where(Conversation.id == conversation_id))
        assert found is not None
        return found

    async def messages(self, conversation_id: str) -> Sequence[Message]:
        """Everything written there, notes included, in order."""
        return await self.all(select(Message).where(Message.conversation_id == conversation_id).order_by(Message.rev))

    async def agent_row(self, agent: SignedInAgent) -> Agent:
        (found,) = await self.all(select(Agent).where(Agent.id == agent.id))
        return found

    async def all(self, statement: Any) -> Sequence[Any]:
        async with self.works.read() as rows:
            return await rows.all(statement)

    def jobs(self, handlers: Mapping[JobKind, JobHandler]) -> JobRunner:
        return JobRunner(self.works, handlers)

    async def run_every_job(self) -> int:
        """Claim the due jobs of every kind, doing nothing for them; how many."""

        async def do_nothing(*given: object) -> None:
            return

        return await self.jobs({kind: do_nothing for kind, _ in DECLARED.values()}).run_due()

    def react(self, kind: type[Reactions] = Reactions, **given: Any) -> Reactions:
        """Let reactions follow what is announced from now on, as in a running server."""
        suggester = Suggester(self.works, self.told, Library(self.works, NoEmbedder()), "https://help.example.com")
        reactions = kind(self.works, suggester, **given)
        self.told.listeners.append(reactions.hear)
        return reactions

    @asynccontextmanager
    async def another_node(self) -> AsyncIterator[Works]:
        """Works of a second node. SQLite has one process, so there it shares the database."""
        if self.database.dialect == "sqlite":
            yield Works(self.database, self.told, self.clock, UNREAD_AFTER)
            return
        database = open_database(self.url)
        try:
            yield Works(database, self.told, self.clock, UNREAD_AFTER)
        finally:
            await database.close()


@asynccontextmanager
async def open_house(url: str) -> AsyncIterator[House]:
    """A furnished house over a fresh database."""
    database = open_database(url)
    try:
        house = House(database, url)
        await house.furnish()
        yield house
    finally:
        await database.close()


@asynccontextmanager
async def reopen_house(url: str) -> AsyncIterator[House]:
    """A house over a database that was furnished before."""
    database = open_database(url)
    try:
        house = House(database, url)
        (inbox,) = await house.all(select(Inbox))
        house.inbox_id, house.team_id = inbox.id, inbox.team_id or ""
        yield house
    finally:
        await database.close()
