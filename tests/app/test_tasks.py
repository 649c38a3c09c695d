"""What runs for ever ends when it must, also when a cancel is lost on the way."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

from app.tasks import END_SECONDS, end
from cli import DRAIN_SECONDS

ROOT = Path(__file__).resolve().parents[2]


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


def test_w7_a_process_that_is_stuck_ends_all_the_same() -> None:
    stuck = "from app.tasks import end_by_force; end_by_force(0.1); import threading; threading.Event().wait()"
    ended = subprocess.run([sys.executable, "-c", stuck], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "stopping took too long" in ended.stdout + ended.stderr


def test_w7_the_end_comes_before_supervisors_kill() -> None:
    assert DRAIN_SECONDS < END_SECONDS < 30
