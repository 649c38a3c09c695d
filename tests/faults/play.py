"""One run: people talk, things break by plan, everything calms down, and the history is complete."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from tests.faults.checker import Violation, check
from tests.faults.clients import AgentClient, Client, VisitorClient
from tests.faults.history import History, Line, Shown, by_conversation
from tests.faults.nemesis import Nemesis, Step, Struck
from tests.faults.reading_rows import ask_numbers, read_rows
from tests.faults.stage import Stage
from tests.faults.typescript import TypeScriptPerson

Person = Client | TypeScriptPerson

CONVERGE_SECONDS = 20.0
SETTLE_SECONDS = 60.0


class Outcome(Struct):
    """What a run left."""

    history: History
    struck: list[Struck]
    violations: list[Violation]
    seconds_to_converge: float
    """From the last word said until every screen showed everything."""


def people(url: str, history: History, seed: int, visitors: int = 4) -> list[Person]:
    """Visitors and three agents, one of each on the TypeScript client."""
    guests = [VisitorClient(f"visitor-{n}", url, history, seed) for n in range(visitors)]
    agents = [AgentClient(f"{name}@example.com", name, url, history, seed) for name in ("ana", "ben", "sam")]
    browsers = [TypeScriptPerson(guests.pop()), TypeScriptPerson(agents.pop())]
    return [*guests, *agents, *browsers]


async def play(
    stage: Stage, cast: Sequence[Person], history: History, *, nemesis: Nemesis, steps: Sequence[Step], pace: float, words: int
) -> Outcome:
    """Everybody talks until the nemesis is through with its plan; then silence, until all screens agree.

    `pace` is messages a second and person; `words` how many must get through, in all, before each fault and after the last.
    """
    await asyncio.gather(*(client.come() for client in cast))
    silence = asyncio.Event()
    talking = [asyncio.create_task(client.talk(pace, silence)) for client in cast]
    breaking = asyncio.create_task(nemesis.carry_out(steps, words))
    try:
        await breaking
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


async def converge(stage: Stage, cast: Sequence[Person], seconds: float = CONVERGE_SECONDS) -> float:
    """Wait until every screen shows what is stored; how long that took. Gives up quietly: the checker says what is missing."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < seconds:
        truth = by_conversation((await read_rows(stage.database_url)).lines)
        screens = [shown for person in cast for shown in await person.shown()]
        if all(_is_whole(shown, truth.get(shown.conversation_id, [])) for shown in screens):
            break
        await asyncio.sleep(0.2)
    return loop.time() - began


def _is_whole(shown: Shown, truth: Sequence[Line]) -> bool:
    held = {line.id for line in shown.lines}
    return all(line.id in held for line in truth if shown.side == "agent" or line.seq is not None)
