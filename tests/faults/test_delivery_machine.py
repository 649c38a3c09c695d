"""Delivery as a machine that Hypothesis drives: two nodes on one database, hints that get lost, late or out of order, acks
that never arrive, and people who come and go. Whatever happens, seq is 1..n, a screen's gapless part is the database's
beginning, and whoever asks for what they miss holds what a fresh page would show."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.contract.conversations import SetPriority
from app.contract.reading import AgentSync, VisitorSync
from app.conversations.lifecycle import set_priority
from app.conversations.reading.sync import sync_for_agent, sync_for_visitor
from app.database import open_database
from app.people.actors import SignedInAgent, Visitor
from app.work import Announcement, Works
from realtime.hub import EncodedEvent, LocalHub
from realtime.rooms import rooms_of_agent, rooms_of_visitor
from tests.factories import UNREAD_AFTER, House
from tests.faults.checker import check
from tests.faults.history import Acked, History, Line, Sent, Shown
from tests.faults.reading_rows import read_rows_of
from tests.faults.screens import Screen
from tests.servers.databases import SqliteFiles

T = TypeVar("T")


class Node:
    """A hub and the works that publish on it. What others are to hear lies in `outgoing` until it is delivered or lost."""

    def __init__(self) -> None:
        self.hub = LocalHub()
        self.outgoing: list[Announcement] = []

    def publish(self, announcements: Sequence[Announcement]) -> None:
        self.hub.publish(announcements)
        self.outgoing += announcements

    def wake_jobs(self) -> None:
        return


class Person:
    """A page of a visitor or an agent; a subscriber of the hub while connected."""

    def __init__(self, name: str, actor: Visitor | SignedInAgent, rooms: Sequence[str]) -> None:
        self.name = name
        self.actor = actor
        self.side = "visitor" if isinstance(actor, Visitor) else "agent"
        self.rooms: set[str] = set()
        self.node: int | None = None
        self.screen: Screen | None = None
        self._wanted = list(rooms)

    def connect(self, number: int, node: Node) -> None:
        node.hub.enter(self, self._wanted)
        self.node = number
        if self.screen:
            self.screen.must_sync = True

    def disconnect(self, nodes: Sequence[Node]) -> None:
        if self.node is not None:
            nodes[self.node].hub.leave(self, list(self.rooms))
        self.node = None

    def deliver(self, told: EncodedEvent) -> None:
        event = json.loads(told.json)
        if event["type"] == "message.created":
            self.meet(event["message"]["conversation_id"]).add(Line.of_view(event["message"]))
        if event["type"] == "conversation.changed":
            view = event["conversation"]
            self.meet(view["id"]).hear(view["rev" if self.side == "agent" else "seq"])

    def meet(self, conversation_id: str) -> Screen:
        self.screen = self.screen or Screen(self.side, conversation_id)
        return self.screen

    def cut(self) -> None:
        raise AssertionError("nobody is slow here")


class Delivery(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.history = History()
        self.nodes = [Node(), Node()]
        self.unacked: list[tuple[Person, str, bool]] = []
        self.keys = 0

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(what)

    @initialize()
    def open(self) -> None:
        self.do(self._open())

    async def _open(self) -> None:
        path = Path(self.folder.name) / "parley.db"
        path.write_bytes(self.template.read_bytes())
        self.url = f"sqlite:///{path}"
        self.house = House(open_database(self.url), self.url)
        await self.house.furnish()
        self.works = [Works(self.house.database, node, self.house.clock, UNREAD_AFTER) for node in self.nodes]
        visitor = self.house.visitor()
        agents = [await self.house.agent(name) for name in ("Ana", "Ben")]
        rooms = rooms_of_visitor(visitor)
        self.people = [Person(f"tab-{n}", visitor, rooms) for n in range(2)]
        self.people += [Person(agent.name, agent, rooms_of_agent(agent, [self.house.inbox_id])) for agent in agents]
        for number, person in enumerate(self.people):
            person.connect(number % 2, self.nodes[number % 2])
        self.id = (await self.house.start(visitor, "first", client_id="first")).conversation.id
        for person in self.people:
            person.meet(self.id)

    @rule(who=st.integers(0, 3), is_note=st.booleans(), is_ack_lost=st.booleans())
    def write(self, who: int, is_note: bool, is_ack_lost: bool) -> None:
        """Somebody who is connected says something new, once what they said before is acked."""
        person = self.people[who]
        if person.node is None or any(waiting is person for waiting, _, _ in self.unacked):
            return
        self.keys += 1
        key = f"k{self.keys}"
        self.history.sent.append(Sent(by=person.name, key=key, at=float(self.keys)))
        self._post(person, key, is_note, is_ack_lost, person.node)

    @precondition(lambda self: self.unacked)
    @rule(data=st.data(), node=st.integers(0, 1), is_ack_lost=st.booleans())
    def retry(self, data: st.DataObject, node: int, is_ack_lost: bool) -> None:
        """What was not acked is sent again, by whatever node."""
        person, key, is_note = self.unacked.pop(data.draw(st.integers(0, len(self.unacked) - 1)))
        self._post(person, key, is_note, is_ack_lost, node)

    def _post(self, person: Person, key: str, is_note: bool, is_ack_lost: bool, node: int) -> None:
        self.house.works = self.works[node]
        if isinstance(person.actor, Visitor):
            written = self.do(self.house.write(person.actor, self.id, f"body of {key}", client_id=key))
        else:
            visibility = "internal" if is_note else "public"
            written = self.do(self.house.answer(person.actor, self.id, f"body of {key}", visibility, client_id=key))
        if is_ack_lost:
            self.unacked.append((person, key, is_note))
            return
        line = Line.of_view(json.loads(msgspec.json.encode(written)))
        self.history.acked.append(Acked(by=person.name, key=key, at=0.0, line=line))
        person.meet(self.id).add(line)

    @rule(priority=st.sampled_from(["low", "high"]), node=st.integers(0, 1))
    def change(self, priority: Any, node: int) -> None:
        """A change that agents count and visitors do not see."""
        agent = self.people[2].actor
        assert isinstance(agent, SignedInAgent)
        command = SetPriority(conversation_id=self.id, priority=priority)
        self.do(self.works[node].run(set_priority, agent, command))

    @rule()
    def resolve(self) -> None:
        """The next word of the visitor reopens it; both leave a line of the system's."""
        agent = self.people[3].actor
        assert isinstance(agent, SignedInAgent)
        self.house.works = self.works[1]
        self.do(self.house.resolve(agent, self.id))

    @rule(who=st.integers(0, 3))
    def go(self, who: int) -> None:
        self.people[who].disconnect(self.nodes)

    @rule(who=st.integers(0, 3), node=st.integers(0, 1))
    def come(self, who: int, node: int) -> None:
        if self.people[who].node is None:
            self.people[who].connect(node, self.nodes[node])

    @rule(data=st.data(), node=st.integers(0, 1), is_lost=st.booleans())
    def carry(self, data: st.DataObject, node: int, is_lost: bool) -> None:
        """One hint reaches the other node, in whatever order, or gets lost."""
        if outgoing := self.nodes[node].outgoing:
            hint = outgoing.pop(data.draw(st.integers(0, len(outgoing) - 1)))
            if not is_lost:
                self.nodes[1 - node].hub.deliver_here([hint])

    @rule(who=st.integers(0, 3))
    def sync(self, who: int) -> None:
        """A page that knows it lacks something asks for it."""
        person = self.people[who]
        if person.node is not None and person.screen and person.screen.needs_sync:
            self._sync(person, person.screen)

    def _sync(self, person: Person, screen: Screen) -> None:
        async def ask() -> Any:
            async with self.works[person.node or 0].read() as rows:
                if isinstance(person.actor, Visitor):
                    command = VisitorSync(conversation_id=self.id, after_seq=screen.cursor)
                    return await sync_for_visitor(rows, person.actor, command)
                return await sync_for_agent(rows, person.actor, AgentSync(conversation_id=self.id, after_rev=screen.cursor))

        screen.take_page(json.loads(msgspec.json.encode(self.do(ask()))))

    @invariant()
    def seq_is_a_count(self) -> None:
        lines = self.do(read_rows_of(self.house.database)).lines if hasattr(self, "id") else []
        seqs = sorted(line.seq for line in lines if line.seq is not None)
        assert seqs == list(range(1, len(seqs) + 1))
        for person in getattr(self, "people", []):
            screen = person.screen
            if screen is None:
                continue
            place = (lambda line: line.rev) if person.side == "agent" else (lambda line: line.seq)
            wanted = [line for line in lines if place(line) is not None and place(line) <= screen.cursor]
            held = [line for line in screen.lines if place(line) <= screen.cursor]
            assert [line.id for line in held] == [line.id for line in sorted(wanted, key=place)]
            assert person.side == "agent" or all(line.visibility == "public" for line in screen.lines)

    def teardown(self) -> None:
        if hasattr(self, "id"):
            self._everybody_settles()
            self.do(self.house.database.close())
        self.loop.close()
        self.folder.cleanup()

    def _everybody_settles(self) -> None:
        """All are back and have asked; what is on their screens is what stands in the rows."""
        while self.unacked:
            person, key, is_note = self.unacked.pop()
            self._post(person, key, is_note, is_ack_lost=False, node=0)
        for person in self.people:
            person.disconnect(self.nodes)
            person.connect(0, self.nodes[0])
            fresh, screen = Screen(person.side, self.id), person.meet(self.id)
            self._sync(person, screen)
            self._sync(person, fresh)
            assert screen.lines == fresh.lines
            assert not screen.needs_sync
            self.history.shown.append(Shown(by=person.name, side=person.side, conversation_id=self.id, lines=screen.lines))
        self.history.stored = self.do(read_rows_of(self.house.database))
        self.history.stored.recounted.clear()
        assert check(self.history) == []


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The migrated file every run of the machine begins with."""
    path = tmp_path_factory.mktemp("machine") / "empty.db"
    SqliteFiles(tmp_path_factory.mktemp("template")).copy_to(path)
    Delivery.template = path


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
