"""Two whole nodes: one key raced on both, and kill -9 of the one an agent is on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.hand_over import hand_over
from tests.faults.stage import Stage
from tests.faults.storms import race_keys

KILLS = 2
LEASE_SECONDS, GRACE_SECONDS = 4.0, 2.0
"""Shorter than the settings' defaults; `bench/storms.py` has the figures with those."""
KEYS = 40


@pytest.fixture
async def stage(tmp_path: Path, postgres_database_url: str, redis_url: str) -> AsyncIterator[Stage]:
    urls = {"postgres_url": postgres_database_url, "redis_url": redis_url}
    stage = await Stage(tmp_path, **urls, presence_lease_seconds=LEASE_SECONDS, presence_grace_seconds=GRACE_SECONDS).open()
    yield stage
    await stage.close()


async def test_keys_raced_and_nodes_killed(stage: Stage) -> None:
    """One key sent to both nodes at once is one message; then the second node is killed under an agent who holds chats:
    presence is true within the lease and a little; after the grace, who waits for them is ahead of who came after."""
    raced = await race_keys([node.running for node in stage.nodes], KEYS)
    assert (raced.keys, raced.answers, raced.rows) == (KEYS, KEYS, KEYS)
    handed = [await hand_over(stage) for _ in range(KILLS)]
    for one in handed:
        assert one.seconds_to_offline <= LEASE_SECONDS + 5, handed
        assert GRACE_SECONDS < one.seconds_to_queue <= LEASE_SECONDS + GRACE_SECONDS + 5, handed
        assert one.places == [1, 2], "they waited longer than whoever came after"
