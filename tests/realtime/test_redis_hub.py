"""Redis carries hints: where it can by shards, only to who serves the room, and never at anybody's expense."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from app.clock import new_id
from app.contract.audiences import ToAllAgents, ToContact
from app.contract.connection import GoingAway, SignedOut
from app.work import Announcement
from realtime.redis_hub import PREFIX, RedisHub
from realtime.redis_lines import open_lines
from realtime.rooms import room_of
from tests.realtime.nodes import KEY, Screen
from tests.servers.redis import RedisCluster, RedisServer


async def hearing_hub(url: str, key: str = KEY) -> RedisHub:
    hub = RedisHub(url, key)
    await hub.start()
    async with asyncio.timeout(20):
        while hub.trouble is not None:
            await asyncio.sleep(0.01)
    return hub


@pytest.fixture(scope="module")
def redis_cluster() -> Iterator[RedisCluster]:
    """Two primaries, half of the slots each."""
    cluster = RedisCluster()
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(params=["standalone", "cluster"])
def any_redis_url(request: pytest.FixtureRequest) -> str:
    if request.param == "standalone":
        return request.getfixturevalue("redis_url")
    return request.getfixturevalue("redis_cluster").url()


@pytest.fixture
async def pair(any_redis_url: str) -> AsyncIterator[tuple[RedisHub, RedisHub]]:
    hubs = await asyncio.gather(hearing_hub(any_redis_url), hearing_hub(any_redis_url))
    yield hubs[0], hubs[1]
    await asyncio.gather(*(hub.stop() for hub in hubs))


async def test_whoever_waits_for_the_subscription_misses_nothing_said_after_it(pair: tuple[RedisHub, RedisHub]) -> None:
    """Join is: subscribe, then look at the rows. What is said after the look arrives, though no other client was there."""
    here, there = pair
    for number in range(40):
        screen, to = Screen(), ToContact(contact_id=new_id())
        here.enter(screen, [room_of(to)])
        await here.hearing([room_of(to)])
        there.publish([Announcement(GoingAway(retry_seconds=number), to)])
        await screen.until(lambda screen: screen.all("going_away"), 5)
        if number % 2:
            here.leave(screen, [room_of(to)])


async def test_a_node_is_sent_only_what_it_serves(any_redis_url: str, pair: tuple[RedisHub, RedisHub]) -> None:
    here, there = pair
    served, left = ToContact(contact_id=new_id()), ToContact(contact_id=new_id())
    screen = Screen()
    here.enter(screen, [room_of(served), room_of(left)])
    await here.hearing([room_of(served), room_of(left)])
    here.leave(screen, [room_of(left)])
    there.publish([Announcement(SignedOut(), served)])
    await screen.until(lambda screen: screen.all("signed_out"))
    async with asyncio.timeout(5), open_lines(any_redis_url) as lines:
        while True:
            counts = [await line.listeners(PREFIX) for line in lines]
            found = {room: count for some in counts for room, count in some.items()}
            if room_of(left) not in found:
                break
    assert found[room_of(served)] == 1, "one node listens, the other does not"
    assert all(line.is_sharded for line in lines)


async def test_a_server_without_shards_is_spoken_to_the_old_way(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.redis_lines.SHARDED_SINCE", 99)
    here, there = await asyncio.gather(hearing_hub(redis_url), hearing_hub(redis_url))
    screen = Screen()
    here.enter(screen, ["agents"])
    await here.hearing(["agents"])
    there.publish([Announcement(SignedOut(), ToAllAgents())])
    await screen.until(lambda screen: screen.all("signed_out"))
    await asyncio.gather(here.stop(), there.stop())


class Counting:
    """Takes Redis's place and hangs up on whoever comes."""

    def __init__(self) -> None:
        self.came = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        writer.close()


async def test_while_redis_is_dead_publishing_costs_nothing_and_nobody_runs_against_the_wall() -> None:
    server = RedisServer()
    server.start()
    hub = await hearing_hub(server.url())
    server.kill()
    counting = Counting()
    wall = await asyncio.start_server(counting, "127.0.0.1", server.port, reuse_address=True)
    hint = Announcement(GoingAway(retry_seconds=1.0), ToContact(contact_id=new_id()))
    try:
        async with asyncio.timeout(5):
            while hub.trouble is None:
                hub.publish([hint])
                await asyncio.sleep(0.001)
        counting.came = 0
        slowest = 0.0
        until = time.monotonic() + 2
        while time.monotonic() < until:
            began = time.process_time()
            for _ in range(20):
                hub.publish([hint])
            slowest = max(slowest, time.process_time() - began)
            await asyncio.sleep(0.002)
        assert counting.came <= 24, "two that try again after .1 to 1 s, not one try a hint"
        assert len(hub._outgoing) == 0, "what cannot be sent is not kept"
        assert slowest < 0.1
        assert hub.is_deaf
    finally:
        wall.close()
        await wall.wait_closed()
        server.start()
        async with asyncio.timeout(10):
            while hub.trouble is not None:
                await asyncio.sleep(0.02)
        await hub.stop()
        server.stop()


async def test_a_hub_that_cannot_keep_up_drops_and_does_not_grow(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.redis_hub.MAX_WAITING_BYTES", 10_000)
    hub = await hearing_hub(redis_url)
    hints = [Announcement(GoingAway(retry_seconds=1.0), ToContact(contact_id=new_id())) for _ in range(5_000)]
    hub.publish(hints)  # without giving the speaker a turn
    assert sum(len(event) for _, event in hub._outgoing) < 11_000
    await hub.stop()
