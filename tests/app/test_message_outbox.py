"""Batches write what the verbs would: the same rows, events, jobs and answers, whatever the story before."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from structlog.testing import capture_logs

from app.clock import new_id
from app.contract.assignments import AssignConversation
from app.contract.audiences import ToContact
from app.contract.conversations import SnoozeConversation
from app.contract.drafts import SaveDraft
from app.contract.messages import AgentSendMessage, MessageCreated, MessageView, VisitorSendMessage
from app.contract.values import Visibility
from app.conversations.assignments.change import assign_conversation
from app.conversations.lifecycle import snooze_conversation
from app.conversations.messages.outbox import MAX_IN_A_BATCH, Author, MessageOutbox
from app.conversations.messages.send import post_agent_message, post_visitor_message
from app.conversations.messages.store import UNREAD_JOB
from app.conversations.reading.drafts import save_draft
from app.database.postgres import PostgresDatabase
from app.errors import ParleyError, Unavailable
from app.people.actors import SignedInAgent, Visitor
from app.people.presence import arrive, set_presence
from app.work import Silence, Work, Works
from models import Assignment, Conversation, Draft, Job
from realtime.gateway import Answer, Gateway
from tests.factories import LEASE, House
from tests.servers.ports import free_port

BODIES = ["Hello", "  two\r\nlines ", "", "\x00", "مرحبا 👋", "word " * 60, "x" * 400]
WRITES = st.one_of(
    st.tuples(st.just("visitor"), st.integers(0, 2), st.sampled_from(BODIES)),
    st.tuples(st.just("stranger"), st.integers(0, 2), st.just("Let me in")),
    st.tuples(
        st.just("agent"),
        st.integers(0, 2),
        st.sampled_from(BODIES),
        st.integers(0, 1),
        st.sampled_from(["public", "internal"]),
        st.sampled_from([None, 0, -1]),
    ),
)
MOVES = st.one_of(
    st.tuples(st.just("claim"), st.integers(0, 1)),
    st.tuples(st.just("assign"), st.integers(0, 1)),
    st.tuples(st.just("presence"), st.integers(0, 1), st.sampled_from(["online", "away", "offline"])),
    st.tuples(st.just("lapse"), st.integers(0, 1)),
    st.sampled_from([("resolve",), ("snooze",), ("later",)]),
)
STORY = st.lists(st.one_of(WRITES, WRITES, MOVES), max_size=14)


class Twin:
    """One of two conversations that live through the same story."""

    def __init__(self, house: House, name: str, agents: list[SignedInAgent], posting: MessageOutbox | None) -> None:
        self.house = house
        self.name = name
        self.agents = agents
        self.posting = posting
        self.visitor = house.visitor()
        self.conversation_id = ""

    async def begin(self) -> Twin:
        self.conversation_id = (await self.house.start(self.visitor, client_id=self.key("start"))).conversation.id
        return self

    def key(self, key: object) -> str:
        return f"{self.name}-{self.visitor.contact_id}-{key}"

    async def write(self, author: Author, post: Any) -> dict[str, Any]:
        """Through the batches, or through the verb; the answer or the refusal, and what was told of messages."""
        self.house.told.forget()
        try:
            if self.posting is not None:
                answer: Any = await self.posting.send(author, post)
            elif isinstance(author, Visitor):
                answer = await self.house.run(post_visitor_message, author, post)
            else:
                answer = await self.house.run(post_agent_message, author, post)
        except ParleyError as error:
            answer = [error.code, error.detail, getattr(error, "missed", None)]
        told = [(one.event, one.to) for one in self.house.told.announcements if isinstance(one.event, MessageCreated)]
        others = sorted(
            type(one.event).__name__ for one in self.house.told.announcements if type(one.event) is not MessageCreated
        )
        return self.plain([answer, told, others])

    async def step(self, step: tuple[Any, ...]) -> Any:
        match step:
            case ("visitor" | "stranger" as who, key, body):
                visitor = self.visitor if who == "visitor" else self.house.visitor()
                return await self.write(
                    visitor, VisitorSendMessage(client_id=self.key(key), conversation_id=self.conversation_id, body=body)
                )
            case ("agent", key, body, number, visibility, behind):
                seen = None if behind is None else (await self.house.conversation(self.conversation_id)).seq + behind
                return await self.write(
                    self.agents[number],
                    AgentSendMessage(
                        client_id=self.key(key),
                        conversation_id=self.conversation_id,
                        body=body,
                        visibility=visibility,
                        seen_seq=seen,
                    ),
                )
            case _:
                return await self.move(step)

    async def move(self, step: tuple[Any, ...]) -> str:
        try:
            match step:
                case ("claim", number):
                    await self.house.claim(self.agents[number], self.conversation_id)
                case ("assign", number):
                    give = AssignConversation(conversation_id=self.conversation_id, agent_id=self.agents[number].id)
                    await self.house.run(assign_conversation, self.agents[1 - number], give)
                case ("resolve",):
                    await self.house.resolve(self.agents[0], self.conversation_id)
                case ("snooze",):
                    until = self.house.clock() + timedelta(hours=1)
                    snooze = SnoozeConversation(conversation_id=self.conversation_id, until=until)
                    await self.house.run(snooze_conversation, self.agents[0], snooze)
                case _:
                    raise AssertionError(step)
        except ParleyError as error:
            return error.code
        return "done"

    async def rows(self) -> Any:
        house, id = self.house, self.conversation_id
        jobs = await house.all(select(Job).where(Job.kind == UNREAD_JOB.name))
        return self.plain(
            [
                [fields(row) for row in await house.all(select(Conversation).where(Conversation.id == id))],
                [fields(row) for row in await house.messages(id)],
                [fields(row) for row in jobs if row.payload == {"conversation_id": id}],
                [
                    fields(row)
                    for row in await house.all(
                        select(Assignment).where(Assignment.conversation_id == id).order_by(Assignment.started_at, Assignment.id)
                    )
                ],
            ]
        )

    def plain(self, value: Any) -> Any:
        """With what must differ between twins, ids and keys, made alike."""
        text = msgspec.json.encode(value).decode()
        for own, name in (
            (self.key(""), "key-"),
            (self.conversation_id, "conversation"),
            (self.visitor.contact_id, "contact"),
            *((agent.id, agent.name) for agent in self.agents),
            (self.house.inbox_id, "inbox"),
            (self.house.team_id, "team"),
        ):
            text = text.replace(own, name)
        return msgspec.json.decode(re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id", text))


def fields(row: Any) -> dict[str, Any]:
    """All but the number of the transaction, which each has its own."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "changed_xid"}


