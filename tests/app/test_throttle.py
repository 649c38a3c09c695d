"""At once, not again and again, and never more in all than is good for the others."""

from __future__ import annotations

import asyncio

from app.throttle import KeyedThrottle


async def test_the_first_is_done_at_once_and_the_many_that_follow_once_more() -> None:
    done: list[str] = []
    throttle = KeyedThrottle(0.02, done.append, most_a_second=1000)
    for _ in range(5):
        throttle.request("a")
    assert done == ["a"]
    await asyncio.sleep(0.04)
    assert done == ["a", "a"]
    await asyncio.sleep(0.06)
    assert done == ["a", "a"]


async def test_many_keys_rest_longer() -> None:
    done: list[str] = []
    throttle = KeyedThrottle(0.01, done.append, most_a_second=100)
    for n in range(50):
        throttle.request(str(n))
    for n in range(50):
        throttle.request(str(n))
    began = asyncio.get_running_loop().time()
    while len(done) < 100:
        await asyncio.sleep(0.01)
    assert asyncio.get_running_loop().time() - began > 0.45, "the last of 50 rests for 50 / 100 s"


async def test_once_it_is_over_nothing_that_rests_is_done() -> None:
    done: list[str] = []
    throttle = KeyedThrottle(0.01, done.append)
    throttle.request("a")
    throttle.request("a")
    throttle.end()
    throttle.request("b")
    await asyncio.sleep(0.05)
    assert done == ["a"]
