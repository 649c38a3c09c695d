"""Two versions side by side on one database: the one before this goes on while this one brings the database up to date
and joins it, and this one goes on when the next has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from app.database.exclusive import in_snapshot
from app.database.migrate import is_migrated, newest_revision, stands_at, steps
from tests.deploy.previous import lay_out_previous, settings_known_to
from tests.faults.clients import AgentClient, Client, VisitorClient
from tests.faults.history import History
from tests.faults.nemesis import Nemesis, Step, Struck
from tests.faults.play import play
from tests.faults.stage import Node, Stage
from tests.servers.databases import PostgresDatabases

SEED = 20260302
WORDS = 20
JOINS = Step(calm=0, fault="a newer version joins", node=1, hold=0)


class Deploy(Nemesis):
    """Adds this version to a stage on which the one before it serves; from then on half of the people are on each."""

    def __init__(self, stage: Stage, history: History, cast: Sequence[Client]) -> None:
        super().__init__(stage, history)
        self._cast = cast

    async def carry_out(self, steps: Sequence[Step], words: int) -> None:
        await self._hear(words)
        began = asyncio.get_running_loop().time()
        node = await self._stage.add()
        self._stage.front.targets = [self._stage.nodes[0].running.port]
        for client in self._cast[::2]:
            client.url = node.door.url
        self._stage.front.cut()
        self.struck.append(Struck(step=JOINS, began=began, healed=asyncio.get_running_loop().time()))
        await self._hear(3 * words)


@pytest.fixture
async def stage(tmp_path: Path, postgres_databases: PostgresDatabases, redis_url: str) -> AsyncIterator[Stage]:
    url = postgres_databases.create_empty()
    stage = Stage(tmp_path, count=0, seed=SEED, postgres_url=url, redis_url=redis_url, agent_capacity=20)
    yield await stage.open()
    await stage.close()
    postgres_databases.drop(url)


async def test_the_version_before_this_one_goes_on_beside_it(stage: Stage, tmp_path: Path) -> None:
    """Where the history does not reach back to it, this version stands in for it: then only the start beside it is shown."""
    previous = lay_out_previous(tmp_path / "previous")
    await stage.add(previous, settings_known_to(previous) if previous else ())
    before = await asyncio.to_thread(in_snapshot, stage.postgres_url, stands_at)
    assert before == (steps()[-2] if previous else newest_revision())
    history = History()
    cast: list[Client] = [VisitorClient(f"visitor-{n}", stage.url, history, SEED) for n in range(3)]
    cast += [AgentClient(f"{name}@example.com", name, stage.url, history, SEED) for name in ("ana", "ben", "sam")]
    outcome = await play(stage, cast, history, nemesis=Deploy(stage, history, cast), steps=[], pace=3, words=WORDS)
    assert await asyncio.to_thread(is_migrated, stage.postgres_url)
    assert outcome.violations == [], outcome.violations[:10]
    assert len(history.acked) >= 3 * WORDS
    for node in stage.nodes:
        assert await messages_taken(node) > 0, "everybody was on one version"
        assert "Traceback" not in node.running.log.read_text()


async def messages_taken(node: Node) -> float:
    """How many messages this node has stored, as its metrics count them."""
    async with node.running.http() as http:
        said = (await http.get("/metrics")).text
    counted = [
        line for line in said.splitlines() if line.startswith('parley_commands_total{command="message.send",outcome="ok"}')
    ]
    return sum(float(line.rsplit(" ", 1)[1]) for line in counted)
