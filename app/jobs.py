"""Jobs: rows written by the transaction that causes them, run when due, retried with growing pauses, never lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec import Struct
from sqlalchemy import ColumnElement, delete, func, literal_column, select, update

from app.errors import ParleyError
from app.job_kinds import ROWS, JobKind, TimerKind
from app.work import Work, Works
from models import Job

log = structlog.get_logger("jobs")

JobHandler = Callable[..., Awaitable[None]]
"""The function of a kind; `does` says what it is given."""

_IS_ALIVE = Job.state != literal_column("'dead'")
"""In the very words of the index on what is due: with a value bound, SQLite could not use it."""

LEASE = timedelta(seconds=60)
"""A running job whose lease is over is taken by another process."""
BEAT_SECONDS = 20.0
"""Leases of running jobs are renewed this often: two beats may be lost."""
MAX_TIMERS = 200
"""Timers of a kind claimed at once; one run does them all."""
LONGEST_SLEEP_SECONDS = 15.0
CLAIMED_ELSEWHERE_SECONDS = 0.05
RECEIPT_TRIES = 30
RECEIPT_PAUSE_SECONDS = 1.0


class Held(Struct, eq=False):
    """A claimed job. `attempts` is the number of its claim: once another process has claimed it, nothing written for this
    claim has an effect."""

    id: str
    payload: dict[str, Any]
    attempts: int


class Run(Struct, eq=False):
    """A run under way, and the jobs that are done with it. `is_over` once the function has returned or failed."""

    kind: JobKind
    held: list[Held]
    task: asyncio.Task[None] | None = None
    is_over: bool = False


class JobRunner:
    """Claims due jobs and runs them, each queue up to its own limit. Any number of runners may share a database."""

    def __init__(self, works: Works, handlers: Mapping[JobKind, JobHandler]) -> None:
        self._works = works
        self._kinds = {kind.name: kind for kind in handlers}
        self._handlers = {kind.name: handler for kind, handler in handlers.items()}
        self._runs: set[Run] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look again: a job was queued, or there is room for one."""
        self._woken.set()

    async def run_forever(self) -> None:
        """Run jobs as they fall due until cancelled; what is under way then is given back."""
        beating = asyncio.create_task(self._beat_forever(), name="job leases")
        try:
            while True:
                self._woken.clear()
                try:
                    _, pause = await self._begin_due()
                except ParleyError:
                    log.warning("jobs wait for the database")
                    pause = 1.0
                if pause > 0:
                    try:
                        await asyncio.wait_for(self._woken.wait(), pause)
                    except TimeoutError:
                        continue
        finally:
            tasks = [beating, *(run.task for run in self._runs if run.task)]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def run_due(self) -> int:
        """Claim what is due now and fits into its queue, run it to the end, and return how many jobs that were."""
        begun, _ = await self._begin_due()
        await asyncio.gather(*(run.task for run in begun if run.task))
        return sum(len(run.held) for run in begun)

    async def beat(self) -> None:
        """Renew the leases of the jobs under way. A job that another process has taken meanwhile is stopped here."""
        runs = [run for run in self._runs if not run.is_over]
        if not runs:
            return
        kept = await self._works.run(_extend, [held for run in runs for held in run.held])
        for run in runs:
            if not run.is_over and run.task and not any(held.id in kept for held in run.held):
                log.warning("job taken by another process", kind=run.kind.name)
                run.task.cancel()

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat()
            except ParleyError:
                log.warning("leases of jobs wait for the database")

    async def _begin_due(self) -> tuple[list[Run], float]:
        """Begin what is due and has room. Return the runs, and how long to sleep: 0 when there may be more."""
        due = await self._when_due()
        now = self._works.clock()
        ready = sorted((name for name, at in due.items() if at <= now), key=lambda name: due[name])
        if not ready:
            upcoming = min(due.values(), default=now + timedelta(days=1))
            return [], min(LONGEST_SLEEP_SECONDS, (upcoming - now).total_seconds())
        jobs = await self._works.run(_claim, [self._kinds[name] for name in ready], self._room())
        runs = self._runs_of(jobs)
        for run in runs:
            self._runs.add(run)
            run.task = asyncio.create_task(self._do(run), name=run.kind.name)
        return runs, 0 if jobs else CLAIMED_ELSEWHERE_SECONDS

    async def _when_due(self) -> dict[str, datetime]:
        """Return when the first job of each kind with room is due. That is one look at an index a kind, however many wait."""
        room = self._room()
        kinds = [kind for kind in self._kinds.values() if room[_lane_of(kind)] > 0]
        if not kinds:
            return {}
        first = [select(func.min(Job.run_at)).where(_IS_ALIVE, Job.kind == kind.name).scalar_subquery() for kind in kinds]
        async with self._works.read() as rows:
            (found,) = await rows.rows(select(*(at.label(f"at_{number}") for number, at in enumerate(first))))
        return {kind.name: at for kind, at in zip(kinds, found, strict=True) if at}

    def _room(self) -> Counter[str]:
        """Return how many more jobs each lane takes: a queue up to its limit, a timer while it does not run."""
        room = Counter({_lane_of(kind): _limit_of(kind) for kind in self._kinds.values()})
        for run in self._runs:
            room[_lane_of(run.kind)] -= _limit_of(run.kind) if isinstance(run.kind, TimerKind) else 1
        return room

    def _runs_of(self, jobs: Sequence[Job]) -> list[Run]:
        """Return a run for each job, and one for all timers of a kind."""
        runs: list[Run] = []
        timers: dict[str, Run] = {}
        for job in jobs:
            kind, held = self._kinds[job.kind], Held(job.id, job.payload, job.attempts)
            if not isinstance(kind, TimerKind):
                runs.append(Run(kind, [held]))
            elif kind.name in timers:
                timers[kind.name].held.append(held)
            else:
                timers[kind.name] = Run(kind, [held])
        return [*timers.values(), *runs]

    async def _do(self, run: Run) -> None:
        try:
            await self._try(run)
        except asyncio.CancelledError:
            await self._works.run(_release, run.held)
            raise
        except Exception as error:  # noqa: BLE001 - a job may fail in any way; it is retried and seen
            run.is_over = True
            said = f"{type(error).__name__}: {error}"[:2000]
            log.warning("job failed", kind=run.kind.name, attempts=run.held[0].attempts, error=said[:200])
            await self._write_receipt(_fail, run, said)
        else:
            run.is_over = True
            await self._write_receipt(_finish, run)
        finally:
            self._runs.discard(run)
            self._woken.set()

    async def _try(self, run: Run) -> None:
        kind, handler = run.kind, self._handlers[run.kind.name]
        if run.held[0].attempts > kind.retries + 1:
            raise ProcessEnded("the process ended during the last try")
        limit = asyncio.timeout(kind.timeout)
        try:
            async with limit:
                if isinstance(kind, TimerKind):
                    await handler(self._works)
                elif kind.queue == ROWS:
                    await self._works.run(_do_and_finish, run.held[0], handler)
                else:
                    await handler(self._works, run.held[0].payload)
        except TimeoutError as error:
            if limit.expired():
                raise TimeoutError(f"took longer than {kind.timeout:g} s") from error
            raise

    async def _write_receipt(self, receipt: Callable[..., Awaitable[None]], run: Run, *said: str) -> None:
        """Write down how a run ended. While the database is away its lease lasts; after that the job runs once more."""
        for _ in range(RECEIPT_TRIES):
            try:
                await self._works.run(receipt, run.kind, run.held, *said)
            except ParleyError:
                await asyncio.sleep(RECEIPT_PAUSE_SECONDS)
            else:
                return
        log.warning("job ended without a receipt", kind=run.kind.name)


