"""A single host is upgraded on its data folder while people are connected, as docs/hosts.md says: stop, install, start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from app.database.exclusive import in_snapshot
from app.database.migrate import is_migrated, newest_revision, stands_at
from tests.deploy.previous import lay_out, lay_out_previous, settings_known_to
from tests.faults.clients import AgentClient, Client, VisitorClient
from tests.faults.history import History
from tests.faults.nemesis import Nemesis, Step, Struck
from tests.faults.play import play
from tests.faults.stage import Stage
from tests.running import ROOT

OLD = "85bbd031fbcdf4e2858842721afdb8feb5d0e3d5"
"""A version whose data folders are out there."""
SEED = 20261201
WORDS = 12
UPGRADE = Step(calm=0, fault="the host is upgraded", node=0, hold=0)


class Upgrade(Nemesis):
    """Stops the version that serves and starts this one on its data folder, while everybody is connected."""

    def __init__(self, stage: Stage, history: History, environment: dict[str, str]) -> None:
        super().__init__(stage, history)
        self._environment = environment

    async def carry_out(self, steps: Sequence[Step], words: int) -> None:
        await self._hear(words)
        began = asyncio.get_running_loop().time()
        running = self._stage.nodes[0].running
        await asyncio.to_thread(running.stop)
        running.root, running.environment = ROOT, self._environment
        await asyncio.to_thread(running.start)
        self.struck.append(Struck(step=UPGRADE, began=began, healed=asyncio.get_running_loop().time()))
        await self._hear(words)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path, count=0, seed=SEED, agent_capacity=20)
    yield await stage.open()
    await stage.close()


async def test_an_upgrade_on_the_data_folder_loses_nothing_and_clients_catch_up(stage: Stage, tmp_path: Path) -> None:
    old = lay_out(OLD, tmp_path / "old") or lay_out_previous(tmp_path / "old")
    if old is None:
        pytest.skip("The history does not reach back to an earlier version, as in a shallow clone.")
    node = await stage.add(old, settings_known_to(old))
    running = node.running
    before = await asyncio.to_thread(in_snapshot, stage.database_url, stands_at)
    environment = running.environment | {"PARLEY_LOG_LEVEL": "warning"}
    history = History()
    guest = VisitorClient("guest", stage.url, history, SEED)
    ana = AgentClient("ana@example.com", "ana", stage.url, history, SEED)
    cast: list[Client] = [guest, ana]
    outcome = await play(stage, cast, history, nemesis=Upgrade(stage, history, environment), steps=[], pace=4, words=WORDS)
    assert outcome.violations == [], outcome.violations[:10]
    assert len(history.acked) >= 2 * WORDS
    after = await asyncio.to_thread(in_snapshot, stage.database_url, stands_at)
    assert await asyncio.to_thread(is_migrated, stage.database_url)
    assert after == newest_revision()
    assert before is not None
    assert "Traceback" not in running.log.read_text()
