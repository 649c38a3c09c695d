"""Jobs: run once by whoever is first, again after pauses when they fail, and never lost with their runner."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.job_kinds import DECLARED, MAIL, MAX_KEY, PAUSES, ROWS, JobKind, Queue, TimerKind, bind, does
from app.jobs import LEASE, JobRunner
from app.tasks import end
from app.work import Work, Works
from models import Job
from tests.factories import House

LANE = Queue("tests", 8)
GREET = JobKind(name="greet", queue=LANE)
OTHER = JobKind(name="other", queue=LANE)
KEYED = JobKind(name="keyed", queue=LANE, unique_by=("key",))
RING = TimerKind(name="ring")


async def queue(house: House, kind: JobKind = GREET, after: timedelta = timedelta(), **payload: Any) -> bool:
    async def write(work: Work) -> bool:
        return await work.later(kind, payload, after)

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


class Slow:
    """A handler that ends when it may."""

    def __init__(self) -> None:
        self.has_begun, self.may_end, self.ends = asyncio.Event(), asyncio.Event(), 0

    async def __call__(self, works: Works, payload: dict[str, Any]) -> None:
        self.has_begun.set()
        await self.may_end.wait()
        self.ends += 1


class Died(BaseException):
    """The process is gone: nothing after this line happens."""


async def die(works: Works, payload: dict[str, Any]) -> None:
    raise Died


async def never_end(works: Works, payload: dict[str, Any]) -> None:
    await asyncio.Event().wait()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(runner: JobRunner) -> AsyncGenerator[JobRunner]:
    """A runner that works until the block ends."""
    forever = asyncio.create_task(runner.run_forever())
    try:
        yield runner
    finally:
        await end([forever])


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
        runners = [JobRunner(works, {GREET: hand}) for works in (house.works, other) * 2]
        await asyncio.gather(*(drain(runner) for runner in runners))
    assert Counter(payload["number"] for payload in hand.done) == dict.fromkeys(range(60), 1)
    assert await jobs(house) == []


async def test_a_queue_runs_no_more_jobs_at_once_than_its_limit(house: House) -> None:
    for number in range(LANE.limit + 5):
        await queue(house, GREET if number % 2 else OTHER, number=number)
    runner = house.jobs({GREET: Hand(), OTHER: Hand()})
    assert [await runner.run_due() for _ in range(3)] == [LANE.limit, 5, 0]


async def test_a_job_is_not_done_before_its_time(house: House) -> None:
    hand = Hand()
    runner = house.jobs({GREET: hand})
    await queue(house, after=timedelta(seconds=60))
    house.clock.on(seconds=59.9)
    assert await runner.run_due() == 0
    house.clock.on(seconds=0.1)
    assert await runner.run_due() == 1
    assert len(hand.done) == 1


async def test_a_job_that_fails_is_tried_again_after_growing_pauses_and_then_lies_dead(house: House) -> None:
    hand = Hand(failures=100)
    runner = house.jobs({GREET: hand})
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
    runner = house.jobs({GREET: hand})
    await queue(house, name="Mia")
    await runner.run_due()
    house.clock.on(seconds=PAUSES[0])
    await runner.run_due()
    assert hand.done == [{"name": "Mia"}]
    assert await jobs(house) == []


async def test_a_kind_says_how_often_it_is_retried(house: House) -> None:
    once = JobKind(name="once", queue=LANE, retries=1)
    runner = house.jobs({once: Hand(failures=9)})
    await queue(house, once)
    await runner.run_due()
    house.clock.on(seconds=PAUSES[0])
    await runner.run_due()
    (job,) = await jobs(house)
    assert (job.state, job.attempts) == ("dead", 2)


async def test_a_try_that_takes_too_long_has_failed(house: House) -> None:
    hasty = JobKind(name="hasty", queue=LANE, timeout=0.01)
    await queue(house, hasty)
    await house.jobs({hasty: never_end}).run_due()
    (job,) = await jobs(house)
    assert (job.state, job.last_error) == ("waiting", "TimeoutError: took longer than 0.01 s")


async def test_one_failing_job_does_not_hold_up_the_others(house: House) -> None:
    good, bad = Hand(), Hand(failures=9)
    runner = house.jobs({GREET: good, OTHER: bad})
    for kind in (OTHER, GREET, OTHER, GREET):
        await queue(house, kind)
    await runner.run_due()
    assert len(good.done) == 2
    assert [job.kind for job in await jobs(house)] == ["other", "other"]


async def test_a_timer_runs_while_every_place_for_mail_is_taken(house: House) -> None:
    slow, rung = JobKind(name="slow", queue=MAIL), asyncio.Event()
    begun: list[str] = []

    async def dawdle(works: Works, payload: dict[str, Any]) -> None:
        begun.append(str(payload["number"]))
        await asyncio.Event().wait()

    async def ring(works: Works) -> None:
        rung.set()

    for number in range(MAIL.limit + 12):
        await queue(house, slow, number=number)
    async with running(house.jobs({slow: dawdle, RING: ring})) as runner:
        await until(lambda: len(begun) == MAIL.limit)
        await queue(house, RING)
        runner.wake()
        await asyncio.wait_for(rung.wait(), 20)
        assert len(begun) == MAIL.limit


async def test_a_place_that_becomes_free_is_taken_at_once(house: House) -> None:
    narrow = JobKind(name="narrow", queue=Queue("narrow", 1))
    hand = Hand()
    for number in range(3):
        await queue(house, narrow, number=number)
    async with running(house.jobs({narrow: hand})):
        await until(lambda: len(hand.done) == 3)


async def test_a_job_of_an_unknown_kind_waits_for_a_version_that_does_it(house: House) -> None:
    tomorrow = JobKind(name="tomorrow", queue=LANE)
    await queue(house, tomorrow)
    assert await house.jobs({GREET: Hand()}).run_due() == 0
    (job,) = await jobs(house)
    assert (job.state, job.attempts) == ("waiting", 0)
    hand = Hand()
    await house.jobs({tomorrow: hand}).run_due()
    assert len(hand.done) == 1


async def test_the_job_of_a_runner_that_died_comes_back_after_its_lease(house: House) -> None:
    await queue(house)
    with pytest.raises(Died):
        await house.jobs({GREET: die}).run_due()
    hand = Hand()
    runner = house.jobs({GREET: hand})
    house.clock.on(seconds=LEASE.total_seconds() - 0.1)
    assert await runner.run_due() == 0, "it may still be at work"
    house.clock.on(seconds=0.1)
    assert await runner.run_due() == 1
    assert len(hand.done) == 1


async def test_a_job_longer_than_its_lease_is_not_taken_by_another_process(house: House) -> None:
    slow, other = Slow(), Hand()
    await queue(house)
    runner = house.jobs({GREET: slow})
    running = asyncio.create_task(runner.run_due())
    await slow.has_begun.wait()
    async with house.another_node() as works:
        for _ in range(4):
            house.clock.on(seconds=LEASE.total_seconds() * 0.9)
            await runner.beat()
            assert await JobRunner(works, {GREET: other}).run_due() == 0
    slow.may_end.set()
    await running
    assert (slow.ends, other.done, await jobs(house)) == (1, [], [])


async def test_what_a_process_writes_after_it_lost_its_job_has_no_effect(house: House) -> None:
    frozen, other = Slow(), Slow()
    await queue(house)
    first = asyncio.create_task(house.jobs({GREET: frozen}).run_due())
    await frozen.has_begun.wait()
    house.clock.on(seconds=LEASE.total_seconds())
    second = asyncio.create_task(house.jobs({GREET: other}).run_due())
    await other.has_begun.wait()
    frozen.may_end.set()
    await first
    (job,) = await jobs(house)
    assert (job.state, job.attempts) == ("running", 2), "the second still works on it"
    other.may_end.set()
    await second
    assert await jobs(house) == []


async def test_a_process_that_lost_its_job_stops_it(house: House) -> None:
    frozen = Slow()
    await queue(house)
    runner = house.jobs({GREET: frozen})
    first = asyncio.create_task(runner.run_due())
    await frozen.has_begun.wait()
    house.clock.on(seconds=LEASE.total_seconds())
    await house.jobs({GREET: Hand()}).run_due()
    await runner.beat()
    await asyncio.gather(first, return_exceptions=True)
    assert (frozen.ends, await jobs(house)) == (0, [])


async def test_a_job_whose_processes_always_end_is_given_up(house: House) -> None:
    fatal = JobKind(name="fatal", queue=LANE, retries=2)
    await queue(house, fatal)
    for _ in range(fatal.retries + 1):
        with pytest.raises(Died):
            await house.jobs({fatal: die}).run_due()
        house.clock.on(seconds=LEASE.total_seconds())
    await house.jobs({fatal: die}).run_due()
    (job,) = await jobs(house)
    assert (job.state, job.last_error) == ("dead", "ProcessEnded: the process ended during the last try")


async def test_a_runner_that_is_stopped_gives_its_job_back_at_once(house: House) -> None:
    slow = Slow()
    await queue(house)
    async with running(house.jobs({GREET: slow})):
        await slow.has_begun.wait()
    (job,) = await jobs(house)
    assert (job.state, job.run_at, job.attempts) == ("waiting", house.clock(), 0)


async def test_the_same_waiting_job_is_queued_once_and_again_while_it_runs(house: House) -> None:
    again: list[bool] = []
    other_keyed = JobKind(name="other keyed", queue=LANE, unique_by=("key",))

    async def queue_again(works: Works, payload: dict[str, Any]) -> None:
        again.append(await queue(house, KEYED, key="k"))

    assert [await queue(house, KEYED, key="k"), await queue(house, KEYED, key="k")] == [True, False]
    assert await queue(house, other_keyed, key="k")
    await house.jobs({KEYED: queue_again, other_keyed: Hand()}).run_due()
    assert again == [True], "what happened while it ran must not be missed"
    assert [job.unique_key for job in await jobs(house)] == ["k"]


async def test_a_job_of_rows_and_its_receipt_are_one_commit(house: House) -> None:
    async def fail_after(work: Work, payload: dict[str, Any]) -> None:
        await work.later(OTHER, {})
        raise ConnectionError("nobody answered")

    async def succeed(work: Work, payload: dict[str, Any]) -> None:
        await work.later(OTHER, {})

    verb = JobKind(name="verb")
    assert verb.queue == ROWS
    await queue(house, verb)
    await house.jobs({verb: fail_after}).run_due()
    assert [(job.kind, job.attempts) for job in await jobs(house)] == [("verb", 1)]
    house.clock.on(seconds=PAUSES[0])
    await house.jobs({verb: succeed}).run_due()
    assert [job.kind for job in await jobs(house)] == ["other"]


async def test_a_job_of_rows_that_another_process_has_taken_writes_nothing(house: House) -> None:
    async def lose(work: Work, payload: dict[str, Any]) -> None:
        await work.later(OTHER, {})
        await work.change(update(Job).where(Job.kind == "verb").values(attempts=Job.attempts + 1))

    await queue(house, JobKind(name="verb"))
    await house.jobs({JobKind(name="verb"): lose}).run_due()
    assert [job.kind for job in await jobs(house)] == ["verb"]


async def test_an_action_is_unique_by_rule_cause_and_action(house: House) -> None:
    acting = JobKind(name="act", queue=LANE, unique_by=("rule", "cause", "action"))
    one, two, three = ("0198c1c2-0000-7000-8000-00000000000" + digit for digit in "123")
    assert await queue(house, acting, rule=one, cause=two, action=three)
    assert not await queue(house, acting, rule=one, cause=two, action=three, note="the same")
    assert await queue(house, acting, rule=one, cause=two, action=one)
    assert all(len(job.unique_key or "") <= MAX_KEY for job in await jobs(house))


async def test_a_runner_that_sleeps_wakes_for_a_new_job(house: House) -> None:
    hand = Hand()
    async with running(house.jobs({GREET: hand})) as runner:
        await asyncio.sleep(0.02)  # it looked, found nothing, and sleeps now
        await queue(house)
        runner.wake()
        await asyncio.wait_for(hand.has_begun.wait(), 5)


async def test_timers_of_a_kind_that_are_due_together_are_one_run(house: House) -> None:
    runs: list[str] = []
    hand = Hand()

    async def ring(works: Works) -> None:
        runs.append("rung")

    for number in range(3):
        await queue(house, RING, number=number)
    await queue(house)
    assert await house.jobs({GREET: hand, RING: ring}).run_due() == 4
    assert (runs, len(hand.done), await jobs(house)) == (["rung"], 1, [])


async def test_timers_that_fail_are_each_tried_again(house: House) -> None:
    runs: list[str] = []

    async def ring(works: Works) -> None:
        runs.append("rung")
        if len(runs) == 1:
            raise ConnectionError("nobody answered")

    runner = house.jobs({RING: ring})
    for number in range(3):
        await queue(house, RING, number=number)
    await runner.run_due()
    assert [job.attempts for job in await jobs(house)] == [1, 1, 1]
    house.clock.on(seconds=PAUSES[0])
    await drain(runner)
    assert (runs, await jobs(house)) == (["rung", "rung"], [])


async def test_a_method_is_bound_to_its_object_and_a_missing_object_is_an_error() -> None:
    @does(kind := JobKind(name="tests.bound"))
    async def plain(works: Works, payload: dict[str, Any]) -> None:
        return

    try:
        with pytest.raises(LookupError, match="needs its"):
            bind()
        with pytest.raises(ValueError, match=r"tests\.bound"):
            does(kind)(never_end)
    finally:
        del DECLARED["tests.bound"]
