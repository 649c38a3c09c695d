"""Ten thousand offers whose time is over, and a worker killed while they go on.

python -m bench.timers [--short] [--over 0]

Two `parley worker` processes on one PostgreSQL and one Redis; agents are here but busy, so what goes on waits in the queue. One
worker is killed with SIGKILL once a tenth has gone on. Every offer must go on, once, not early. Their time is over in one moment,
or fifty by fifty `--over` so many seconds. `gone_on_after` starts when the first are due and stops when a look from outside no longer
finds the offer; `late` is by how much the rows say that an offer ended after its time. The control is the same without a kill.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
from msgspec import Struct

from app.contract.routing import SetTeamRouting
from app.conversations.taking import OFFER_JOB
from app.people.serving import set_team_routing
from bench.figures import percentile, say
from bench.grounds import stores
from tests.factories import open_house
from tests.servers.databases import PostgresDatabases

ROOT = Path(__file__).resolve().parents[1]
AGENTS = 5
BATCH = 50
"""As many offers are made at once by routing, with one timer for them."""
SETTLED = timedelta(seconds=12)
"""After that the workers are ready."""
LONGEST_SECONDS = 120.0

OFFERS = """
WITH people AS (
    INSERT INTO contacts (id, inbox_id, name, is_verified, locale, created_at)
    SELECT gen_random_uuid(), $1, 'Contact', false, 'en', now() FROM generate_series(1, $5) RETURNING id
), numbered AS (SELECT id, row_number() OVER () AS n FROM people), offered AS (
    INSERT INTO conversations (id, inbox_id, contact_id, channel, is_extra, status, category, priority, priority_rank, agent_id,
        team_id, seq, rev, contact_delivered_seq, contact_read_seq, agent_delivered_seq, agent_read_seq, mailed_seq, unread_count,
        preview, last_message_at, waiting_since, queued_at, assigned_at, offer_until, escalation_level, escalation_reason,
        reopened_count, changed_at, created_at)
    SELECT gen_random_uuid(), $1, id, 'chat', false, 'new', 'new', 'medium', 2, ($3::uuid[])[1 + n % cardinality($3::uuid[])],
        $2, 0, 0, 0, 0, 0, 0, 0, 0, 'Hello?', now(), now(), now(), now(), $4::timestamptz + (n - 1) / 50 * $6::interval, 0, '', 0, now(), now()
    FROM numbered
    RETURNING id, agent_id, team_id, offer_until
)
INSERT INTO assignments (id, conversation_id, agent_id, team_id, made_by, reason, decision, started_at)
SELECT gen_random_uuid(), id, agent_id, team_id, 'routing', 'offered', '{}', offer_until - interval '20 s' FROM offered
"""
TIMERS = """
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, last_error, created_at)
SELECT gen_random_uuid(), $1, '{}', 'waiting', $2::timestamptz + (n - 1) * $4::interval, 0, '', now() FROM generate_series(1, $3) AS n
"""
STILL_OFFERED = "SELECT count(*) FROM conversations WHERE offer_until IS NOT NULL"
MISSED = "SELECT count(*) FROM assignments WHERE outcome = 'missed'"
TWICE = """
SELECT count(*) FROM (SELECT conversation_id FROM assignments WHERE reason = 'missed' GROUP BY 1 HAVING count(*) > 1) AS twice
"""
LATE = """
SELECT extract(epoch FROM ended_at - started_at)::float8 - 20 FROM assignments WHERE outcome = 'missed' ORDER BY 1
"""
ASTRAY = """
SELECT count(*) FROM conversations c WHERE agent_id IS NOT NULL OR queued_at IS NULL OR NOT EXISTS (
    SELECT FROM assignments a WHERE a.conversation_id = c.id AND a.reason IN ('missed', 'untaken') AND a.ended_at IS NULL)
