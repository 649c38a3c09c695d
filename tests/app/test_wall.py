"""The wall: equal to a recount of the tables after anything."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import new_id
from app.contract.assignments import AcceptConversation, AssignConversation, DeclineConversation
from app.contract.conversations import EndConversation, SnoozeConversation
from app.contract.routing import SetTeamRouting
from app.contract.supervision import PullBackConversation
from app.contract.surveys import AnswerSurvey
from app.contract.values import Presence
from app.contract.wall import QueueWallView, SetThresholds, WallView
from app.conversations.assignments.change import assign_conversation
from app.conversations.assignments.offers import accept_conversation, decline_conversation, lapse_offers
from app.conversations.assignments.supervision import pull_back
from app.conversations.due import do_all_due
from app.conversations.lifecycle import end_conversation, snooze_conversation
from app.csat import answer_survey
from app.errors import Conflict, Invalid
from app.people.actors import SignedInAgent, Visitor
from app.people.presence import arrive, lapse_leases, set_presence
from app.people.team_routing import deactivate_agent, set_team_routing
from app.reports.thresholds import set_thresholds
from app.reports.wall import repaint_at, wall_view
from app.routing.dispatch import dispatch, hand_on
from app.work import Work
from models import Assignment, Conversation, WaitPromise
from tests.factories import LEASE, MONDAY, OPERATOR, House
from tests.recount import recounted_wall


async def wall(house: House) -> WallView:
    """As shown, having been compared with a recount."""
    async with house.works.read() as rows:
        shown, recounted = await wall_view(rows, house.clock()), await recounted_wall(rows, house.clock())
    assert shown == recounted
    return shown


async def queue_of(house: House, team_id: str | None = None) -> QueueWallView:
    return {queue.team_id: queue for queue in (await wall(house)).queues}[team_id or house.team_id]


async def test_a_wall_of_a_quiet_morning(house: House) -> None:
    ana = await house.agent("Ana")
    queue = await queue_of(house)
    assert (queue.name, queue.waiting_count, queue.oldest_waiting_at, queue.open_count) == ("Support", 0, None, 0)
    assert (queue.online_count, queue.wait_p50_seconds, queue.abandoned_today) == (1, None, 0)
    seen = await wall(house)
    assert [(one.agent.id, one.chats) for one in seen.agents] == [(ana.id, [])]
    assert (seen.csat.average, seen.csat.answered_count) == (None, 0)


async def test_a_busy_one(house: House) -> None:
    orders = await house.team("Orders")
    shop = await house.inbox("orders", orders)
    agents = [await house.agent(f"Agent {n}", capacity=2) for n in range(2)]
    began = house.clock()
    for _ in range(6):
        house.clock.on(seconds=10)
        await house.chat()
        await dispatch(house.works, house.team_id)
    await house.start(house.visitor(shop))
    seen = await wall(house)
    queues = {queue.team_id: queue for queue in seen.queues}
    assert (queues[house.team_id].waiting_count, queues[house.team_id].open_count) == (2, 4)
    assert queues[house.team_id].oldest_waiting_at == began + timedelta(seconds=50)
    assert (queues[orders].waiting_count, queues[orders].online_count) == (1, 0)
    assert {one.agent.id: len(one.chats) for one in seen.agents} == {agent.id: 2 for agent in agents}
    assert (seen.opened_today, seen.resolved_today) == (7, 0)


async def test_the_wall_says_why_nobody_is_given_what_waits(house: House) -> None:
    """Whatever is wrong with a team, who wrote to it is in its queue, and supervisors read why it stands still."""
    orders = await house.team("Orders")
    shop = await house.inbox("orders", orders)
    id = (await house.start(house.visitor(shop))).conversation.id

    async def stands() -> tuple[int, str | None, str | None]:
        await dispatch(house.works, orders)
        queue = next(one for one in (await wall(house)).queues if one.team_id == orders)
        return queue.waiting_count, queue.unserved, (await house.conversation(id)).agent_id

    assert await stands() == (1, "no_members", None)
    ana = await house.agent("Ana", capacity=0, teams=[orders])
    assert await stands() == (1, "no_capacity", None)
    ben = await house.agent("Ben", capacity=2, teams=[orders], presence="away")
    assert await stands() == (1, "nobody_online", None)
    await house.run(deactivate_agent, OPERATOR, ana.id)
    await house.run(set_presence, ben.id, "online", LEASE)
    assert await stands() == (0, None, ben.id)
    await house.run(deactivate_agent, OPERATOR, ben.id)
    await house.run(hand_on, [ben.id], "deactivated", all_of_it=True)
    assert await stands() == (1, "no_members", None), "whoever is deleted leaves what they had to the queue"


async def test_waits_of_today_by_nearest_rank(house: House) -> None:
    """Ten waits of 1 to 10 minutes: half waited at most 5, nine of ten at most 9."""
    ana = await house.agent(capacity=100)
    for minutes in range(1, 11):
        id, _ = await house.chat()
        house.clock.on(minutes=minutes)
        await house.claim(ana, id)
    queue = await queue_of(house)
    assert (queue.wait_p50_seconds, queue.wait_p90_seconds) == (300, 540)


async def test_who_waits_too_long_is_at_risk_from_then_on(house: House) -> None:
    """Four fifths of five minutes."""
    await house.chat()
    seen = await wall(house)
    (queue,) = seen.queues
    assert (queue.at_risk_count, queue.next_at_risk_at) == (0, MONDAY + timedelta(minutes=4))
    assert repaint_at(seen) == MONDAY + timedelta(minutes=2), "an answer was promised by then"
    house.clock.on(minutes=2, seconds=1)
    assert repaint_at(await wall(house)) == MONDAY + timedelta(minutes=4)
    house.clock.now = MONDAY + timedelta(minutes=4)
    queue = await queue_of(house)
    assert (queue.at_risk_count, queue.next_at_risk_at) == (1, None)


async def test_abandoned_is_who_ended_it_before_an_answer(house: House) -> None:
    ana = await house.agent()

    async def end(id: str, visitor: Visitor) -> None:
        await house.run(end_conversation, visitor, EndConversation(conversation_id=id))

    await end(*await house.chat())
    await end(*await house.chat(ana))
    answered = await house.chat(ana)
    await house.answer(ana, answered[0])
    await end(*answered)
    refused, _ = await house.chat(ana)
    await house.resolve(ana, refused)
    assert (await queue_of(house)).abandoned_today == 2


async def test_who_comes_back_has_not_abandoned(house: House) -> None:
    id, visitor = await house.chat()
    await house.run(end_conversation, visitor, EndConversation(conversation_id=id))
    await house.write(visitor, id)
    assert (await queue_of(house)).abandoned_today == 0


@pytest.mark.parametrize(("seconds", "in_time"), [(120, 1), (120.001, 0), (3600, 0)])
async def test_first_answers_in_time(house: House, seconds: float, in_time: int) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    house.clock.on(seconds=seconds)
    await house.answer(ana, id)
    house.clock.on(seconds=1)
    await house.answer(ana, id)
    queue = await queue_of(house)
    assert (queue.answered_today, queue.answered_in_time_today) == (1, in_time)


async def test_who_still_waits_for_a_first_answer_is_late_once_the_promise_is_over(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    house.clock.on(seconds=120)
    queue = await queue_of(house)
    assert (queue.unanswered_late_count, queue.next_late_at) == (0, house.clock())
    house.clock.on(seconds=1)
    queue = await queue_of(house)
    assert (queue.unanswered_late_count, queue.next_late_at) == (1, None)
    await house.answer(ana, id)
    queue = await queue_of(house)
    assert (queue.unanswered_late_count, queue.answered_today, queue.answered_in_time_today) == (0, 1, 0)


async def test_what_contacts_thought_today(house: House) -> None:
    ana = await house.agent(lease=timedelta(days=2))
    for score in (1, 4, 5):
        id, visitor = await house.chat(ana)
        await house.resolve(ana, id)
        await house.run(answer_survey, visitor, AnswerSurvey(conversation_id=id, score=score))
    csat = (await wall(house)).csat
    assert (csat.average, csat.answered_count, csat.satisfied_count) == (pytest.approx(10 / 3), 3, 2)
    house.clock.on(days=1)
    assert (await wall(house)).csat.answered_count == 0


async def test_an_agents_chats_say_who_waits(house: House) -> None:
    ana = await house.agent()
    first, _ = await house.chat(ana)
    house.clock.on(minutes=1)
    await house.answer(ana, first)
    second, _ = await house.chat(ana)
    (row,) = (await wall(house)).agents
    assert [(chat.conversation_id, chat.since, chat.waiting_since) for chat in row.chats] == [
        (first, MONDAY, None),
        (second, house.clock(), house.clock()),
    ]


async def test_more_chats_than_a_screen_can_list_are_counted_only(house: House) -> None:
    ana = await house.agent(capacity=20)
    for _ in range(13):
        await house.chat(ana)
    (row,) = (await wall(house)).agents
    assert (row.chat_count, row.chats) == (13, [])


async def test_whoever_is_gone_is_not_counted(house: House) -> None:
    await house.agent("Ana", lease=timedelta(seconds=10))
    await house.agent("Ben", presence="away")
    house.clock.on(seconds=10)
    assert (await queue_of(house)).online_count == 0


async def test_today_begins_at_midnight(house: House) -> None:
    ana = await house.agent(lease=timedelta(days=2))
    yesterday, _ = await house.chat(ana)
    await house.answer(ana, yesterday)
    house.clock.on(days=1)
    id, _ = await house.chat(ana)
    await house.resolve(ana, yesterday)
    await house.resolve(ana, id)
    seen = await wall(house)
    assert (seen.opened_today, seen.resolved_today) == (1, 2)
    assert (await queue_of(house)).answered_today == 0
    assert repaint_at(seen) == (MONDAY + timedelta(days=2)).replace(hour=0)


async def test_conversations_of_no_team_are_shown_as_such(house: House) -> None:
    inbox = await house.inbox("open door")
    await house.start(house.visitor(inbox))
    assert {(queue.name, queue.waiting_count) for queue in (await wall(house)).queues} == {("Support", 0), ("No team", 1)}


async def test_missed_offers_and_kept_estimates(house: House) -> None:
    ana = await house.agent()
    for outcome, low in (("missed", 0), ("accepted", 50)):
        id, _ = await house.chat()
        await house.add(
            Assignment(
                id=new_id(),
                conversation_id=id,
                agent_id=ana.id,
                team_id=house.team_id,
                made_by="routing",
                reason="routed",
                decision={},
                outcome=outcome,
                started_at=house.clock(),
                ended_at=house.clock(),
            )
        )
        await house.add(
            WaitPromise(
                conversation_id=id,
                team_id=house.team_id,
                position=1,
                low_seconds=low,
                high_seconds=60,
                waited_seconds=40.0,
                promised_at=house.clock(),
            )
        )
    seen = await wall(house)
    assert [one.missed_today for one in seen.agents] == [1]
    assert (seen.queues[0].promised_today, seen.queues[0].kept_today) == (2, 1)


class Day:
    """Anything that can happen, in any order."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.chance = random.Random(seed)
        self.chats: list[tuple[str, Visitor]] = []
        self.agents: list[SignedInAgent] = []
        self.inboxes: list[str] = []

    async def open(self) -> None:
        orders = await self.house.team("Orders")
        self.inboxes = [self.house.inbox_id, await self.house.inbox("orders", orders), await self.house.inbox("open door")]
        for n, teams in enumerate(([orders], [self.house.team_id], [orders, self.house.team_id])):
            self.agents.append(await self.house.agent(f"Agent {n}", teams=teams, capacity=3))
        self.supervisor = await self.house.agent("Sue", role="supervisor", teams=[])
        await self.house.run(set_team_routing, OPERATOR, self.house.team_id, SetTeamRouting(accept_seconds=20))
        for _ in range(3):  # so that there is a pace to promise by
            id, _ = await self.house.chat(self.agents[1])
            self.house.clock.on(seconds=30)
            await self.house.resolve(self.agents[1], id)

    async def go_on(self) -> None:
        """One thing more, some time later. What is refused changes nothing."""
        self.house.clock.on(seconds=self.chance.choice([0, 1, 7.5, 40, 130, 500, 4000]))
        deeds: list[Callable[[], Awaitable[object]]] = [self.arrive, *[self.rush] * 6, self.serve, self.come_and_go, self.vanish]
        if self.chats:
            deeds += [self.claim, self.claim, self.answer, self.answer, self.write, self.give, self.resolve, self.end]
            deeds += [self.rate, self.snooze, self.note, self.pull_back, self.set_thresholds, self.accept, self.decline]
        with contextlib.suppress(Invalid, Conflict):
            await self.chance.choice(deeds)()

    async def arrive(self) -> None:
        self.chats.append(await self.house.chat(visitor=self.house.visitor(self.chance.choice(self.inboxes))))

    async def rush(self) -> None:
        """One more for the team that must accept, and some time for it to."""
        self.chats.append(await self.house.chat())
        await self.serve()
        if self.chance.random() < 0.5:
            await self.accept()

    async def serve(self) -> None:
        """Offers whose time is over go on first, as the timetable sees to."""
        await do_all_due(self.house.works, lapse_offers)
        for team_id in (self.house.team_id, None):
            await dispatch(self.house.works, team_id)

    async def accept(self) -> None:
        id, agent = await self.offered()
        await self.house.run(accept_conversation, agent, AcceptConversation(conversation_id=id))

    async def decline(self) -> None:
        id, agent = await self.offered()
        await self.house.run(decline_conversation, agent, DeclineConversation(conversation_id=id))

    async def offered(self) -> tuple[str, SignedInAgent]:
        """Something offered to somebody, or anything."""
        offers = await self.house.all(select(Conversation).where(Conversation.offer_until.is_not(None)).order_by(Conversation.id))
        if not offers:
            return self.some()[0], self.agents[0]
        offer = self.chance.choice(offers)
        return offer.id, next(agent for agent in [*self.agents, self.supervisor] if agent.id == offer.agent_id)

    async def come_and_go(self) -> None:
        agent, presence = self.chance.choice(self.agents), self.chance.choice(["online", "online", "online", "away", "busy"])
        await self.house.run(arrive, agent.id, LEASE)
        await self.house.run(set_presence, agent.id, self.presence(presence), LEASE)

    def presence(self, named: str) -> Presence:
        return "away" if named == "away" else "busy" if named == "busy" else "online"

    async def vanish(self) -> None:
        if self.chance.random() < 0.2:
            self.house.clock.on(hours=9)

        async def sweep(work: Work) -> None:
            await hand_on(work, await lapse_leases(work))

        await self.house.run(sweep)

    async def claim(self) -> None:
        await self.house.claim(self.chance.choice(self.agents), self.some()[0])

    async def answer(self) -> None:
        await self.house.answer(self.chance.choice(self.agents), self.some()[0])

    async def note(self) -> None:
        await self.house.note(self.chance.choice(self.agents), self.some()[0])

    async def write(self) -> None:
        id, visitor = self.some()
        await self.house.write(visitor, id)

    async def give(self) -> None:
        to = self.chance.choice([*(agent.id for agent in self.agents), None])
        command = AssignConversation(conversation_id=self.some()[0], agent_id=to)
        await self.house.run(assign_conversation, self.chance.choice(self.agents), command)

    async def resolve(self) -> None:
        await self.house.resolve(self.chance.choice(self.agents), self.some()[0])

    async def end(self) -> None:
        id, visitor = self.some()
        await self.house.run(end_conversation, visitor, EndConversation(conversation_id=id))

    async def rate(self) -> None:
        id, visitor = self.some()
        await self.house.run(answer_survey, visitor, AnswerSurvey(conversation_id=id, score=self.chance.randint(1, 5)))

    async def snooze(self) -> None:
        command = SnoozeConversation(conversation_id=self.some()[0], until=self.house.clock() + timedelta(hours=1))
        await self.house.run(snooze_conversation, self.chance.choice(self.agents), command)

    async def pull_back(self) -> None:
        await self.house.run(pull_back, self.supervisor, PullBackConversation(conversation_id=self.some()[0]))

    async def set_thresholds(self) -> None:
        seconds = self.chance.choice([10, 100, 1000])
        await self.house.run(
            set_thresholds,
            self.supervisor,
            SetThresholds(
                team_id=self.house.team_id,
                waiting_count=3,
                longest_seconds=seconds,
                p90_seconds=seconds,
                answer_seconds=seconds,
            ),
        )

    def some(self) -> tuple[str, Visitor]:
        return self.chance.choice(self.chats)


@pytest.mark.parametrize("seed", [1, 7])
async def test_at_every_checkpoint_the_wall_is_a_recount(house: House, seed: int) -> None:
    day = Day(house, seed)
    await day.open()
    for _ in range(30):
        await day.go_on()
        await wall(house)
