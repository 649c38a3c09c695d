"""Every so often, this sweep: for certainty. What reactions did for speed is checked against the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from msgspec import Struct

from app.people.presence import lapse_leases
from app.reactions import Reactions
from app.routing.dispatch import hand_on
from app.routing.queue import teams_with_queues
from app.work import Work, Works

log = structlog.get_logger("timetable")


class Sweep(Struct, frozen=True):
    """Something done every `seconds`."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[None]]


def domain_sweeps(works: Works, reactions: Reactions) -> list[Sweep]:
    """What the platform checks by itself."""

    async def lapse() -> None:
        await works.run(_lapse_and_hand_on)

    async def serve_queues() -> None:
        async with works.read() as rows:
            teams = await teams_with_queues(rows)
        for team_id in teams:
            reactions.serve(team_id)

    return [Sweep("lapse leases", 1.0, lapse), Sweep("serve queues", 10.0, serve_queues)]


async def _lapse_and_hand_on(work: Work) -> None:
    await hand_on(work, await lapse_leases(work))


async def keep(sweep: Sweep) -> None:
    """Do a sweep for ever. One that fails is done again at its next time."""
    while True:
        await asyncio.sleep(sweep.seconds)
        try:
            await sweep.run()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("sweep failed", sweep=sweep.name)
