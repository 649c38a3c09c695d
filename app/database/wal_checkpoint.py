"""Folding SQLite's log into its file beside the writer, so that no COMMIT has to.

A passive checkpoint by a connection of its own copies all that is in the log and makes nobody wait, but the log begins
again at its start only once everything in it is copied, and a busy writer is always ahead. So when the log has grown
large the committer, whose turn it is, folds what little was written meanwhile.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import structlog

from app.clock import monotonic

log = structlog.get_logger("database")

EVERY_SECONDS = 2.0
"""Pages that every message touches are copied once each time, and commits wait longer for the disk meanwhile."""
LARGE_PAGES = 16_000
"""64 MB, of which the committer has a few milliseconds' worth left to fold."""


class Folding:
    """Keeps the log of one file short while it is written to."""

    def __init__(
        self,
        path: Path,
        *,
        every_seconds: float = EVERY_SECONDS,
        large_pages: int = LARGE_PAGES,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock = clock
        self._every_seconds = every_seconds
        self._large_pages = large_pages
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._thread = ThreadPoolExecutor(1, "parley-folding")
        self._under_way: Future[None] | None = None
        self._next_at = clock() + every_seconds
        self.is_log_large = False
        """Whether the committer should finish what was begun: the log begins again when nothing in it is left to copy."""

    def begin_when_due(self) -> None:
        """Something was committed. Returns at once."""
        if self._clock() >= self._next_at and (self._under_way is None or self._under_way.done()):
            self._next_at = self._clock() + self._every_seconds
            self._under_way = self._thread.submit(self._fold)

    async def finish(self) -> None:
        """Fold the rest, which takes a few milliseconds. Nobody may be writing."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._checkpoint)
        self.is_log_large = False

    async def close(self) -> None:
        if self._under_way is not None:
            await asyncio.wrap_future(self._under_way)
        self._thread.shutdown()
        self._connection.close()

    def _fold(self) -> None:
        is_large = self._checkpoint() >= self._large_pages
        if is_large:
            self._checkpoint()  # what was written meanwhile, so that the committer finds less
        self.is_log_large = is_large

    def _checkpoint(self) -> int:
        """Fold the log, and return how many pages it holds. Pages that cannot be folded now stay in the log, where they are
        safe.
        """
        try:
            _, pages, _ = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            log.warning("log not folded", error=str(error))
            return 0
        return pages
