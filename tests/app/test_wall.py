"""The wall: equal to a recount of the rows after anything."""

from __future__ import annotations

from datetime import timedelta

from app.contract.views import WallView
from app.reports import wall_view
from app.routing.dispatch import dispatch
from tests.factories import House


async def wall(house: House) -> WallView:
    async with house.works.read() as rows:
        return await wall_view(rows, house.clock())


async def test_a_wall_of_a_quiet_morning(house: House) -> None:
    ana = await house.agent("Ana")
    (queue,) = (await wall(house)).queues
    assert (queue.name, queue.waiting_count, queue.oldest_waiting_at, queue.open_count, queue.online_count) == (
        "Support",
        0,
        None,
        0,
        1,
    )
    assert [agent.id for agent in (await wall(house)).agents] == [ana.id]


async def test_the_wall_equals_a_recount(house: House) -> None:
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
    assert {agent.id: agent.load for agent in seen.agents} == {agent.id: 2 for agent in agents}
    assert (seen.opened_today, seen.resolved_today) == (7, 0)


async def test_whoever_is_gone_is_not_counted(house: House) -> None:
    await house.agent("Ana", lease=timedelta(seconds=10))
    await house.agent("Ben", presence="away")
    house.clock.on(seconds=10)
    (queue,) = (await wall(house)).queues
    assert queue.online_count == 0


async def test_today_begins_at_midnight(house: House) -> None:
    ana = await house.agent(lease=timedelta(days=2))
    yesterday, _ = await house.chat(ana)
    house.clock.on(days=1)
    id, _ = await house.chat(ana)
    await house.resolve(ana, yesterday)
    await house.resolve(ana, id)
    seen = await wall(house)
    assert (seen.opened_today, seen.resolved_today) == (1, 2)


async def test_conversations_of_no_team_are_shown_as_such(house: House) -> None:
    inbox = await house.inbox("open door")
    await house.start(house.visitor(inbox))
    assert {(queue.name, queue.waiting_count) for queue in (await wall(house)).queues} == {("Support", 0), ("No team", 1)}
