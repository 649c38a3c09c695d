"""One process of a race: tasks that arrive, dispatch, claim, accept, decline, transfer, let offers lapse, come and go.

python -m tests.racing.racer URL SEED TASKS SHARE [careless]
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select, update

from app.clock import new_id
from app.contract.assignments import (
    AcceptConversation,
    AssignConversation,
    AssignmentOffered,
    ClaimConversation,
    DeclineConversation,
    TransferConversation,
)
from app.contract.conversations import SetStatus
from app.contract.messages import VisitorSendMessage
from app.contract.routing import SetAgentRouting
from app.contract.supervision import PullBackConversation
from app.conversations.assignments.change import assign_conversation, claim_conversation, transfer_conversation
from app.conversations.assignments.offers import accept_conversation, decline_conversation, lapse_offers
from app.conversations.assignments.supervision import pull_back
from app.conversations.due import do_all_due
from app.conversations.lifecycle import set_status
from app.conversations.messages.send import post_visitor_message
from app.conversations.queue.positions import in_queue_of
from app.errors import ParleyError
from app.people.actors import SignedInAgent, Visitor
from app.people.presence import arrive, end_graces, lapse_leases, set_presence
from app.people.team_routing import set_agent_routing
from app.routing.candidates import candidates_of
from app.routing.dispatch import dispatch, hand_on, serve_queue, take_back_forsaken
from app.routing.next_agent import next_agent
from app.work import Announcement, Work, Works
from models import Assignment, Conversation
from tests.factories import OPERATOR
from tests.racing.floor import LEASE, Floor, open_works, read_floor

BLINK = timedelta(milliseconds=100)
GRACE = timedelta(milliseconds=200)


class Count:
    """A publisher that counts how often somebody was given something by others."""

    given = 0

    def publish(self, announcements: Sequence[Announcement]) -> None:
        self.given += sum(isinstance(one.event, AssignmentOffered) for one in announcements)

    def wake_jobs(self) -> None:
        return


class Racer:
    """A task. What is refused changes nothing, and the next thing is tried."""

    shifts = 0.5
    """How often agents' shift ends and all they hold goes back at once: what makes most of the assignments of a long race."""

    def __init__(self, works: Works, floor: Floor, seed: str, *, is_careless: bool) -> None:
        self.works = works
        self.floor = floor
        self.dice = random.Random(seed)
        self.is_careless = is_careless

    async def step(self) -> None:
        """Something happens to a conversation, or to an agent, and a queue is served."""
        for act in (self._happen, self._serve):
            with suppress(ParleyError):
                await act()

    async def _happen(self) -> None:
        chance = self.dice.random()
        if chance < self.shifts:
            await self.works.run(hand_on, [self._anybody().id for _ in range(len(self.floor.agents) // 4)], all_of_it=True)
        elif chance < 0.94:
            await self._something_happens()
        else:
            await self._somebody_comes_or_goes()

    async def _serve(self) -> None:
        team_id = self.dice.choice(self.floor.teams)
        if self.is_careless:
            await self.works.run(serve_carelessly, team_id)
        elif self.dice.random() < 0.02:
            await dispatch(self.works, team_id)
        else:
            await serve_queue(self.works, team_id)

    async def _something_happens(self) -> None:
        id, visitor = self.dice.choice(self.floor.chats)
        async with self.works.read() as rows:
            stands = await rows.one(select(Conversation).where(Conversation.id == id))
        assert stands is not None
        if stands.category in ("resolved", "closed"):
            command = VisitorSendMessage(conversation_id=id, body="One more thing.", client_id=new_id())
            await self.works.run(post_visitor_message, visitor, command)
        elif stands.agent_id is None:
            await self.works.run(claim_conversation, self._anybody(), ClaimConversation(conversation_id=id))
        elif stands.offer_until:
            await self._answer_offer(id, self._agent(stands.agent_id))
        else:
            await self._move_on(id, self._agent(stands.agent_id), visitor)

    async def _answer_offer(self, id: str, agent: SignedInAgent) -> None:
        chance = self.dice.random()
        if chance < 0.5:
            await self.works.run(accept_conversation, agent, AcceptConversation(conversation_id=id))
        elif chance < 0.8:
            await self.works.run(decline_conversation, agent, DeclineConversation(conversation_id=id))
        else:
            await do_all_due(self.works, lapse_offers)

    async def _move_on(self, id: str, agent: SignedInAgent, visitor: Visitor) -> None:
        chance = self.dice.random()
        if chance < 0.45:
            await self.works.run(set_status, agent, SetStatus(conversation_id=id, status="resolved"))
        elif chance < 0.6:
            other = TransferConversation(conversation_id=id, agent_id=self._anybody().id)
            await self.works.run(transfer_conversation, agent, other)
        elif chance < 0.7:
            team = TransferConversation(conversation_id=id, team_id=self.dice.choice(self.floor.teams))
            await self.works.run(transfer_conversation, agent, team)
        elif chance < 0.8:
            await self.works.run(pull_back, self.floor.supervisor, PullBackConversation(conversation_id=id))
        elif chance < 0.9:
            await self.works.run(assign_conversation, agent, AssignConversation(conversation_id=id))
        else:
            command = VisitorSendMessage(conversation_id=id, body="Still there?", client_id=new_id())
            await self.works.run(post_visitor_message, visitor, command)

    async def _somebody_comes_or_goes(self) -> None:
        agent, works = self._anybody(), self.works
        changes: list[Callable[[], Awaitable[object]]] = [
            lambda: works.run(arrive, agent.id, BLINK),
            lambda: works.run(arrive, agent.id, LEASE),
            lambda: works.run(arrive, agent.id, LEASE),
            lambda: works.run(set_presence, agent.id, "away", LEASE),
            lambda: works.run(set_presence, agent.id, "online", LEASE),
            lambda: works.run(set_presence, agent.id, "online", LEASE),
            lambda: works.run(
                set_agent_routing, OPERATOR, agent.id, SetAgentRouting(capacity=self.dice.randint(0, self.floor.capacity))
            ),
            lambda: works.run(set_agent_routing, OPERATOR, agent.id, SetAgentRouting(capacity=self.floor.capacity)),
            lambda: sweep(works),
            lambda: sweep(works),
        ]
        await self.dice.choice(changes)()

    def _anybody(self) -> SignedInAgent:
        return self.dice.choice(self.floor.agents)

    def _agent(self, id: str) -> SignedInAgent:
        return next(agent for agent in [*self.floor.agents, self.floor.supervisor] if agent.id == id)


async def sweep(works: Works) -> None:
    """What the timetable does every second."""
    await works.run(lapse_leases)

    async def end(work: Work) -> None:
        await hand_on(work, await end_graces(work, GRACE))

    await works.run(end)
    await works.run(take_back_forsaken)


async def serve_carelessly(work: Work, team_id: str) -> None:
    """The control: looks, then writes, without a lock, a condition or a second look."""
    waiting = await work.all(select(Conversation).where(in_queue_of(team_id)).limit(10))
    for conversation in waiting:
        chosen = next_agent(await candidates_of(work, work.now, team_id))
        if chosen is None:
            return
        mine = Conversation.id == conversation.id
        await work.change(update(Conversation).where(mine).values(agent_id=chosen.agent_id, assigned_at=work.now))
        await work.add(
            Assignment(
                id=new_id(),
                conversation_id=conversation.id,
                agent_id=chosen.agent_id,
                team_id=team_id,
                made_by="routing",
                reason="routed",
                decision={},
                started_at=work.now,
            )
        )


async def race(url: str, seed: int, tasks: int, share: int, *, is_careless: bool) -> None:
    """Until so many were given out, by this process."""
    count = Count()
    works = open_works(url, count)
    floor = await read_floor(works)
    steps = 0

    async def run(number: int) -> None:
        nonlocal steps
        racer = Racer(works, floor, f"{seed}-{number}", is_careless=is_careless)
        while steps < share if is_careless else count.given < share:
            await racer.step()
            steps += 1

    await asyncio.gather(*(run(number) for number in range(tasks)))
    await works.database.close()
    sys.stdout.write(str(steps))


if __name__ == "__main__":
    url, seed, tasks, share, *careless = sys.argv[1:]
    asyncio.run(race(url, int(seed), int(tasks), int(share), is_careless=bool(careless)))
