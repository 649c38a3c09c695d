"""A process that kills itself at a point of a job's life, as a power cut would."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal

from app.job_kinds import DECLARED, ROWS, JobKind
from app.jobs import JobRunner
from app.work import Work, Works
from tests.app.job_samples import SAMPLES, handlers
from tests.factories import UNREAD_AFTER, House, reopen_house

Point = Literal["before the cause commits", "after the cause commits", "before the effect commits", "after the effect"]

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.app.job_crash"])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class MortalWorks(Works):
    """Works whose process dies right before or right after the commit of a work that `dies_with`."""

    dies: Literal["never", "before", "after"] = "never"
    dies_with: Callable[[Work], bool]

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Work]:
        async with super().begin() as work:
            yield work
            if self.dies == "before" and self.dies_with(work):
                die()
        if self.dies == "after" and self.dies_with(work):
            die()


async def live_until(house: House, kind: JobKind, scene: str, point: Point, smtp_url: str) -> None:
    """Cause the job, or run it, up to the point."""
    works = MortalWorks(house.database, house.told, house.clock, UNREAD_AFTER)
    house.works = works
    if "cause" in point:
        works.dies_with = lambda work: work.has_jobs
        works.dies = "before" if "before" in point else "after"
        await SAMPLES[kind].cause(house, scene)
        return
    works.dies_with = lambda work: True
    handler = handlers(works, smtp_url)[kind]

    async def run(given: Any, *payload: Any) -> None:
        if "before" in point:
            works.dies = "before"
        elif kind.queue == ROWS:
            works.dies = "after"
        await handler(given, *payload)
        if kind.queue != ROWS:
            die()

    await JobRunner(works, {kind: run}).run_due()


def _main(url: str, now: datetime, kind: str, scene: str, point: Point, smtp_url: str) -> None:
    async def live() -> None:
        async with reopen_house(url) as house:
            house.clock.now = now
            await live_until(house, DECLARED[kind][0], scene, point, smtp_url)

    asyncio.run(live())


async def crash(house: House, kind: JobKind, scene: str, point: Point, smtp_url: str) -> int | None:
    """Let another process live until the point; how it ended."""
    process = _processes.Process(target=_main, args=(house.url, house.clock(), kind.name, scene, point, smtp_url))
    process.start()
    await asyncio.to_thread(process.join, 60)
    return process.exitcode