"""
"""Not in the queue (untaken: with a ticket besides), or the history does not say so."""


class Fired(Struct, frozen=True):
    """What came of it; seconds from when they were due until so many had gone on."""

    half: float
    nearly_all: float
    all: float
    late: list[float]
    lost: int
    twice: int
    early: int
    astray: int


async def fire(url: str, redis_url: str, count: int, over: timedelta, *, kills: bool) -> Fired:
    async with open_house(url) as house:
        house.clock.now = await _now(url)
        agents = [(await house.agent(f"Agent {number}", presence="busy")).id for number in range(AGENTS)]
        await house.run(set_team_routing, house.team_id, SetTeamRouting(accept_seconds=20))
    connection = await asyncpg.connect(url)
    with tempfile.TemporaryDirectory() as folder:
        workers = [_start_worker(Path(folder), url, redis_url, number) for number in range(2)]
        try:
            due = await connection.fetchval("SELECT clock_timestamp()") + SETTLED
            batches = -(-count // BATCH)
            await connection.execute(OFFERS, house.inbox_id, house.team_id, agents, due, count, over / batches)
            await connection.execute(TIMERS, OFFER_JOB, due, batches, over / batches)
            await connection.execute("ANALYZE")
            gone = await _watch(connection, due, count, workers[0] if kills else None)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
    lost = await connection.fetchval(STILL_OFFERED) + count - await connection.fetchval(MISSED)
    late = [row[0] for row in await connection.fetch(LATE)]
    twice, astray = await connection.fetchval(TWICE), await connection.fetchval(ASTRAY)
    await connection.close()
    return Fired(
        half=_reached(gone, 0.5 * count),
        nearly_all=_reached(gone, 0.99 * count),
        all=_reached(gone, count),
        late=late,
        lost=lost,
        twice=twice,
        early=sum(one < -0.001 for one in late),
        astray=astray,
    )


async def _watch(
    connection: asyncpg.Connection, due: datetime, count: int, victim: subprocess.Popen[bytes] | None
) -> list[tuple[float, int]]:
    """Seconds since they were due, and how many had gone on by then."""
    ahead = (due - await connection.fetchval("SELECT clock_timestamp()")).total_seconds()
    began, gone = time.perf_counter() + ahead, list[tuple[float, int]]()
    await asyncio.sleep(ahead - 0.5)
    while not gone or (gone[-1][1] < count and gone[-1][0] < LONGEST_SECONDS):
        on = count - await connection.fetchval(STILL_OFFERED)
        gone.append((time.perf_counter() - began, on))
        if victim is not None and on >= count / 10:
            victim.kill()
            victim = None
        await asyncio.sleep(0.02)
    return gone


def _reached(gone: list[tuple[float, int]], count: float) -> float:
    return next((seconds for seconds, on in gone if on >= count), float("inf"))


async def _now(url: str) -> datetime:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT clock_timestamp()")
    finally:
        await connection.close()


def _start_worker(folder: Path, url: str, redis_url: str, number: int) -> subprocess.Popen[bytes]:
    given = {"DATABASE_URL": url, "REDIS_URL": redis_url, "DATA_DIR": folder, "EMBEDDING_MODEL": "off", "SECRET_KEY": "k" * 40}
    environment = os.environ | {f"PARLEY_{name}": str(value) for name, value in given.items()}
    with (folder / f"worker-{number}.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "cli", "worker"], cwd=ROOT, env=environment, stdout=log, stderr=log)


async def run(databases: PostgresDatabases, redis_url: str, count: int, over: timedelta) -> bool:
    calm = await fire(databases.create(), redis_url, count, over, kills=False)
    fired = await fire(databases.create(), redis_url, count, over, kills=True)
    at = {"over": over.total_seconds(), "load": round(os.getloadavg()[0], 1)}
    for name in ("lost", "twice", "early", "astray"):
        say("timers", name, getattr(fired, name), "offers", getattr(calm, name), count, **at)
    for name in ("half", "nearly_all", "all"):
        say("timers", f"{name}_gone_on_after", getattr(fired, name), "s", getattr(calm, name), count, **at)
    for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
        say("timers", f"late_{name}", percentile(fired.late, share), "s", percentile(calm.late, share), count, **at)
    return not any(one for it in (calm, fired) for one in (it.lost, it.twice, it.early, it.astray))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--over", type=float, default=0.0, help="seconds")
    asked = parser.parse_args()
    count = 1_000 if asked.short else 10_000
    with stores() as (databases, redis):
        is_right = asyncio.run(run(databases, redis.url(), count, timedelta(seconds=asked.over)))
    raise SystemExit(0 if is_right else 1)


if __name__ == "__main__":
    main()
