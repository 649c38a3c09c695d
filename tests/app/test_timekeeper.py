"""Every node goes by the database's clock, however wrong its own is."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from app.clock import utc_now
from app.database import DatabaseClock
from tests.factories import House

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
    drift[0] = 30.0
    assert abs(clock() - utc_now()) > CLOSE
    await clock.measure()
    assert abs(clock() - utc_now()) < CLOSE


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