async def move_agent(house: House, agent: SignedInAgent, step: tuple[Any, ...]) -> None:
    if step[0] == "lapse":
        await house.run(arrive, agent.id, timedelta(seconds=-1))
    else:
        await house.run(arrive, agent.id, LEASE)
        await house.run(set_presence, agent.id, step[2], LEASE)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORY)
@example(story=[("claim", 0), ("visitor", 0, "Hello"), ("visitor", 0, "Hello"), ("agent", 1, "Yes", 0, "public", 0)])
@example(story=[("claim", 0), ("agent", 0, "Yes", 0, "public", None), ("presence", 0, "offline"), ("visitor", 1, "There?")])
@example(story=[("claim", 0), ("agent", 0, "Yes", 0, "public", None), ("lapse", 0), ("visitor", 1, "There?")])
@example(story=[("claim", 1), ("agent", 0, "Yes", 0, "public", None), ("resolve",), ("visitor", 1, "Again"), ("visitor", 2, "x")])
@example(story=[("claim", 0), ("snooze",), ("agent", 0, "note", 0, "internal", None), ("visitor", 0, "I am back")])
@example(story=[("agent", 0, "Yes", 0, "public", None), ("visitor", 0, "Thanks"), ("agent", 1, "Late", 1, "public", -1)])
async def test_a_batch_writes_what_the_verb_writes(house: House, story: list[tuple[Any, ...]]) -> None:
    agents = [await house.agent("Ana", capacity=1000), await house.agent("Ben", capacity=1000)]
    by_verb = await Twin(house, "a", agents, None).begin()
    by_batch = await Twin(house, "b", agents, MessageOutbox(house.works)).begin()
    for step in story:
        if step[0] in ("presence", "lapse"):
            await move_agent(house, agents[step[1]], step)
        elif step[0] == "later":
            house.clock.on(seconds=61)
        else:
            assert await by_batch.step(step) == await by_verb.step(step), step
    assert await by_batch.rows() == await by_verb.rows()


async def chats(house: House, count: int) -> list[tuple[str, Visitor]]:
    ana = await house.agent(capacity=1000)
    return [await house.chat(ana) for _ in range(count)]


