"""Room for files: how many a network may send, and how much is kept of all of them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from app.clock import monotonic
from app.disk import is_full
from app.errors import StorageFull
from app.limits import Limit
from app.work import Rows, Work
from models import Sequence

NEARLY_FULL_PERCENT = 90
_BYTES, _PERCENT = "file_bytes", "file_percent"
_FULL = "There is no room for files at the moment. Send your message without the file."


class UploadLimits:
    """The limits of what visitors may send, in files and in bytes, by network and by inbox. A token costs nothing, so it
    counts for nothing. An inbox may be sent ten times what a network may send."""

    def __init__(self, rate: float, max_file_bytes: int, clock: Callable[[], float] = monotonic) -> None:
        most = max(100_000_000, 3 * max_file_bytes)
        self._files = Limit(rate / 10, 30, clock), Limit(rate, 300, clock)
        self._bytes = Limit(rate * 100_000, most, clock), Limit(rate * 1_000_000, 10 * most, clock)

    def take(self, network: str, inbox_id: str, size: int) -> None:
        """Raises RateLimited."""
        for limits, cost in ((self._files, 1), (self._bytes, size)):
            for limit, key in zip(limits, (network, inbox_id), strict=True):
                limit.take(key, cost)


async def check_room(rows: Rows, size: int, free_bytes: int, max_bytes: int) -> None:
    """Raises StorageFull when a file of this size is too much for the disk or for PARLEY_FILES_MAX_BYTES (0: no limit)."""
    if is_full(free_bytes - size) or (max_bytes and await kept_bytes(rows) + size > max_bytes):
        raise StorageFull(_FULL)


async def kept_bytes(rows: Rows) -> int:
    """Return how many bytes all files have together, as they were sent."""
    return await rows.one(select(Sequence.value).where(Sequence.name == _BYTES)) or 0


async def count_bytes(work: Work, more: int) -> None:
    """Add the size of a file that came, or take off that of one that was deleted."""
    await work.change(update(Sequence).where(Sequence.name == _BYTES).values(value=Sequence.value + more))


async def note_room(work: Work, max_bytes: int) -> None:
    """Keep how much of the limit is taken, in percent, for the notice."""
    percent = min(100, await kept_bytes(work) * 100 // max_bytes) if max_bytes else 0
    if await work.one(select(Sequence.value).where(Sequence.name == _PERCENT)) != percent:
        await work.change(update(Sequence).where(Sequence.name == _PERCENT).values(value=percent))


async def nearly_full(rows: Rows) -> int:
    """Return how full it is, in percent, once that is worth a warning; otherwise 0."""
    percent = await rows.one(select(Sequence.value).where(Sequence.name == _PERCENT)) or 0
    return percent if percent >= NEARLY_FULL_PERCENT else 0
