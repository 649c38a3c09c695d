"""One run: people talk, things break by plan, everything calms down, and the history is complete."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from tests.faults.checker import Violation, check
from tests.faults.clients import Client
from tests.faults.history import History
from tests.faults.nemesis import Nemesis, Step, Struck
from tests.faults.reading_rows import ask_numbers, read_rows
from tests.faults.stage import Stage

CONVERGE_SECONDS = 20.0
SETTLE_SECONDS = 60.0
LAST_WORDS_SECONDS = 1.5


class Outcome(Struct):
    """What a run left."""

    history: History
    struck: list[Struck]
    violations: list[Violation]
    seconds_to_converge: float
    """From the last word said until every screen showed everything."""


async def play(
    stage: Stage, cast: Sequence[Client], history: History, *, nemesis: Nemesis, steps: Sequence[Step], pace: float
) -> Outcome:
    """Everybody talks until the nemesis is through with its plan; then silence, until all screens agree."""
    await asyncio.gather(*(client.come() for client in cast))
    silence = asyncio.Event()
    talking = [asyncio.create_task(client.talk(pace, silence)) for client in cast]
    breaking = asyncio.create_task(nemesis.carry_out(steps))
    try:
        await breaking
        await asyncio.sleep(LAST_WORDS_SECONDS)
        silence.set()
        await asyncio.wait_for(asyncio.gather(*talking), SETTLE_SECONDS)
        took = await converge(stage, cast)
    finally:
        for task in (breaking, *talking):
            task.cancel()
        await asyncio.gather(breaking, *talking, return_exceptions=True)
        await asyncio.gather(*(client.leave() for client in cast))
    history.stored = await read_rows(stage.database_url)
    history.stored.said.update(await ask_numbers(stage.nodes[0].running))
    return Outcome(history, nemesis.struck, check(history), took)


async def converge(stage: Stage, cast: Sequence[Client], seconds: float = CONVERGE_SECONDS) -> float:
    """Wait until every screen shows what is stored; how long that took. Gives up quietly: the checker says what is missing."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < seconds:
        stored = await read_rows(stage.database_url)
        everything = {line.id for line in stored.lines}
        public = {line.id for line in stored.lines if line.seq is not None}
        if all(_shows(client, public if client.side == "visitor" else everything, stored.lines) for client in cast):
            break
        await asyncio.sleep(0.1)
    return loop.time() - began


def _shows(client: Client, wanted: set[str], lines) -> bool:
    for id, screen in client.screens.items():
        if {line.id for line in lines if line.conversation_id == id and line.id in wanted} - {line.id for line in screen.lines}:
            return False
    return True
