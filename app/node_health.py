"""Troubles of this node while chat goes on: a disk nearly full, a damaged database. Reported to probes, admins and logs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import structlog
from prometheus_client import Gauge
from sqlalchemy import delete, select, update

from app.database.damage import DAMAGED
from app.disk import free_bytes, is_full, is_low
from app.work import Rows, Work, Works
from models import NodeWarning

log = structlog.get_logger("node")

LOOK_SECONDS = 20.0
DISK_LOW, DATABASE_DAMAGED = "disk_low", "database_damaged"
DISK_FULL = "the disk is full"
"""As `/health/ready` names it."""

free_gauge = Gauge("parley_disk_free_bytes", "Free bytes on the disk of the data folder")


class NodeHealth:
    """Looks at the disk of the data folder now and then, and knows what the database has met."""

    def __init__(self, works: Works, folder: Path, free: Callable[[Path], int] = free_bytes, node: str | None = None) -> None:
        self._works = works
        self._folder = folder
        self._free = free
        self._node = node or socket.gethostname()
        self._said: dict[str, float] = {}

    def troubles(self) -> list[str]:
        """Return what degrades this node, in words for `/health/ready`."""
        return [
            *([DAMAGED] if self._works.database.damage.is_found else []),
            *([DISK_FULL] if is_full(self._free(self._folder)) else []),
        ]

    async def look(self) -> None:
        """Write down what is wrong for admins to read, and take back what is not any longer."""
        free = await asyncio.to_thread(self._free, self._folder)
        free_gauge.set(free)
        found: dict[str, float] = {DISK_LOW: free} if is_low(free) else {}
        if self._works.database.damage.is_found:
            found[DATABASE_DAMAGED] = 0
        if DISK_LOW in found and DISK_LOW not in self._said:
            log.warning("the disk is nearly full: make room", free_megabytes=round(free / 1e6), folder=str(self._folder))
        self._said = found
        async with self._works.read() as rows:
            noted = await noted_warnings(rows, self._node)
        if found or noted:
            await self._works.run(note_warnings, self._node, found)


async def noted_warnings(rows: Rows, node: str) -> list[str]:
    """Return the kinds of warnings that are written down for a node."""
    return list(await rows.all(select(NodeWarning.kind).where(NodeWarning.node == node)))


async def note_warnings(work: Work, node: str, found: dict[str, float]) -> None:
    """Keep exactly these warnings of a node."""
    mine = NodeWarning.node == node
    await work.change(delete(NodeWarning).where(mine, NodeWarning.kind.not_in(list(found))))
    for kind, figure in found.items():
        values = {"figure": figure, "seen_at": work.now}
        if not await work.change(update(NodeWarning).where(mine, NodeWarning.kind == kind).values(**values)):
            await work.add_unless_there(NodeWarning(node=node, kind=kind, **values))
