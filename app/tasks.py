"""Ending what runs for ever."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterable
from typing import Any

import structlog

log = structlog.get_logger("ending")

AGAIN_SECONDS = 0.5
END_SECONDS = 28.0
"""From the signal to stop until the process ends, whatever is still stuck: supervisors kill after 30 s."""


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended, whatever they raise.

    Once is not always enough: before Python 3.12 a cancel that arrives just as what `asyncio.wait_for` waits for is done
    gets lost, and a loop around it goes on.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
        await asyncio.gather(*done, return_exceptions=True)


def end_by_force(seconds: float) -> None:
    """End this process after so many seconds, unless it has ended before. What was acknowledged is on the disk by then."""

    def end_now() -> None:
        log.error("stopping took too long: this process ends now", seconds=seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end_now)
    timer.daemon = True
    timer.start()
