"""Many at once: first messages sent again and again, a crowd coming back, a great deal missed, nodes killed.

python -m bench.storms [--short] [first crowd missed raced kills]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from bench.figures import percentile, say
from bench.grounds import raise_file_limit
from tests.faults.hand_over import hand_over
from tests.faults.proxy import Proxy
from tests.faults.stage import Stage
from tests.faults.storms import come_back, first_messages, race_keys, resume_after
from tests.running import Running
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

LEASE_SECONDS = 9.0
"""As the setting's default has it: nobody counts as present longer than this after the last sign of life."""
GRACE_SECONDS = 2.0
"""Shorter than the setting's default of ten: what is measured is what comes on top."""
PAGE = 150
"""Fewer keys than a page of a sync holds."""
ON_ONE = ("first", "crowd", "missed")
ON_TWO = ("raced", "kills", "first")
PARTS = tuple(dict.fromkeys(ON_ONE + ON_TWO))


class Size(Struct, frozen=True):
    """How many of each."""

    visitors: int = 1_000
    tries: int = 50
    crowd: int = 2_000
    missed: int = 50_000
    kills: int = 20


async def run(size: Size, parts: Collection[str]) -> None:
    if not set(ON_ONE).isdisjoint(parts):
        await _on_one(size, parts)
    if not set(ON_TWO).isdisjoint(parts):
        await _on_two(size, parts)


async def _on_one(size: Size, parts: Collection[str]) -> None:
    """SQLite and one process."""
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), agent_capacity=1_000_000, log_level="warning")
        await asyncio.to_thread(running.start, 120)
        try:
            if "first" in parts:
                await _first_messages([running], size.visitors, size.tries, "sqlite")
            if "crowd" in parts:
                await _crowd(running, size.crowd)
            if "missed" in parts:
                await _missed(running, size.missed)
        finally:
            await asyncio.to_thread(running.stop)


async def _on_two(size: Size, parts: Collection[str]) -> None:
    """PostgreSQL, Redis and two nodes."""
    postgres, redis_server = PostgresServer(), RedisServer()
    postgres.start()
    redis_server.start()
    databases = PostgresDatabases(postgres.url())
    databases.make_template()
    with tempfile.TemporaryDirectory() as folder:
        urls = {"postgres_url": databases.create(), "redis_url": redis_server.url()}
        stage = Stage(Path(folder), **urls, agent_capacity=1_000_000, presence_grace_seconds=GRACE_SECONDS)
        try:
            await stage.open()
            nodes = [node.running for node in stage.nodes]
            if "raced" in parts:
                raced = await race_keys(nodes, min(size.missed, PAGE))
                say("storms", "raced_keys_stored", raced.rows, "messages", raced.keys, raced.keys, answers=raced.answers)
            if "kills" in parts:
                await _kills(stage, size.kills)
            if "first" in parts:
                await _first_messages(nodes, size.visitors, size.tries, "postgres")
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
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; all without")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    raise_file_limit()
    size = Size(visitors=100, tries=20, crowd=200, missed=5_000, kills=2) if asked.short else Size()
    asyncio.run(run(size, asked.parts or PARTS))


if __name__ == "__main__":
    main()
