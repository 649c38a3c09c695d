"""Jobs: run once by whoever is first, again after pauses when they fail, and never lost with their runner."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.jobs import BATCH, LEASE, PAUSES, JobRunner
from app.work import Work, Works
from models import Job
from tests.factories import House


async def queue(
    house: House, kind: str = "greet", after: timedelta = timedelta(), key: str | None = None, **payload: Any
) -> bool:
    async def write(work: Work) -> bool:
        return await work.later(kind, payload, after, key)

    return await house.run(write)


class Hand:
    """A handler that notes what it did, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.done: list[dict[str, Any]] = []
        self.failures = failures
        self.has_begun = asyncio.Event()

    async def __call__(self, works: Works, payload: dict[str, Any]) -> None:
        self.has_begun.set()
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("nobody answered")
        self.done.append(payload)


async def jobs(house: House) -> list[Job]:
    return list(await house.all(select(Job).order_by(Job.id)))


async def drain(runner: JobRunner) -> None:
    while await runner.run_due():
        pass


async def test_four_runners_do_each_job_once(house: House) -> None:
    hand = Hand()
    for number in range(60):
        await queue(house, number=number)
    async with house.another_node() as other:
        runners = [JobRunner(works, {"greet": hand}) for works in (house.works, other) * 2]
        await asyncio.gather(*(drain(runner) for runner in runners))
    assert Counter(payload["number"] for payload in hand.done) == dict.fromkeys(range(60), 1)
    assert await jobs(house) == []


async def test_a_runner_takes_no_more_than_a_batch_at_once(house: House) -> None:
    for number in range(BATCH + 5):
        await queue(house, number=number)
    runner = house.jobs({"greet": Hand()})
    assert [await runner.run_due() for _ in range(3)] == [BATCH, 5, 0]


async def test_a_job_is_not_done_before_its_time(house: House) -> None:
    hand = Hand()
    runner = house.jobs({"greet": hand})
    await queue(house, after=timedelta(seconds=60))
    house.clock.on(seconds=59.9)
    assert await runner.run_due() == 0
    house.clock.on(seconds=0.1)
    assert await runner.run_due() == 1
    assert len(hand.done) == 1


async def test_a_job_that_fails_is_tried_again_after_growing_pauses_and_then_lies_dead(house: House) -> None:
    hand = Hand(failures=100)
    runner = house.jobs({"greet": hand})
    await queue(house)
    for attempt, pause in enumerate(PAUSES, 1):
        assert await runner.run_due() == 1
        (job,) = await jobs(house)
        assert (job.state, job.attempts, job.run_at) == ("waiting", attempt, house.clock() + timedelta(seconds=pause))
        assert job.last_error == "ConnectionError: nobody answered"
        house.clock.on(seconds=pause - 0.1)
        assert await runner.run_due() == 0
        house.clock.on(seconds=0.1)
    assert list(PAUSES) == sorted(PAUSES)
    assert await runner.run_due() == 1
    (job,) = await jobs(house)
    assert (job.state, job.attempts) == ("dead", len(PAUSES) + 1)
    house.clock.on(days=365)
    assert await runner.run_due() == 0


async def test_a_failure_is_forgotten_with_the_success(house: House) -> None:
    hand = Hand(failures=1)
    runner = house.jobs({"greet": hand})
    await queue(house, name="Mia")
    await runner.run_due()
    house.clock.on(seconds=PAUSES[0])
    await runner.run_due()
    assert hand.done == [{"name": "Mia"}]
    assert await jobs(house) == []


async def test_one_failing_job_does_not_hold_up_the_others(house: House) -> None:
    good, bad = Hand(), Hand(failures=9)
    runner = house.jobs({"good": good, "bad": bad})
    for kind in ("bad", "good", "bad", "good"):
        await queue(house, kind)
    await runner.run_due()
    assert len(good.done) == 2
    assert [job.kind for job in await jobs(house)] == ["bad", "bad"]


