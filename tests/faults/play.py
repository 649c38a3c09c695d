"""One run: people talk, things break by plan, everything calms down, and the history is complete."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct, structs

from tests.faults.checker import Violation, check
from tests.faults.clients import AgentClient, Client, VisitorClient
from tests.faults.history import History, Line, Shown, Stored, by_conversation
from tests.faults.nemesis import Nemesis, Step, Struck
from tests.faults.reading_rows import count_again, read_rows
from tests.faults.stage import Stage
from tests.faults.typescript import TypeScriptPerson
from tests.running import Running

Person = Client | TypeScriptPerson

CONVERGE_SECONDS = 20.0
SETTLE_SECONDS = 60.0


class Agreement(Struct):
    """The rows as they stood when every screen showed them, those screens, and how long that took. What the platform says
    afterwards, to people who have closed their windows, nobody can have seen."""

    stored: Stored
    shown: list[Shown]
    seconds: float


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
        agreed = await converge(stage.database_url, cast)
    finally:
        for task in (breaking, *talking):
            task.cancel()
        await asyncio.gather(breaking, *talking, return_exceptions=True)
        await asyncio.gather(*(client.leave() for client in cast))
    await keep(history, agreed, stage.database_url, stage.nodes[0].running)
    return Outcome(history, nemesis.struck, check(history), agreed.seconds)


async def keep(history: History, agreed: Agreement, database_url: str, running: Running) -> None:
    """Into the history what they agreed on, and the derived numbers as they are said now."""
    said, recounted = await count_again(database_url, running)
    history.stored, history.shown = structs.replace(agreed.stored, said=said, recounted=recounted), agreed.shown


async def converge(database_url: str, cast: Sequence[Person], seconds: float = CONVERGE_SECONDS) -> Agreement:
    """Wait until every screen shows what is stored. Gives up quietly: the checker says what is missing."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        stored = await read_rows(database_url)
        truth = by_conversation(stored.lines)
        screens = [shown for person in cast for shown in await person.shown()]
        is_whole = all(_is_whole(shown, truth.get(shown.conversation_id, [])) for shown in screens)
        if is_whole or loop.time() - began >= seconds:
            return Agreement(stored, screens, loop.time() - began)
        await asyncio.sleep(0.2)


def _is_whole(shown: Shown, truth: Sequence[Line]) -> bool:
    held = {line.id for line in shown.lines}
    return all(line.id in held for line in truth if shown.side == "agent" or line.seq is not None)
