"""People talk while nodes, PostgreSQL and Redis are killed, stopped, flushed and cut off: what was lost, doubled or out
of order, how long an ack took, and how long everybody took to agree after each fault.

python -m bench.chaos [--short] [--seconds 600] [--seed 1] [--nodes 2] [--database postgres|sqlite] [--visitors 8] [--pace 4]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.figures import percentile, say
from tests.faults.history import History
from tests.faults.nemesis import CLUSTER_FAULTS, SQLITE_FAULTS, Nemesis, Struck, plan
from tests.faults.play import Outcome, people, play
from tests.faults.stage import Stage
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

HOLD_SECONDS, CALM_SECONDS = 2.0, 3.0
KINDS = (
    "lost",
    "doubled",
    "reordered",
    "gap",
    "unseen",
    "disagreement",
    "altered",
    "leaked",
    "two_owners",
    "over_capacity",
    "miscounted",
)


async def run(asked: argparse.Namespace) -> int:
    """Violations found."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)  # then all that was started is ended, too
    is_cluster = asked.database == "postgres"
    postgres, redis_server = (PostgresServer(), RedisServer()) if is_cluster else (None, None)
    nodes = asked.nodes if is_cluster else 1
    faults = CLUSTER_FAULTS if is_cluster else SQLITE_FAULTS
    count = max(len(faults), int(asked.seconds / (HOLD_SECONDS + CALM_SECONDS)))
    steps = plan(asked.seed, faults, count, nodes, hold=HOLD_SECONDS, calm=CALM_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(
            Path(folder),
            seed=asked.seed,
            count=nodes,
            postgres_url=postgres.url() if postgres else "",
            redis_url=redis_server.url() if redis_server else "",
        )
        try:
            for server in (postgres, redis_server):
                if server:
                    await asyncio.to_thread(server.start)
            await stage.open()
            history = History()
            cast = people(stage.url, history, asked.seed, asked.visitors)
            nemesis = Nemesis(stage, history, postgres, redis_server)
            outcome = await play(stage, cast, history, nemesis=nemesis, steps=steps, pace=asked.pace, words=20)
        finally:
            await stage.close()
            for server in (postgres, redis_server):
                if server:
                    server.stop()
    tell(outcome, {"database": asked.database, "nodes": nodes, "seed": asked.seed, "load": round(os.getloadavg()[0], 1)})
    return len(outcome.violations)


def tell(outcome: Outcome, at: dict[str, object]) -> None:
    """A line a figure: counts first, then acks and time to agree, in all and by fault. The control is calm weather."""
    history, struck = outcome.history, outcome.struck
    acked = len({(ack.by, ack.key) for ack in history.acked})
    say("chaos", "sent", len(history.sent), "messages", None, len(struck), **at)
    say("chaos", "acked", acked, "messages", None, len(struck), **at)
    found = Counter(violation.kind for violation in outcome.violations)
    for kind in KINDS:
        say("chaos", kind, found[kind], "violations", None, acked, **at)
    for violation in outcome.violations[:20]:
        print(violation)
    for code, count in sorted(history.refused.items()):
        say("chaos", f"refused_{code}", count, "replies", None, acked, **at)
    calm = _acks_in_calm(history, struck)
    for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
        everything = history.seconds_to_ack()
        say("chaos", f"ack_{name}", percentile(everything, share) * 1000, "ms", percentile(calm, share) * 1000, acked, **at)
    for fault in sorted({one.step.fault for one in struck}):
        of_kind = [one for one in struck if one.step.fault == fault]
        acks = [took for one in of_kind for took in history.seconds_to_ack(one.began, one.healed)]
        agree = [history.settled_at(one.healed) - one.healed for one in of_kind]
        say(
            "chaos",
            f"ack_p99_during_{fault}",
            percentile(acks, 0.99) * 1000,
            "ms",
            percentile(calm, 0.99) * 1000,
            len(acks),
            **at,
        )
        say("chaos", f"agreed_after_{fault}", max(agree), "s", None, len(agree), **at)
    say("chaos", "agreed_in_the_end", outcome.seconds_to_converge, "s", None, acked, **at)


def _acks_in_calm(history: History, struck: Sequence[Struck]) -> list[float]:
    """What was sent while nothing was broken, nor had been, nor would be within a second."""
    edges = [0.0, *(edge for one in struck for edge in (one.began - 1.0, one.healed + 1.0)), float("inf")]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [took for since, until in pairs for took in history.seconds_to_ack(since, until)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="each kind of fault once")
    parser.add_argument("--seconds", type=float, default=600, help="how long things break, at least each kind once (600)")
    parser.add_argument("--seed", type=int, default=1, help="decides what breaks, when and where")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--pace", type=float, default=4)
    asked = parser.parse_args()
    if asked.short:
        asked.seconds = 0
    try:
        raise SystemExit(1 if asyncio.run(run(asked)) else 0)
    except asyncio.CancelledError:
        raise SystemExit(128 + signal.SIGTERM) from None


if __name__ == "__main__":
    main()
