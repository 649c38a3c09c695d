"""Any story of arrivals, agents who come, go, crash, accept and decline: never two owners, never too much, nobody forgotten."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from app.contract.assignments import AcceptConversation, AssignConversation, DeclineConversation, TransferConversation
from app.contract.routing import SetAgentRouting, SetTeamRouting
from app.contract.values import Presence
from app.conversations.assignments.change import assign_conversation, transfer_conversation
from app.conversations.assignments.offers import accept_conversation, decline_conversation, lapse_offers
from app.conversations.due import do_all_due
from app.database.migrate import migrate
from app.errors import ParleyError
from app.people.actors import SignedInAgent, Visitor
from app.people.load import Load, loads_of
from app.people.presence import arrive, end_graces, lapse_leases, renew_leases, set_presence
from app.people.team_routing import set_agent_routing, set_team_routing
from app.routing.decisions import replay_decisions
from app.routing.dispatch import dispatch, hand_on
from app.work import Work
from models import Agent, Assignment, Conversation
from tests.factories import OPERATOR, House, open_house

LEASE = timedelta(seconds=10)
GRACE = timedelta(seconds=10)
AGENTS = 3
who = st.integers(0, AGENTS - 1)
which = st.integers(0, 30)


class Story(RuleBasedStateMachine):
    """A small team and its visitors. The model knows who is here; everything else is asked of the rows."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.here: set[str] = set()
        self.seen: set[str] = set()
        self.chats: list[tuple[str, Visitor]] = []

    @initialize(accept_seconds=st.sampled_from([0, 20]))
    def open(self, accept_seconds: int) -> None:
        self.runner.run(self._open(accept_seconds))

    async def _open(self, accept_seconds: int) -> None:
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        path = Path(folder) / "parley.db"
        path.write_bytes(self.template.read_bytes())
        self.house: House = await self.stack.enter_async_context(open_house(f"sqlite:///{path}"))
        self.agents = [await self.house.agent(f"Agent {n}", capacity=n, lease=LEASE) for n in range(AGENTS)]
        self.here = {agent.id for agent in self.agents}
        lead = self.agents[0].id
        await self.house.run(
            set_team_routing, OPERATOR, self.house.team_id, SetTeamRouting(accept_seconds=accept_seconds, lead_id=lead)
        )

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()

    def do(self, act: Callable[[], Awaitable[Any]]) -> None:
        """Something happens (or is refused), a second passes, and routing serves, as it would by itself."""

        async def happen() -> None:
            with suppress(ParleyError):
                await act()
            await dispatch(self.house.works, self.house.team_id)
            await self._check()
            self.house.clock.on(seconds=1)
            await self.house.run(renew_leases, sorted(self.here), LEASE)
            await self._timers()

        self.runner.run(happen())

    async def _timers(self) -> None:
        """What the timetable does every second."""
        await self.house.run(lapse_leases)

        async def end(work: Work) -> None:
            await hand_on(work, await end_graces(work, GRACE))

        await self.house.run(end)
        await do_all_due(self.house.works, lapse_offers)

    def chat(self, n: int) -> tuple[str, Visitor]:
        return self.chats[n % len(self.chats)] if self.chats else ("00000000-0000-7000-8000-000000000000", self.house.visitor())

    async def held(self, n: int) -> tuple[str, SignedInAgent]:
        """A chat and whoever holds it, or anybody."""
        id, _ = self.chat(n)
        rows = await self.house.all(select(Conversation.agent_id).where(Conversation.id == id))
        holder = rows[0] if rows else None
        return id, next((agent for agent in self.agents if agent.id == holder), self.agents[n % AGENTS])

    @rule()
    def arrives(self) -> None:
        async def act() -> None:
            self.chats.append(await self.house.chat())

        self.do(act)

    @rule(n=which)
    def writes(self, n: int) -> None:
        id, visitor = self.chat(n)
        self.do(lambda: self.house.write(visitor, id))

    @rule(n=which)
    def accepts(self, n: int) -> None:
        async def act() -> None:
            id, agent = await self.held(n)
            await self.house.run(accept_conversation, agent, AcceptConversation(conversation_id=id))

        self.do(act)

    @rule(n=which)
    def declines(self, n: int) -> None:
        async def act() -> None:
            id, agent = await self.held(n)
            await self.house.run(decline_conversation, agent, DeclineConversation(conversation_id=id))

        self.do(act)

    @rule(n=which)
    def answers(self, n: int) -> None:
        async def act() -> None:
            id, agent = await self.held(n)
            await self.house.answer(agent, id)

        self.do(act)

    @rule(n=which)
    def resolves(self, n: int) -> None:
        async def act() -> None:
            id, agent = await self.held(n)
            await self.house.resolve(agent, id)

        self.do(act)

    @rule(n=which, to=who)
    def transfers(self, n: int, to: int) -> None:
        async def act() -> None:
            id, agent = await self.held(n)
            command = TransferConversation(conversation_id=id, agent_id=self.agents[to].id)
            await self.house.run(transfer_conversation, agent, command)

        self.do(act)

    @rule(n=which)
    def puts_back(self, n: int) -> None:
        async def act() -> None:
            id, agent = await self.held(n)
            await self.house.run(assign_conversation, agent, AssignConversation(conversation_id=id))

        self.do(act)

    @rule(n=who, presence=st.sampled_from(["online", "away", "busy", "offline"]))
    def chooses(self, n: int, presence: Presence) -> None:
        agent = self.agents[n]
        if agent.id in self.here:
            self.do(lambda: self.house.run(set_presence, agent.id, presence, LEASE))

    @rule(n=who)
    def crashes(self, n: int) -> None:
        self.here.discard(self.agents[n].id)

    @rule(n=who)
    def reconnects(self, n: int) -> None:
        self.here.add(self.agents[n].id)
        self.do(lambda: self.house.run(arrive, self.agents[n].id, LEASE))

    @rule(n=who, capacity=st.integers(0, 3))
    def capacity_changes(self, n: int, capacity: int) -> None:
        self.do(lambda: self.house.run(set_agent_routing, OPERATOR, self.agents[n].id, SetAgentRouting(capacity=capacity)))

    @rule(seconds=st.sampled_from([5, 11, 25, 700]))
    def time_passes(self, seconds: int) -> None:
        async def act() -> None:
            for _ in range(seconds // 5):
                self.house.clock.on(seconds=5)
                await self.house.run(renew_leases, sorted(self.here), LEASE)
                await self._timers()

        self.do(act)

    async def _check(self) -> None:
        """Right after routing has served, at the same moment."""
        now = self.house.clock()
        agents = {agent.id: agent for agent in await self.house.all(select(Agent))}
        conversations = await self.house.all(select(Conversation))
        history = await self.house.all(select(Assignment))
        async with self.house.works.read() as rows:
            loads = await loads_of(rows, now)
        for row in history:
            if row.id in self.seen or row.made_by != "routing" or row.agent_id is None:
                continue
            agent = agents[row.agent_id]
            assert agent.lease_until, "routed to somebody without a lease"
            assert agent.lease_until > now, "routed to somebody whose lease has lapsed"
            assert agent.presence == "online", "routed to somebody who is not available"
            if row.ended_at is None:
                assert loads.get(agent.id, Load()).weight <= agent.capacity, "routed more than they can hold"
        self.seen |= {row.id for row in history}
        for one in conversations:
            holders = [row.agent_id for row in history if row.conversation_id == one.id and row.ended_at is None]
            assert len(holders) <= 1, "two hold it"
            if one.category in ("new", "open"):
                assert one.agent_id is not None or one.queued_at is not None, "nobody has it and it waits nowhere"
                assert (holders or [None]) == [one.agent_id], "the history says otherwise"
            if one.offer_until is not None:
                assert one.agent_id is not None
                assert one.category in ("new", "open")

    @invariant()
    def decisions_can_be_made_again(self) -> None:
        if hasattr(self, "house"):

            async def different() -> list[str]:
                return [one.assignment_id async for one in replay_decisions(self.house.works) if one.again != one.winner]

            assert self.runner.run(different()) == []


def test_whatever_happens_every_chat_is_owned_once_or_queued(tmp_path: Path) -> None:
    Story.template = tmp_path / "template.db"
    migrate(f"sqlite:///{Story.template}")
    machine: Any = Story.TestCase
    machine.settings = settings(
        max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    machine().runTest()
