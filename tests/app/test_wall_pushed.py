"""The wall is pushed: when something moves, wherever it moved, and recounted once for everybody who watches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest

from app.contract.audiences import ToAllAgents
from app.contract.presence import PresenceChanged
from app.contract.wall import WallChanged, WallMoved, WallView
from app.people.actors import SignedInAgent
from app.people.agents import get_agent
from app.reports.open_now import OpenNow
from app.work import Announcement, Works
from realtime.hub import LocalHub
from realtime.rooms import WALL
from realtime.wall import WallPainter
from tests.app.asking import Doors, ask
from tests.factories import House
from tests.recording import Stream


class Watcher(Stream):
    """A wall: it says when it was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = asyncio.Condition()

    @property
    def walls(self) -> list[WallChanged]:
        return [
            msgspec.json.decode(encoded.json, type=WallChanged)
            for encoded in self.heard
            if b'"wall.changed"' in encoded.json[:30]
        ]

    async def until_waiting(self, count: int) -> None:
        """Until the wall shows that many who wait."""
        async with asyncio.timeout(20):
            while not self.walls or self.walls[-1].wall.queues[0].waiting_count != count:
                await asyncio.sleep(0.01)


@pytest.fixture
def doors(house: House) -> Doors:
    return Doors(house)


@asynccontextmanager
async def at_work(painter: WallPainter) -> AsyncIterator[WallPainter]:
    task = asyncio.create_task(painter.paint_forever())
    yield painter
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def painting(doors: Doors) -> AsyncIterator[WallPainter]:
    """The painter at work."""
    async with at_work(doors.wall):
        yield doors.wall


@pytest.fixture
async def sue(house: House) -> SignedInAgent:
    return await house.agent("Sue", role="supervisor")


async def watch(doors: Doors, sue: SignedInAgent, stream: Stream, *, watching: bool = True) -> dict[str, object]:
    return await ask(doors.gateway, sue, "wall.watch", stream, watching=watching)


async def test_what_moves_is_painted(house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent) -> None:
    watcher = Watcher()
    assert (await watch(doors, sue, watcher))["ok"]
    await house.chat()
    await watcher.until_waiting(1)
    await house.chat()
    await watcher.until_waiting(2)


async def test_l9_a_screen_that_takes_rows_is_sent_those_that_changed(
    house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent
) -> None:
    for number in range(40):
        await house.agent(f"Agent {number:02}")
    whole, rows = Watcher(), Watcher()
    assert (await watch(doors, sue, whole))["ok"]
    first = await ask(doors.gateway, sue, "wall.watch", rows, watching=True, by_rows=True)
    await house.chat()
    await whole.until_waiting(1)
    (encoded,) = [encoded for encoded in rows.heard if b'"wall.moved"' in encoded.json[:30]]
    moved = msgspec.json.decode(encoded.json, type=WallMoved)
    assert moved.after.isoformat() == msgspec.convert(first["wall"], WallView).made_at.isoformat()
    assert [queue.waiting_count for queue in moved.queues] == [1]
    assert moved.agents == []
    assert len(encoded.json) * 10 < len(whole.heard[-1].json), "a tenth, with forty agents of whom none moved"
    rows.heard.clear()
    await house.agent("Somebody new")
    await house.chat()
    await whole.until_waiting(2)
    assert [msgspec.json.decode(encoded.json)["type"] for encoded in rows.heard] == ["wall.changed"], "rows came: the whole"
    assert rows.walls[-1].wall == whole.walls[-1].wall


async def test_what_moves_on_another_node_is_painted(
    house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent
) -> None:
    """Only the hint comes from there, as Redis delivers it: to the rooms, and to nobody else."""
    watcher = Watcher()
    await watch(doors, sue, watcher)
    house.told.listeners.clear()
    await house.chat()
    doors.hub.deliver_here(house.told.announcements)
    await watcher.until_waiting(1)


