"""Ten thousand SLA clocks that fall due on two processes, one of which is killed three times.

python -m bench.sla_timers [--short]

Two `parley worker` processes on one PostgreSQL. Customers have written, and a policy promises each a first answer that does not come;
the clocks fall due over twenty seconds. With every fifth of them missed one worker is killed with SIGKILL, the other at the next time,
and another is started in its place. Each clock must be missed once, not before its time; `late` is by how much the rows say that
it was noted after its time, and `counted` how many conversations a second got their clocks. The control is the same without a kill.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import asyncpg
from msgspec import Struct

from app.contract.sla import SaveSlaPolicy, SlaConditions, SlaTarget
from app.sla.policies import save_policy
from bench.figures import percentile, say
from bench.grounds import stores
from tests.factories import open_house
from tests.servers.databases import PostgresDatabases

ROOT = Path(__file__).resolve().parents[1]
KILLS = 3
OVER_SECONDS = 20.0
PROMISED = timedelta(minutes=60)
LONGEST_SECONDS = 180.0

WRITE = """
WITH people AS (
    INSERT INTO contacts (id, inbox_id, name, is_verified, locale, created_at)
    SELECT gen_random_uuid(), $1, 'Contact', false, 'en', now() FROM generate_series(1, $4) RETURNING id
), made AS (
    INSERT INTO conversations (id, inbox_id, contact_id, channel, is_extra, status, category, priority, priority_rank,
        team_id, agent_id, seq, rev, contact_delivered_seq, contact_read_seq, agent_delivered_seq, agent_read_seq, mailed_seq, unread_count,
        preview, last_message_at, waiting_since, queued_at, escalation_level, escalation_reason, reopened_count, changed_at, created_at)
    SELECT gen_random_uuid(), $1, id, 'chat', false, 'new', 'new', 'medium', 2, $2, $6, 1, 1, 0, 0, 0, 0, 0, 1, 'Hello?', at, at, at,
        0, '', 0, at, at
    FROM (SELECT id, $3::timestamptz + (row_number() OVER () - 1) * $5::interval AS at FROM people) AS each
    RETURNING id, contact_id, created_at
)
INSERT INTO messages (id, conversation_id, seq, rev, author_kind, author_id, author_name, client_id, visibility, channel, body,
    attachments, created_at)
SELECT gen_random_uuid(), id, 1, 1, 'contact', contact_id, 'Contact', gen_random_uuid()::text, 'public', 'chat', 'Hello?', '[]',
    created_at
FROM made
"""
COUNTED = "SELECT count(*) FROM sla_clocks WHERE clock = 'first_response'"
MISSED = f"{COUNTED} AND breached_at IS NOT NULL"
TWICE = "SELECT count(*) - count(DISTINCT (conversation_id, cause)) FROM audit_lines WHERE action = 'sla.missed'"
LATE = "SELECT extract(epoch FROM breached_at - due_at)::float8 FROM sla_clocks WHERE breached_at IS NOT NULL ORDER BY 1"


class Fired(Struct, frozen=True):
    """What came of it; seconds."""

    late: list[float]
    lost: int
    twice: int
    counted_seconds: float


class Workers:
    """Two worker processes on one database."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._processes = [self._start(), self._start()]

    def kill_one(self, number: int) -> None:
        """Kill a worker as a machine that dies would, and start another."""
        victim = self._processes[number % 2]
        victim.kill()
        victim.wait()
        self._processes[number % 2] = self._start()

    def stop(self) -> None:
        for one in self._processes:
            one.kill()
            one.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        given = {"DATABASE_URL": self._url, "DATA_DIR": self._folder, "EMBEDDING_MODEL": "off", "SECRET_KEY": "k" * 40}
        environment = os.environ | {f"PARLEY_{name}": str(value) for name, value in given.items()}
        with (self._folder / "workers.log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "cli", "worker"], cwd=ROOT, env=environment, stdout=log, stderr=log)


async def fire(url: str, count: int, kills: int) -> Fired:
    connection = await asyncpg.connect(url)
    async with open_house(url) as house:
        house.clock.now = await connection.fetchval("SELECT clock_timestamp()")
        targets = [SlaTarget(clock="first_response", priority="medium", minutes=60)]
        admin = await house.agent("Ada", role="admin", presence=None)
        await house.run(save_policy, admin, SaveSlaPolicy(name="Gold", conditions=SlaConditions(), targets=targets))
    ahead = timedelta(seconds=15 + count / 300)
    begins = await connection.fetchval("SELECT clock_timestamp()") + ahead - PROMISED
    each = timedelta(seconds=OVER_SECONDS) / count
    await connection.execute(WRITE, house.inbox_id, house.team_id, begins, count, each, admin.id)
    await connection.execute("ANALYZE")
    with tempfile.TemporaryDirectory() as folder:
        workers = Workers(Path(folder), url)
        try:
            began = time.perf_counter()
            while await connection.fetchval(COUNTED) < count:
                await _pause(began, "clocks were not all counted")
            counted = time.perf_counter() - began
            began, killed = time.perf_counter(), 0
            while (missed := await connection.fetchval(MISSED)) < count:
                if killed < kills and missed >= count * (killed + 1) / (kills + 2):
                    workers.kill_one(killed)
                    killed += 1
                await _pause(began, f"{count - missed} clocks were not missed")
            await asyncio.sleep(2)  # would one be missed once more?
        finally:
            workers.stop()
    late = [row[0] for row in await connection.fetch(LATE)]
    twice = await connection.fetchval(TWICE)
    await connection.close()
    return Fired(late=late, lost=count - len(late), twice=twice, counted_seconds=counted)


async def _pause(began: float, trouble: str) -> None:
    assert time.perf_counter() - began < LONGEST_SECONDS, trouble
    await asyncio.sleep(0.05)


async def run(databases: PostgresDatabases, count: int) -> bool:
    calm = await fire(databases.create(), count, 0)
    fired = await fire(databases.create(), count, KILLS)
    at = {"kills": KILLS, "over": OVER_SECONDS, "load": round(os.getloadavg()[0], 1)}
    early, usual = (sum(one < 0 for one in it.late) for it in (fired, calm))
    say("sla_timers", "lost", fired.lost, "clocks", calm.lost, count, **at)
    say("sla_timers", "twice", fired.twice, "clocks", calm.twice, count, **at)
    say("sla_timers", "early", early, "clocks", usual, count, **at)
    for one, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
        say("sla_timers", f"late_{one}", percentile(fired.late, share), "s", percentile(calm.late, share), count, **at)
    say("sla_timers", "counted", count / fired.counted_seconds, "conversations/s", count / calm.counted_seconds, count, **at)
    return not any((it.lost or it.twice or min(it.late) < 0) for it in (calm, fired))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    with stores() as (databases, _):
        is_right = asyncio.run(run(databases, 1_000 if asked.short else 10_000))
    raise SystemExit(0 if is_right else 1)


if __name__ == "__main__":
    main()
