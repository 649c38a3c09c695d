"""Many at once: first messages sent again and again, a crowd coming back, a great deal missed, nodes killed.

python -m bench.storms [--short]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from bench.figures import percentile, say
from tests.faults.hand_over import GRACE_SECONDS, LEASE_SECONDS, hand_over
from tests.faults.proxy import Proxy
from tests.faults.stage import Stage
from tests.faults.storms import come_back, first_messages, race_keys, resume_after
from tests.running import Running
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

PAGE = 150
"""Fewer keys than a page of a sync holds."""


async def run(*, visitors: int, tries: int, crowd: int, missed: int, kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), agent_capacity=1_000_000, log_level="warning")
        await asyncio.to_thread(running.start, 120)
        try:
            await _first_messages([running], visitors, tries, "sqlite")
            await _crowd(running, crowd)
            await _missed(running, missed)
        finally:
            await asyncio.to_thread(running.stop)
    postgres, redis_server = PostgresServer(), RedisServer()
    postgres.start()
    redis_server.start()
    databases = PostgresDatabases(postgres.url())
    databases.make_template()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), postgres_url=databases.create(), redis_url=redis_server.url(), agent_capacity=1_000_000)
        try:
            await stage.open()
            raced = await race_keys([node.running for node in stage.nodes], min(missed, PAGE))
            say("storms", "raced_keys_stored", raced.rows, "messages", raced.keys, raced.keys, answers=raced.answers)
            await _kills(stage, kills)
            await _first_messages([node.running for node in stage.nodes], visitors, tries, "postgres")
        finally:
            await stage.close()
            redis_server.stop()
            postgres.stop()


async def _first_messages(nodes: list[Running], visitors: int, tries: int, database: str) -> None:
    left = await first_messages(nodes, visitors, tries)
    at = {"database": database, "nodes": len(nodes), "tries": tries, "load": _load()}
    say("storms", "conversations_opened", left.conversations, "conversations", visitors, visitors, **at)
    say("storms", "first_messages_stored", left.messages, "messages", visitors, visitors, **at)
    say("storms", "first_messages_seconds", left.seconds, "s", None, visitors * tries, **at)


async def _crowd(running: Running, visitors: int) -> None:
    door = await Proxy(running.port).start()
    back = await come_back(running, door, visitors)
    await door.stop()
    for name, share in (("p50", 0.5), ("p99", 0.99), ("last", 1.0)):
        say("storms", f"back_and_synced_{name}", percentile(back.seconds, share), "s", None, visitors, load=_load())


async def _missed(running: Running, count: int) -> None:
    url = f"sqlite:///{running.folder / 'data' / 'parley.db'}"
    missed = await resume_after(running, url, await running.visitor(), count)
    say("storms", "resume_seconds", missed.seconds, "s", None, missed.messages, pages=missed.pages, load=_load())
    say("storms", "resume_differs_from_fresh", int(not missed.is_equal), "differences", None, missed.messages)


async def _kills(stage: Stage, kills: int) -> None:
    handed = [await hand_over(stage) for _ in range(kills)]
    at = {"lease_seconds": LEASE_SECONDS, "grace_seconds": GRACE_SECONDS, "load": _load()}
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        say(
            "storms",
            f"offline_after_kill_{name}",
            percentile([one.seconds_to_offline for one in handed], share),
            "s",
            None,
            kills,
            **at,
        )
        say(
            "storms",
            f"queued_after_kill_{name}",
            percentile([one.seconds_to_queue for one in handed], share),
            "s",
            None,
            kills,
            **at,
        )
    away_from_head = sum(one.places != [1, 2] for one in handed)
    say("storms", "not_at_the_head", away_from_head, "kills", None, kills)


def _load() -> float:
    return round(os.getloadavg()[0], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    if parser.parse_args().short:
        asyncio.run(run(visitors=100, tries=20, crowd=200, missed=5_000, kills=2))
    else:
        asyncio.run(run(visitors=1_000, tries=50, crowd=2_000, missed=50_000, kills=20))


if __name__ == "__main__":
    main()
