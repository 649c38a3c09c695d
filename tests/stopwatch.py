"""How long something took, on a machine that others use as well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic

NAP_SECONDS = 0.02


class Stopwatch:
    """Counts the seconds from its start, less those for which the machine let this process wait for its turn: what is
    promised of a server holds for a machine that runs it."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._withheld = 0.0

    @property
    def seconds(self) -> float:
        return monotonic() - self._began - self._withheld

    async def notice_stalls(self) -> None:
        """Take naps for ever; what one of them takes too long is time that nobody had."""
        while True:
            due = monotonic() + NAP_SECONDS
            await asyncio.sleep(NAP_SECONDS)
            self._withheld += max(0.0, monotonic() - due)


@asynccontextmanager
async def stopwatch() -> AsyncGenerator[Stopwatch]:
    """One that runs while the block does."""
    watch = Stopwatch()
    noticing = asyncio.create_task(watch.notice_stalls())
    try:
        yield watch
    finally:
        noticing.cancel()
        await asyncio.gather(noticing, return_exceptions=True)
