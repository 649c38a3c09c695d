"""What a deploy costs those who talk meanwhile: both nodes of a cluster replaced, round after round, behind Caddy.

python -m bench.rolling [--short]

The control is how long an ack takes in the calm before, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from bench.figures import percentile, say
from tests.deploy.rolling import roll
from tests.servers.cluster import Cluster

SEED = 7


async def run(rounds: int, visitors: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder), log_level="warning", agent_capacity=1000)
        try:
            await asyncio.to_thread(cluster.start)
            calm = (await roll(cluster, rounds=0, visitors=visitors, pace=3, seed=SEED)).history.seconds_to_ack()
            rolled = await roll(cluster, rounds=rounds, visitors=visitors, pace=3, seed=SEED + 1)
        finally:
            await asyncio.to_thread(cluster.stop)
    took = rolled.history.seconds_to_ack()
    at = {"restarts": rolled.restarts, "load": round(os.getloadavg()[0], 1)}
    say("rolling", "lost_doubled_or_reordered", len(rolled.violations), "", None, len(took), **at)
    for share, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
        say("rolling", f"ack_{name}", percentile(took, share) * 1000, "ms", percentile(calm, share) * 1000, len(took), **at)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    is_short = parser.parse_args().short
    asyncio.run(run(1 if is_short else 5, 5 if is_short else 20))


if __name__ == "__main__":
    main()