async def test_fifty_walls_cost_one_recount(house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent) -> None:
    house.clock.on(seconds=1)
    ticking = house.works.clock
    counted: list[object] = []

    def clock() -> object:
        counted.append(None)
        return ticking()

    house.works.clock = clock  # pyright: ignore[reportAttributeAccessIssue]
    watchers = [Watcher() for _ in range(50)]
    await asyncio.gather(*(watch(doors, sue, watcher) for watcher in watchers))
    assert len(counted) == 1
    house.works.clock = ticking
    await house.chat()
    await watchers[0].until_waiting(1)
    assert {watcher.heard[-1].json for watcher in watchers} == {watchers[0].heard[-1].json}


async def test_a_burst_is_painted_at_most_four_times_a_second(
    house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent
) -> None:
    watcher = Watcher()
    await watch(doors, sue, watcher)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(30):
        await house.chat()
    await watcher.until_waiting(30)
    assert len(watcher.walls) <= 2 + 4 * (loop.time() - began)


async def test_nothing_is_painted_when_nothing_shown_has_changed(
    house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent
) -> None:
    watcher = Watcher()
    await watch(doors, sue, watcher)
    before = len(watcher.walls)
    async with house.works.read() as rows:
        same = PresenceChanged(agent=await get_agent(rows, sue.id, house.clock()))
    doors.hub.publish([Announcement(same, ToAllAgents())])
    await house.chat()
    await watcher.until_waiting(1)
    assert len(watcher.walls) == before + 1


async def test_when_time_alone_moves_something_it_is_painted(
    house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent
) -> None:
    """Nobody does anything; somebody's four minutes are over."""
    await house.chat()
    house.clock.on(minutes=3, seconds=59.9)
    watcher = Watcher()
    await watch(doors, sue, watcher)
    house.clock.on(seconds=0.2)
    async with asyncio.timeout(20):
        while not watcher.walls or watcher.walls[-1].wall.queues[0].at_risk_count != 1:
            await asyncio.sleep(0.01)


async def test_a_lost_hint_is_made_up_for(house: House) -> None:
    def checked_often(works: Works) -> OpenNow:
        return OpenNow(works, check_seconds=0.1, check_share=1.0)

    watcher = Watcher()
    async with at_work(WallPainter(house.works, LocalHub(), certain_seconds=0.3, open_now=checked_often)) as painter:
        await painter.watch(watcher)
        await house.chat()  # nobody tells that hub
        await watcher.until_waiting(1)


async def test_whoever_stops_watching_hears_no_more(
    house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent
) -> None:
    one, other = Watcher(), Watcher()
    await watch(doors, sue, one)
    await watch(doors, sue, other)
    assert (await watch(doors, sue, one, watching=False))["ok"]
    heard = len(one.walls)
    await house.chat()
    await other.until_waiting(1)
    assert len(one.walls) == heard


async def test_nobody_watching_costs_nothing(house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent) -> None:
    watcher = Watcher()
    await watch(doors, sue, watcher)
    await watch(doors, sue, watcher, watching=False)
    await house.chat()
    async with asyncio.timeout(20):
        while painting.rooms:
            await asyncio.sleep(0.01)
    assert not doors.hub.is_anyone_in(WALL)


async def test_agents_may_not_watch(house: House, doors: Doors) -> None:
    ana, stream = await house.agent(lease=timedelta(hours=1)), Stream()
    assert (await watch(doors, ana, stream))["code"] == "forbidden"
    assert not doors.hub.is_anyone_in(WALL)


async def test_thresholds_set_are_painted(house: House, doors: Doors, painting: WallPainter, sue: SignedInAgent) -> None:
    watcher = Watcher()
    await watch(doors, sue, watcher)
    seconds = {"longest_seconds": 60, "p90_seconds": 60, "answer_seconds": 60}
    await ask(doors.gateway, sue, "team.set_thresholds", team_id=house.team_id, waiting_count=1, **seconds)
    async with asyncio.timeout(20):
        while not watcher.walls or watcher.walls[-1].wall.queues[0].thresholds.waiting_count != 1:
            await asyncio.sleep(0.01)
