"""A node is killed, again and again, under an agent who holds two chats that wait: how long until colleagues see the agent
offline, and until the chats are back at the head of their queue.

python -m bench.handover [--short] [--kills 20]

Two nodes on PostgreSQL and Redis, with the lease and the grace they ship with. The control is what was promised: offline
within a lease, and back in the queue a grace later.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from app.settings import Settings
from bench.figures import percentile, say
from tests.faults.hand_over import HandedOver, hand_over
from tests.faults.stage import Stage
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

LEASE_SECONDS = Settings().presence_lease_seconds
GRACE_SECONDS = Settings().presence_grace_seconds


async def run(kills: int) -> list[HandedOver]:
    """One kill after the other; the node is started again each time."""
    postgres, redis_server = PostgresServer(), RedisServer()
    with tempfile.TemporaryDirectory() as folder:
        for server in (postgres, redis_server):
            server.start()
        databases = PostgresDatabases(postgres.url())
        databases.make_template()
        stage = Stage(Path(folder), count=2, postgres_url=databases.create(), redis_url=redis_server.url())
        try:
            await stage.open()
            return [await _tell(await hand_over(stage), number) for number in range(kills)]
        finally:
            await stage.close()
            for server in (redis_server, postgres):
                server.stop()


async def _tell(handed: HandedOver, number: int) -> HandedOver:
    """A long run should say how it goes."""
    say("handover", f"kill_{number}_queued", handed.seconds_to_queue, "s", LEASE_SECONDS + GRACE_SECONDS, 1)
    return handed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    handed = asyncio.run(run(2 if asked.short else asked.kills))
    at = {"load": round(os.getloadavg()[0], 1)}
    for name, promised, seconds in (
        ("offline", LEASE_SECONDS, [one.seconds_to_offline for one in handed]),
        ("queued", LEASE_SECONDS + GRACE_SECONDS, [one.seconds_to_queue for one in handed]),
    ):
        for share in (0.5, 0.99, 1.0):
            figure = f"killed_to_{name}_{'max' if share == 1 else f'p{share * 100:g}'}"
            say("handover", figure, percentile(seconds, share), "s", promised, len(seconds), **at)
    misplaced = sum(sorted(one.places) != [1, 2] for one in handed)
    say("handover", "not_at_the_head", misplaced, "hand-overs", None, len(handed), **at)


if __name__ == "__main__":
    main()
