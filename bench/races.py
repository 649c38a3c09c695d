"""Many tasks in several processes give out, claim, accept, decline, transfer and lose the same conversations on one
PostgreSQL: how many assignments, and how many of them had two owners, went over capacity, went to somebody without a live
lease, or left a conversation neither owned nor queued.

python -m bench.races [--short] [--assignments 100000] [--processes 2] [--tasks 8] [--seed 1]

A trigger in the database judges every assignment when it commits. The control, in the same run, serves the same queues by
looking first and writing afterwards, without a lock or a condition: 24 steps are enough to see
what that does.
"""

from __future__ import annotations

import argparse
import asyncio
import os

from bench.figures import say
from tests.racing.floor import Size
from tests.racing.race import Raced, run_race
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--assignments", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    server = PostgresServer()
    server.start()
    try:
        databases = PostgresDatabases(server.url())
        databases.make_template()
        count = 2_000 if asked.short else asked.assignments
        how = {"processes": asked.processes, "tasks": asked.tasks, "seed": asked.seed}
        careless = asyncio.run(run_race(databases.create(), 24, Size(), **how, is_careless=True))
        raced = asyncio.run(run_race(databases.create(), count, Size(), **how))
    finally:
        server.stop()
    tell(raced, careless, how)
    raise SystemExit(1 if any(raced.violations.values()) or raced.unserved else 0)


def tell(raced: Raced, careless: Raced, how: dict[str, int]) -> None:
    at = {**how, "load": round(os.getloadavg()[0], 1)}
    say("races", "assignments", raced.assignments, "assignments", careless.assignments, raced.steps, **at, tally=raced.tally)
    for kind, count in raced.violations.items():
        say("races", kind, count, "violations", careless.violations[kind], raced.assignments, **at)
    say("races", "unserved_in_the_end", raced.unserved, "conversations", None, raced.assignments, **at)
    say("races", "checkpoints", raced.checkpoints, "looks", None, raced.assignments, **at)
    say("races", "assigned_a_second", raced.assignments / raced.seconds, "1/s", None, raced.assignments, **at)
    for example in raced.examples:
        print(example)


if __name__ == "__main__":
    main()
