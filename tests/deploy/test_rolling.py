"""A deploy loses nothing: both nodes are replaced while people talk through the proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.database.migrate import is_migrated
from tests.deploy.growing import grow, on_postgres
from tests.deploy.rolling import roll
from tests.servers.cluster import Cluster
from tests.wire import Wire

SEED = 20260302
LONGEST_SECONDS = 60.0
"""To an ack, on a machine that does much else; bench/rolling.py has the figure."""


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    cluster = Cluster(tmp_path, has_worker=False, log_level="warning", agent_capacity=20)
    try:
        yield await asyncio.to_thread(cluster.start)
    finally:
        while Wire.opened:
            await Wire.opened.pop().close()
        await asyncio.to_thread(cluster.stop)


async def test_a_rolling_restart_is_not_noticed_by_those_who_talk(cluster: Cluster) -> None:
    """Nor is it that the next version has grown the schema under this one, which starts again on it: so does whoever goes back."""
    await asyncio.to_thread(on_postgres, cluster.database_url, grow)
    rolled = await roll(cluster, rounds=1, visitors=4, pace=3, seed=SEED)
    assert rolled.violations == [], rolled.violations[:10]
    assert rolled.restarts == 2
    assert await asyncio.to_thread(is_migrated, cluster.database_url), "whoever is ahead of us has had all our steps"
    took = rolled.history.seconds_to_ack()
    assert len(took) > 40, "too little was said to prove anything"
    assert max(took) < LONGEST_SECONDS
    for node in cluster.nodes:
        assert "Traceback" not in node.log.read_text()
    await nobody_is_sent_to_a_node_that_is_stopping(cluster)


async def nobody_is_sent_to_a_node_that_is_stopping(cluster: Cluster) -> None:
    """One node down, every request through the proxy is answered by the other."""
    await asyncio.to_thread(cluster.nodes[0].stop)
    async with httpx.AsyncClient(base_url=cluster.url, trust_env=False, timeout=10) as http:
        answers = [(await http.get("/health/ready")).status_code for _ in range(20)]
        assert (await http.get("/metrics")).status_code == 404
    assert answers == [200] * 20
