"""What runs for ever ends when it must, also when a cancel is lost on the way."""

from __future__ import annotations

import asyncio
import contextlib

from app.ending import end


async def test_a_task_that_loses_a_cancel_is_cancelled_again() -> None:
    lost = 0

    async def deaf_once() -> None:
        nonlocal lost
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        lost += 1
        await asyncio.Event().wait()

    async def failing() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("on the way out")

    tasks = [asyncio.create_task(deaf_once()), asyncio.create_task(failing())]
    await asyncio.sleep(0)
    await asyncio.wait_for(end(tasks), 5)
    assert lost == 1
    assert all(task.done() for task in tasks)


async def test_nothing_to_end_is_no_wait() -> None:
    await end([])