async def test_what_arrives_together_is_written_together(house: House) -> None:
    posting, many = MessageOutbox(house.works), await chats(house, 20)
    statements: list[str] = []
    watch_statements(house, statements)
    sent = await asyncio.gather(
        *(posting.send(visitor, VisitorSendMessage(client_id="k", conversation_id=id, body="Hello")) for id, visitor in many)
    )
    assert len({message.id for message in sent}) == 20
    assert await transactions_of(house, sent) == 1
    if house.database.dialect == "sqlite":
        written = {one for one in statements if re.match(r"\s*(WITH|SELECT|UPDATE|INSERT)", one)}  # traced again for a trigger
        assert len(written) == 1 + 2 * 20, "one look at all of them; a change and an insert each"


def watch_statements(house: House, into: list[str]) -> None:
    if house.database.dialect == "sqlite":
        house.database._writer.connection.dbapi_connection.set_trace_callback(into.append)  # type: ignore[attr-defined]


async def transactions_of(house: House, sent: list[MessageView]) -> int:
    """How many transactions wrote these messages. SQLite's leave no mark; there the statements are counted."""
    if house.database.dialect == "sqlite":
        return 1
    ids = ",".join(f"'{message.id}'" for message in sent)
    async with house.works.read() as rows:
        found = await rows.execute(text(f"SELECT count(DISTINCT xmin::text) FROM messages WHERE id IN ({ids})"))
        return found.scalar_one()


async def test_a_conversation_has_one_message_in_a_batch_and_keeps_the_order(house: House) -> None:
    posting, (chat,) = MessageOutbox(house.works), await chats(house, 1)
    id, visitor = chat
    sent = await asyncio.gather(
        *(
            posting.send(visitor, VisitorSendMessage(client_id=f"k{n}", conversation_id=id, body=f"number {n}"))
            for n in range(MAX_IN_A_BATCH + 6)
        )
    )
    seqs = [message.seq for message in sent]
    assert seqs == list(range(seqs[0] or 0, (seqs[0] or 0) + len(sent)))
    assert [event.message.seq for event in house.told.all(MessageCreated, ToContact)][-len(sent) :] == seqs


async def test_one_that_the_database_refuses_does_not_take_its_batch_along(house: House) -> None:
    posting, many = MessageOutbox(house.works), await chats(house, 5)
    forbid, allow = POISON[house.database.dialect]
    await house.run(sql, forbid)
    try:
        answers = await asyncio.gather(
            *(
                posting.send(visitor, VisitorSendMessage(client_id="k", conversation_id=id, body="poison" if n == 2 else "fine"))
                for n, (id, visitor) in enumerate(many)
            ),
            return_exceptions=True,
        )
    finally:
        await house.run(sql, allow)
    assert [isinstance(answer, Unavailable) for answer in answers] == [False, False, True, False, False]
    for n, (id, _) in enumerate(many):
        written = await house.messages(id)
        assert [message.body for message in written if message.client_id == "k"] == ([] if n == 2 else ["fine"])
        assert (await house.conversation(id)).seq == len(written)
    assert len([event for event in house.told.all(MessageCreated, ToContact) if event.message.client_id == "k"]) == 4


async def sql(work: Work, statement: str) -> None:
    await work.execute(text(statement))


POISON = {
    "sqlite": (
        "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN new.body = 'poison' BEGIN SELECT raise(ABORT, 'poison'); END",
        "DROP TRIGGER poison",
    ),
    "postgresql": (
        "ALTER TABLE messages ADD CONSTRAINT poison CHECK (body <> 'poison') NOT VALID",
        "ALTER TABLE messages DROP CONSTRAINT poison",
    ),
}


async def test_one_key_for_two_conversations_is_the_first_message_twice(house: House) -> None:
    posting, ((id, visitor),) = MessageOutbox(house.works), await chats(house, 1)
    await house.resolve(await house.agent("Ben"), id)
    second = (await house.start(visitor)).conversation.id
    await house.write(visitor, id, "Reopened, beside the second", client_id="reopen")
    sent = await asyncio.gather(
        *(posting.send(visitor, VisitorSendMessage(client_id="k", conversation_id=to, body="Hello")) for to in (id, second))
    )
    assert sent[0] == sent[1]
    assert "Hello" not in [message.body for message in await house.messages(second)][1:]


