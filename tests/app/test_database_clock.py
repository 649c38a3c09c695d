"""Every node goes by the database's clock, however wrong its own is."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.database import DatabaseClock
from app.database.clock_offset import WORKED_OFF, Lead
from models import ClockJump, NodeClock
from tests.factories import MONDAY, House
from tests.servers.clocks import SetClock, settable_clock

HOUR = timedelta(hours=1)
CLOSE = timedelta(seconds=1)


class Wall:
    """A node's own clock, wrong by so much."""

    def __init__(self, by: timedelta) -> None:
        self.by = by

    def __call__(self) -> datetime:
        return utc_now() + self.by


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(days=400)])
async def test_a_node_whose_clock_is_wrong_goes_by_the_databases(house: House, by: timedelta) -> None:
    clock = DatabaseClock(house.database, Wall(by))
    assert abs(clock() - utc_now()) > CLOSE, "until it has asked"
    await clock.measure()
    assert abs(clock() - utc_now()) < CLOSE
    assert abs(clock.offset_seconds + by.total_seconds()) < 1


async def test_a_clock_that_jumps_under_way_is_not_followed(house: House) -> None:
    wall = Wall(timedelta())
    clock = DatabaseClock(house.database, wall)
    await clock.measure()
    wall.by = HOUR
    assert abs(clock() - utc_now()) < CLOSE


async def test_ticks_that_drift_are_put_right_at_the_next_measure(house: House) -> None:
    drift = [0.0]
    clock = DatabaseClock(house.database, utc_now, lambda: time.monotonic() + drift[0])
    await clock.measure()
    drift[0] = 1.5
    assert abs(clock() - utc_now()) > CLOSE
    await clock.measure()
    assert abs(clock() - utc_now()) < CLOSE


@pytest.fixture
async def set_clock(database_url: str) -> AsyncIterator[SetClock]:
    """To be asked for before the house, whose connections are to have it."""
    async with settable_clock(database_url) as change:
        yield change


def _seconds(duration: timedelta) -> float:
    return abs(duration.total_seconds())


@pytest.mark.parametrize("hours", [1, -1])
async def test_when_the_databases_clock_jumps_time_goes_on(set_clock: SetClock, house: House, hours: int) -> None:
    one, other = DatabaseClock(house.database), DatabaseClock(house.database)
    for clock in (one, other):
        await clock.measure()
    await set_clock(hours)
    for clock in (one, other, one):
        await clock.measure()
    late = DatabaseClock(house.database)
    await late.measure()
    for clock in (one, other, late):
        assert _seconds(clock() - utc_now()) < 1, "neither those who were there, nor who comes later, are an hour off"
    (jump,) = await house.all(select(ClockJump))
    assert abs(jump.seconds - hours * 3600) < 1


async def test_who_starts_alone_takes_the_clock_as_it_is_and_who_joins_others_does_as_they_do(
    set_clock: SetClock, house: House
) -> None:
    clock = DatabaseClock(house.database)
    await clock.measure()
    await set_clock(1)
    await clock.measure()
    started = DatabaseClock(house.database)
    await started.start()
    ahead = timedelta(hours=1) if house.database.dialect == "sqlite" else timedelta()
    assert _seconds(started() - utc_now() - ahead) < 1


async def test_a_clock_that_is_put_right_again_leaves_nothing_behind(set_clock: SetClock, house: House) -> None:
    clock = DatabaseClock(house.database)
    for hours in (0, 1, 0):
        await set_clock(hours)
        await clock.measure()
    jumps = await house.all(select(ClockJump).order_by(ClockJump.number))
    assert [round(jump.seconds, -1) for jump in jumps] == [3600, -3600]
    assert abs(jumps[-1].ahead_seconds) < 1
    assert _seconds(clock() - utc_now()) < 1


async def test_what_a_jump_left_is_worked_off_and_time_never_goes_back() -> None:
    for ahead in (timedelta(hours=1), -timedelta(hours=1)):
        lead = Lead(1, ahead, MONDAY)
        times = [MONDAY + timedelta(minutes=minutes) for minutes in range(0, 1500, 5)]
        own = [told + lead.at(told) for told in times]
        assert own[0] - times[0] == ahead
        assert own == sorted(own)
        assert max(_seconds(after - before) for before, after in pairwise(own)) <= 300 * (1 + WORKED_OFF)
        assert min(_seconds(after - before) for before, after in pairwise(own)) >= 300 * (1 - WORKED_OFF)
        assert own[-1] == times[-1]
        assert lead.ends_at == MONDAY + timedelta(hours=20)
        assert lead.at(MONDAY - timedelta(hours=1)) == ahead, "a clock that was set back counts from when it says so again"


async def test_a_node_whose_ticks_stood_still_does_not_set_the_time_of_the_others(house: House) -> None:
    """A machine that was stopped believes that the database's clock has jumped. The others object, and it gives in."""
    stopped = [0.0]
    paused = DatabaseClock(house.database, utc_now, lambda: time.monotonic() - stopped[0], "paused")
    others = [DatabaseClock(house.database, utc_now, time.monotonic, name) for name in ("one", "two")]
    for clock in (paused, *others):
        await clock.measure()
    stopped[0] = 600.0
    await paused.measure()
    assert _seconds(paused() - utc_now()) > 590, "it cannot know yet"
    for clock in (*others, paused, *others, paused):
        await clock.measure()
    for clock in (paused, *others):
        assert _seconds(clock() - utc_now()) < 1
    assert len(await house.all(select(ClockJump))) == 2, "said, objected to, and no more said"


async def test_a_node_whose_own_clock_differs_is_written_down_until_it_agrees(house: House) -> None:
    wall = Wall(HOUR)
    clock = DatabaseClock(house.database, wall, node="web-2")
    await clock.measure()
    await clock.measure()
    (noted,) = await house.all(select(NodeClock))
    assert (noted.node, round(noted.ahead_seconds)) == ("web-2", 3600)
    wall.by = timedelta()
    await clock.measure()
    assert not await house.all(select(NodeClock))


async def test_measuring_again_does_not_make_time_jump(house: House) -> None:
    """What the way to the database and back explains is no error: a quick look never makes time go back."""
    clock = DatabaseClock(house.database)
    await clock.measure()
    last = clock()
    for _ in range(20):
        await clock.measure()
        now = clock()
        assert now > last
        last = now
