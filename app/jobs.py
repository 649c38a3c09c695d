"""Jobs: rows written by the transaction that causes them, run when due, tried again with growing pauses, never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, literal_column, select, update

from app.errors import ParleyError
from app.work import Work, Works
from models import Job

log = structlog.get_logger("jobs")

JobHandler = Callable[[Works, dict[str, Any]], Awaitable[None]]
"""Does the job. Must be safe to run twice: a node may die between doing and saying so."""

_IS_ALIVE = Job.state != literal_column("'dead'")
"""In the very words of the index on what is due: with a value bound, SQLite could not use it."""

LEASE = timedelta(seconds=60)
PAUSES = (5.0, 30.0, 120.0, 600.0, 1800.0, 7200.0, 21600.0)
BATCH = 20
LONGEST_SLEEP_SECONDS = 15.0


TimerHandler = Callable[[Works], Awaitable[None]]
"""Does all that is due of its kind, whatever the job names: one run is enough for any number of such jobs."""


class JobRunner:
    """Claims due jobs and runs them. Any number of runners may share a database."""

    def __init__(
        self, works: Works, handlers: Mapping[str, JobHandler], timers: Mapping[str, TimerHandler] | None = None
    ) -> None:
        self._works = works
        self._handlers = handlers
        self._timers = timers or {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A job was queued: look again, and reckon anew how long one may sleep."""
        self._woken.set()

    async def run_forever(self) -> None:
        """Run jobs as they fall due until cancelled."""
        while True:
            self._woken.clear()
            try:
                while await self.run_due():
                    pass
                pause = await self._seconds_to_next()
            except ParleyError:
                log.warning("jobs wait for the database")
                pause = 1.0
            try:
                await asyncio.wait_for(self._woken.wait(), pause)
            except TimeoutError:
                continue

    async def run_due(self) -> int:
        """Claim and run what is due now; how many."""
        claimed = await self._works.run(_claim)
        timers: dict[str, list[Job]] = {}
        for job in claimed:
            if job.kind in self._timers:
                timers.setdefault(job.kind, []).append(job)
        await asyncio.gather(
            *(self._run(jobs, self._timers[kind](self._works)) for kind, jobs in timers.items()),
            *(self._run([job], self._handle(job)) for job in claimed if job.kind not in self._timers),
        )
        return len(claimed)

    async def _handle(self, job: Job) -> None:
        await self._handlers[job.kind](self._works, job.payload)

    async def _run(self, jobs: Sequence[Job], doing: Awaitable[None]) -> None:
        """These are done when that is."""
        try:
            await doing
        except asyncio.CancelledError:
            await self._works.run(_release, [job.id for job in jobs])
            raise
        except Exception as error:  # noqa: BLE001 - a job may fail in any way; it is tried again and seen
            log.warning("job failed", kind=jobs[0].kind, attempts=jobs[0].attempts, error=str(error)[:200])
            for job in jobs:
                await self._works.run(_fail, job, f"{type(error).__name__}: {error}"[:2000])
        else:
            await self._works.run(_finish, [job.id for job in jobs])

    async def _seconds_to_next(self) -> float:
        async with self._works.read() as rows:
            due = await rows.one(select(func.min(Job.run_at)).where(_IS_ALIVE))
        if due is None:
            return LONGEST_SLEEP_SECONDS
        return max(0.0, min(LONGEST_SLEEP_SECONDS, (due - self._works.clock()).total_seconds()))


async def _claim(work: Work) -> list[Job]:
    """Take due jobs by moving their run_at a lease ahead: a job whose runner died comes back by itself.

    A claimed job gives up its unique key, so that the same may be queued again while it runs.
    """
    due = (
        select(Job.id)
        .where(_IS_ALIVE, Job.run_at <= work.now)
        .order_by(Job.run_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    claimed = await work.all(
        update(Job)
        .where(Job.id.in_(due))
        .values(state="running", run_at=work.now + LEASE, attempts=Job.attempts + 1, unique_key=None)
        .returning(Job)
    )
    return list(claimed)


async def _finish(work: Work, job_ids: Sequence[str]) -> None:
    await work.change(delete(Job).where(Job.id.in_(job_ids)))


async def _release(work: Work, job_ids: Sequence[str]) -> None:
    await work.change(update(Job).where(Job.id.in_(job_ids)).values(state="waiting", run_at=work.now))


async def _fail(work: Work, job: Job, error: str) -> None:
    """Try again after a pause; after the last one the job stays as dead, to be seen and run by hand."""
    is_dead = job.attempts > len(PAUSES)
    pause = timedelta(seconds=PAUSES[min(job.attempts, len(PAUSES)) - 1])
    await work.change(
        update(Job)
        .where(Job.id == job.id)
        .values(state="dead" if is_dead else "waiting", run_at=work.now + pause, last_error=error)
    )