async def test_one_key_raced_through_two_nodes_batches_is_one_message(house: House) -> None:
    id, visitor = await house.chat(await house.agent())
    command = VisitorSendMessage(client_id="raced", conversation_id=id, body="Only once, please")
    async with house.another_node() as other:
        nodes = [MessageOutbox(house.works), MessageOutbox(other)] * 10
        answers = await asyncio.gather(*(posting.send(visitor, command) for posting in nodes))
    assert {answer.id for answer in answers} == {answers[0].id}
    assert [message.body for message in await house.messages(id)].count("Only once, please") == 1


async def test_two_nodes_write_many_conversations_without_a_gap_or_a_deadlock(house: House) -> None:
    many = await chats(house, 12)
    before = {id: (await house.conversation(id)).seq for id, _ in many}
    async with house.another_node() as other:
        nodes = [MessageOutbox(house.works), MessageOutbox(other)]

        async def talk(id: str, visitor: Visitor, posting: MessageOutbox, name: str) -> None:
            for turn in range(5):
                await posting.send(visitor, VisitorSendMessage(client_id=f"{name}{turn}", conversation_id=id, body=f"{turn}"))

        await asyncio.gather(
            *(talk(id, visitor, nodes[n], f"{n}-") for n in (0, 1) for id, visitor in (many if n else reversed(many)))
        )
    for id, _ in many:
        seqs = [message.seq for message in await house.messages(id) if message.seq]
        assert seqs == list(range(1, before[id] + 11))


@pytest.mark.parametrize("visibility", ["public", "internal"])
async def test_a_draft_is_gone_once_its_message_is_sent(house: House, visibility: Visibility) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    await house.run(save_draft, ana, SaveDraft(conversation_id=id, body="On its w", visibility=visibility))
    command = AgentSendMessage(client_id="sent", conversation_id=id, body="On its way.", visibility=visibility)
    await MessageOutbox(house.works).send(ana, command)
    assert await house.all(select(Draft)) == []


async def test_events_are_told_before_the_answer(house: House) -> None:
    posting, ((id, visitor),) = MessageOutbox(house.works), await chats(house, 1)
    order: list[str] = []
    house.told.listeners.append(lambda _: order.append("told"))
    done = asyncio.Event()

    def answered(_: Any) -> None:
        order.append("answered")
        done.set()

    posting.post(visitor, VisitorSendMessage(client_id="k", conversation_id=id, body="Hello"), answered)
    await done.wait()
    assert order == ["told", "answered"]
    assert (await house.messages(id))[-1].body == "Hello"


async def test_when_the_database_has_died_everybody_is_answered_a_batch_after_the_other() -> None:
    """No batch can be begun, so none says who is in it: those who wait go through the verbs, 64 at a time, and are refused."""
    database = PostgresDatabase(f"postgresql://parley@127.0.0.1:{free_port()}/nobody-home", pool_seconds=0.2)
    posting = MessageOutbox(Works(database, Silence()))
    with capture_logs() as logged:
        async with asyncio.timeout(30):
            answers = await asyncio.gather(
                *(
                    posting.send(Visitor(contact_id=new_id(), inbox_id=new_id()), command)
                    for command in (
                        VisitorSendMessage(client_id="k", conversation_id=new_id(), body="Hello?") for _ in range(3 * 64)
                    )
                ),
                return_exceptions=True,
            )
    await database.close()
    assert {type(answer) for answer in answers} == {Unavailable}
    assert [one["event"] for one in logged] == ["batch undone"] * 3


async def test_twenty_messages_through_the_gateway_are_not_twenty_tasks(house: House, gateway: Gateway) -> None:
    many = await chats(house, 20)
    loop, made = asyncio.get_running_loop(), list[str]()
    answers: list[Answer] = []
    done = asyncio.Event()

    def make(loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> asyncio.Task[Any]:
        made.append(coroutine.__qualname__)
        return asyncio.Task(coroutine, loop=loop, **more)

    def answered(answer: Answer) -> None:
        answers.append(answer)
        if len(answers) == len(many):
            done.set()

    loop.set_task_factory(make)
    for id, visitor in many:
        command = {"type": "message.send", "client_id": "k", "conversation_id": id, "body": "Hello"}
        gateway.take(visitor, None, msgspec.json.encode(command), answered)
    await done.wait()
    loop.set_task_factory(None)
    assert all(msgspec.json.decode(answer.json())["ok"] for answer in answers)
    assert made.count("MessageOutbox._write_all") == 1
    assert len(made) < 5, made
