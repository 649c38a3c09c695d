"""What has fallen due, however many: a batch a transaction, and several nodes share it."""

from __future__ import annotations

from typing import Protocol

from app.work import Work, Works


class Batch(Protocol):
    """Does what is due of one kind, some hundreds at most; how many. Those somebody is at are passed over, or waited for."""

    async def __call__(self, work: Work, *, waits: bool = False) -> int: ...


async def do_all_due(works: Works, batch: Batch) -> None:
    """Until nothing is due: what nobody else is at first."""
    while await works.run(batch):
        pass
    while await works.run(batch, waits=True):
        pass