async def test_a_job_nobody_knows_how_to_do_waits_for_a_version_that_does(house: House) -> None:
    await queue(house, "tomorrow")
    await house.jobs({}).run_due()
    (job,) = await jobs(house)
    assert (job.state, job.last_error) == ("waiting", "KeyError: 'tomorrow'")
    house.clock.on(seconds=PAUSES[0])
    hand = Hand()
    await house.jobs({"tomorrow": hand}).run_due()
    assert len(hand.done) == 1


async def test_the_job_of_a_runner_that_died_comes_back_after_its_lease(house: House) -> None:
    class Died(BaseException):
        """The process is gone: nothing after this line happens."""

    async def die(works: Works, payload: dict[str, Any]) -> None:
        raise Died

    await queue(house)
    with pytest.raises(Died):
        await house.jobs({"greet": die}).run_due()
    hand = Hand()
    runner = house.jobs({"greet": hand})
    house.clock.on(seconds=LEASE.total_seconds() - 0.1)
    assert await runner.run_due() == 0, "it may still be at work"
    house.clock.on(seconds=0.1)
    assert await runner.run_due() == 1
    assert len(hand.done) == 1


async def test_a_runner_that_is_stopped_gives_its_job_back_at_once(house: House) -> None:
    has_begun = asyncio.Event()

    async def dawdle(works: Works, payload: dict[str, Any]) -> None:
        has_begun.set()
        await asyncio.Event().wait()

    await queue(house)
    task = asyncio.create_task(house.jobs({"greet": dawdle}).run_forever())
    await has_begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (job,) = await jobs(house)
    assert (job.state, job.run_at) == ("waiting", house.clock())


async def test_the_same_waiting_job_is_queued_once_and_again_while_it_runs(house: House) -> None:
    again: list[bool] = []

    async def queue_again(works: Works, payload: dict[str, Any]) -> None:
        again.append(await queue(house, key="k"))

    assert [await queue(house, key="k"), await queue(house, key="k")] == [True, False]
    assert await queue(house, "other kind", key="k")
    await house.jobs({"greet": queue_again, "other kind": Hand()}).run_due()
    assert again == [True], "what happened while it ran must not be missed"
    assert [job.unique_key for job in await jobs(house)] == ["k"]


async def test_a_runner_that_sleeps_wakes_for_a_new_job(house: House) -> None:
    hand = Hand()
    runner = house.jobs({"greet": hand})
    forever = asyncio.create_task(runner.run_forever())
    await asyncio.sleep(0.02)  # it looked, found nothing, and sleeps now
    await queue(house)
    runner.wake()
    await asyncio.wait_for(hand.has_begun.wait(), 5)
    forever.cancel()
    await asyncio.gather(forever, return_exceptions=True)


async def test_timers_of_a_kind_that_are_due_together_are_one_run(house: House) -> None:
    runs: list[str] = []
    hand = Hand()

    async def ring(works: Works) -> None:
        runs.append("rung")

    for number in range(3):
        await queue(house, "ring", number=number)
    await queue(house, "greet")
    assert await JobRunner(house.works, {"greet": hand}, {"ring": ring}).run_due() == 4
    assert (runs, len(hand.done), await jobs(house)) == (["rung"], 1, [])


async def test_timers_that_fail_are_each_tried_again(house: House) -> None:
    runs: list[str] = []

    async def ring(works: Works) -> None:
        runs.append("rung")
        if len(runs) == 1:
            raise ConnectionError("nobody answered")

    runner = JobRunner(house.works, {}, {"ring": ring})
    for number in range(3):
        await queue(house, "ring", number=number)
    await runner.run_due()
    assert [job.attempts for job in await jobs(house)] == [1, 1, 1]
    house.clock.on(seconds=PAUSES[0])
    await drain(runner)
    assert (runs, await jobs(house)) == (["rung", "rung"], [])