class ClaimLost(Exception):
    """Another process has the job: what was written for it here is undone."""


class ProcessEnded(Exception):
    """A job that was claimed more often than it may be tried: each of its processes ended, perhaps because of it."""


def _lane_of(kind: JobKind) -> str:
    """Return what the kind shares room with: its queue, or nothing for a timer."""
    return kind.name if isinstance(kind, TimerKind) else kind.queue.name


def _limit_of(kind: JobKind) -> int:
    return MAX_TIMERS if isinstance(kind, TimerKind) else kind.queue.limit


async def _claim(work: Work, kinds: Sequence[JobKind], room: Mapping[str, int]) -> list[Job]:
    """Take due jobs by moving their run_at a lease ahead: a job whose process ended comes back by itself.

    A claimed job gives up its unique key, so that the same may be queued again while it runs.
    """
    left = Counter(room)
    claimed: list[Job] = []
    for kind in kinds:
        if left[_lane_of(kind)] <= 0:
            continue
        due = (
            select(Job.id)
            .where(_IS_ALIVE, Job.kind == kind.name, Job.run_at <= work.now)
            .order_by(Job.run_at)
            .limit(left[_lane_of(kind)])
            .with_for_update(skip_locked=True)
        )
        found = await work.all(
            update(Job)
            .where(Job.id.in_(due))
            .values(state="running", run_at=work.now + LEASE, attempts=Job.attempts + 1, unique_key=None)
            .returning(Job)
        )
        left[_lane_of(kind)] -= len(found)
        claimed += found
    return claimed


async def _extend(work: Work, held: Sequence[Held]) -> set[str]:
    """Return the ids whose claim still stands, with a new lease."""
    kept: set[str] = set()
    for mine in _claims_of(held):
        kept |= set(await work.all(update(Job).where(*mine).values(run_at=work.now + LEASE).returning(Job.id)))
    return kept


async def _finish(work: Work, kind: JobKind, held: Sequence[Held]) -> None:
    for mine in _claims_of(held):
        await work.change(delete(Job).where(*mine))


async def _do_and_finish(work: Work, held: Held, verb: JobHandler) -> None:
    """Run a verb in one transaction with its receipt."""
    await verb(work, held.payload)
    for mine in _claims_of([held]):
        if not await work.change(delete(Job).where(*mine)):
            raise ClaimLost


async def _release(work: Work, held: Sequence[Held]) -> None:
    """Give jobs back at once; a try that was broken off does not count."""
    for mine in _claims_of(held):
        await work.change(update(Job).where(*mine).values(state="waiting", run_at=work.now, attempts=Job.attempts - 1))


async def _fail(work: Work, kind: JobKind, held: Sequence[Held], error: str) -> None:
    """Retry after a pause; after the last one the job stays as dead, to be seen and run by hand."""
    for mine, attempts in zip(_claims_of(held), sorted({one.attempts for one in held}), strict=True):
        pause = kind.pause_after(attempts)
        state, run_at = ("dead", work.now) if pause is None else ("waiting", work.now + timedelta(seconds=pause))
        await work.change(update(Job).where(*mine).values(state=state, run_at=run_at, last_error=error))


def _claims_of(held: Sequence[Held]) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Return conditions that the rows of these claims meet while they stand, by how often they were claimed."""
    for attempts in sorted({one.attempts for one in held}):
        ids = [one.id for one in held if one.attempts == attempts]
        yield Job.id.in_(ids), Job.attempts == attempts, Job.state == "running"
