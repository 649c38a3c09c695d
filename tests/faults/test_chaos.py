"""A short run of `make chaos`: people talk while everything breaks, and nothing is lost, doubled or out of order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.faults.history import History
from tests.faults.nemesis import CLUSTER_FAULTS, SQLITE_FAULTS, Nemesis, plan
from tests.faults.play import Outcome, people, play
from tests.faults.stage import Stage
from tests.running import ROOT
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

SEED = 20260302
WORDS = 10


def assert_unharmed(outcome: Outcome, planned: int) -> None:
    assert outcome.violations == [], outcome.violations[:10]
    assert len(outcome.struck) == planned
    assert len(outcome.history.acked) >= WORDS * (planned + 1)


async def test_a_cluster_keeps_its_promises_whatever_breaks(
    tmp_path: Path, own_postgres: PostgresServer, own_redis: RedisServer
) -> None:
    stage = await Stage(tmp_path, seed=SEED, postgres_url=own_postgres.url(), redis_url=own_redis.url()).open()
    try:
        history = History()
        steps = plan(SEED, CLUSTER_FAULTS, len(CLUSTER_FAULTS), 2, hold=1.2, calm=0.5)
        assert {step.fault for step in steps} == set(CLUSTER_FAULTS)
        nemesis = Nemesis(stage, history, own_postgres, own_redis)
        outcome = await play(stage, people(stage.url, history, SEED), history, nemesis=nemesis, steps=steps, pace=3, words=WORDS)
        assert_unharmed(outcome, len(steps))
    finally:
        await stage.close()


async def test_one_process_keeps_its_promises_whatever_breaks(tmp_path: Path) -> None:
    stage = await Stage(tmp_path, seed=SEED, count=1).open()
    try:
        history = History()
        steps = plan(SEED, SQLITE_FAULTS, len(SQLITE_FAULTS), 1, hold=1.0, calm=0.5)
        outcome = await play(
            stage, people(stage.url, history, SEED), history, nemesis=Nemesis(stage, history), steps=steps, pace=3, words=WORDS
        )
        assert {step.fault for step in steps} == set(SQLITE_FAULTS)
        assert_unharmed(outcome, len(steps))
    finally:
        await stage.close()


def test_a_run_that_is_told_to_stop_takes_its_servers_along(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "bench.chaos", "--database", "sqlite"]
    children: list[psutil.Process] = []
    with subprocess.Popen(words, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}) as run:
        try:
            while not children:
                assert run.poll() is None, "it ended by itself"
                time.sleep(0.05)
                children = psutil.Process(run.pid).children(recursive=True)
            run.terminate()
            assert run.wait(60) == 128 + signal.SIGTERM
        finally:
            run.kill()
    _, left = psutil.wait_procs(children, 5)
    for one in left:
        one.kill()
    assert left == []
    assert list(tmp_path.iterdir()) == []


def test_a_seed_decides_what_happens() -> None:
    assert plan(7, CLUSTER_FAULTS, 20, 2) == plan(7, CLUSTER_FAULTS, 20, 2)
    assert plan(7, CLUSTER_FAULTS, 20, 2) != plan(8, CLUSTER_FAULTS, 20, 2)
