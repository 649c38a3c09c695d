"""A short run of `make chaos`: people talk while everything breaks, and nothing is lost, doubled or out of order."""

from __future__ import annotations

from pathlib import Path

from tests.faults.clients import AgentClient, VisitorClient
from tests.faults.history import History
from tests.faults.nemesis import CLUSTER_FAULTS, SQLITE_FAULTS, Nemesis, plan
from tests.faults.play import Outcome, Person, play
from tests.faults.stage import Stage
from tests.faults.typescript import TypeScriptPerson
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

SEED = 20260302


def cast_of(url: str, history: History) -> list[Person]:
    """Visitors and agents, one of each on the TypeScript client."""
    visitors = [VisitorClient(f"visitor-{n}", url, history, SEED) for n in range(4)]
    agents = [AgentClient(f"{name}@example.com", name, url, history, SEED) for name in ("ana", "ben", "sam")]
    browsers = [TypeScriptPerson(visitors.pop()), TypeScriptPerson(agents.pop())]
    return [*visitors, *agents, *browsers]


def assert_unharmed(outcome: Outcome, planned: int) -> None:
    assert outcome.violations == [], outcome.violations[:10]
    assert len(outcome.struck) == planned
    assert len(outcome.history.acked) > 60, "too little was said to prove anything"


async def test_a_cluster_keeps_its_promises_whatever_breaks(
    tmp_path: Path, own_postgres: PostgresServer, own_redis: RedisServer
) -> None:
    stage = await Stage(tmp_path, seed=SEED, postgres_url=own_postgres.url(), redis_url=own_redis.url()).open()
    try:
        history = History()
        steps = plan(SEED, CLUSTER_FAULTS, len(CLUSTER_FAULTS), 2, hold=1.4, calm=1.2)
        assert {step.fault for step in steps} == set(CLUSTER_FAULTS)
        nemesis = Nemesis(stage, own_postgres, own_redis)
        outcome = await play(stage, cast_of(stage.url, history), history, nemesis=nemesis, steps=steps, pace=3)
        assert_unharmed(outcome, len(steps))
    finally:
        await stage.close()


async def test_one_process_keeps_its_promises_whatever_breaks(tmp_path: Path) -> None:
    stage = await Stage(tmp_path, seed=SEED, count=1).open()
    try:
        history = History()
        steps = plan(SEED, SQLITE_FAULTS, len(SQLITE_FAULTS), 1, hold=1.0, calm=1.5)
        outcome = await play(stage, cast_of(stage.url, history), history, nemesis=Nemesis(stage), steps=steps, pace=5)
        assert {step.fault for step in steps} == set(SQLITE_FAULTS)
        assert_unharmed(outcome, len(steps))
    finally:
        await stage.close()


def test_a_seed_decides_what_happens() -> None:
    assert plan(7, CLUSTER_FAULTS, 20, 2) == plan(7, CLUSTER_FAULTS, 20, 2)
    assert plan(7, CLUSTER_FAULTS, 20, 2) != plan(8, CLUSTER_FAULTS, 20, 2)
