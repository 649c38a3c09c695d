"""Every so often, this sweep: for certainty. What reactions did for speed is checked against the rows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from msgspec import Struct

from app.contract.warnings import WarningView
from app.conversations.lists.search import how_far, write_down_words
from app.job_kinds import DECLARED, TimerKind
from app.people.presence import end_graces, lapse_leases
from app.reactions import Reactions
from app.routing.dispatch import hand_on, inactive_owners, take_back_forsaken
from app.routing.warnings import find_notices, forget_dismissed
from app.sla.tracking import run_clocks
from app.work import Work, Works

log = structlog.get_logger("timetable")

BUSY_MESSAGES = 200
MAX_BEHIND = 100_000
MAX_BATCHES = 50


class Sweep(Struct, frozen=True):
    """Something done every `seconds`."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[None]]


async def _nobody_is_connected() -> None:
    """A worker has no lines whose leases it could renew."""


def domain_sweeps(
    works: Works,
    reactions: Reactions,
    grace: timedelta,
    renew_first: Callable[[], Awaitable[None]] = _nobody_is_connected,
    *,
    busy_messages: int = BUSY_MESSAGES,
) -> list[Sweep]:
    """Return the checks the platform does by itself. `grace` is how long what an agent holds stays theirs after their
    lease lapsed; `renew_first` renews, before any lapses, the leases a late node should have renewed by now."""

    async def lapse() -> None:
        await renew_first()
        await works.run(lapse_leases)
        await works.run(_hand_on_after, grace)
        await works.run(_hand_on_of_inactive)

    async def take_back() -> None:
        await works.run(take_back_forsaken)

    async def serve_queues() -> None:
        await reactions.serve_all()

    async def run_late_timers() -> None:
        for timer in timers:
            await timer(works)

    async def count_clocks() -> None:
        await run_clocks(works)

    timers = [function for kind, function in DECLARED.values() if isinstance(kind, TimerKind)]
    return [
        Sweep("lapse leases", 1.0, lapse),
        Sweep("late timers", 1.0, run_late_timers),
        Sweep("sla clocks", 1.0, count_clocks),
        Sweep("write down words", 2.0, _writing_down(works, busy_messages)),
        Sweep("take back", 5.0, take_back),
        Sweep("serve queues", 10.0, serve_queues),
        Sweep("look for trouble", 2.0, _looking_for_trouble(works)),
    ]


def _looking_for_trouble(works: Works) -> Callable[[], Awaitable[None]]:
    """Return a check that announces new warnings, and fixed ones, to those who may fix them."""
    known: list[WarningView] = []

    async def look() -> None:
        nonlocal known
        async with works.read() as rows:
            found = await find_notices(rows, works.clock())
        if found != known:
            await works.run(forget_dismissed, [notice.key for notice in found])
            known = found

    return look


def _writing_down(works: Works, busy_messages: int) -> Callable[[], Awaitable[None]]:
    """Words for the search. While more than so many are written in between it can wait, unless it has waited for long."""
    newest_before = 0

    async def write_down() -> None:
        nonlocal newest_before
        async with works.read() as rows:
            written, newest = await how_far(rows)
        is_busy, newest_before = newest - newest_before > busy_messages, newest
        if written == newest or (is_busy and newest - written < MAX_BEHIND):
            return
        for _ in range(MAX_BATCHES):
            if not await works.run(write_down_words):
                break

    return write_down


async def _hand_on_after(work: Work, grace: timedelta) -> None:
    await hand_on(work, await end_graces(work, grace))


async def _hand_on_of_inactive(work: Work) -> None:
    """Somebody may have been deactivated by a node that died before it handed on what they held."""
    await hand_on(work, await inactive_owners(work), "deactivated", all_of_it=True)


async def keep(sweep: Sweep) -> None:
    """Do a sweep for ever. One that fails is done again at its next time. The first comes at a moment of its own, or all
    that are done every second would keep the event loop busy at once."""
    pause = random.uniform(0, sweep.seconds)  # noqa: S311 (spread, not secrecy)
    while True:
        await asyncio.sleep(pause)
        pause = sweep.seconds
        try:
            await sweep.run()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("sweep failed", sweep=sweep.name)
