"""Ten thousand timers that fall due, and a worker killed while what they are for is done.

python -m bench.timers [--kind offers|snoozes|overflows] [--serving] [--short] [--over 0]
python -m bench.timers --behind-mail

Two `parley worker` processes on one PostgreSQL and one Redis; agents are here but busy, so what goes on waits in the queue. One
worker is killed with SIGKILL once a tenth has gone on. Every one must go on, once, not early. Their time is over in one moment,
or fifty by fifty `--over` so many seconds. An offer goes to the queue, a snoozed conversation back to its agent, one that waited too
long to the next team's queue. `gone_on_after` starts when the first are due and stops when a look from outside no longer
finds one that is due; `late` is by how much the rows say that one went on after its time. The control is the same without a kill.

With `--serving` there is a server beside them, which runs timers as well, and a visitor writes to it twenty times a second: `ack` is how long
a message takes to be acknowledged while what is due goes on, its control before that.

With `--behind-mail` one worker has 20 mails to send to a mail host that takes 6 s for each, and alarms fall due meanwhile, two a second: links
for a forgotten password (jobs of their own) and snoozes (timers). `late` is by how much the rows say that one was done after its time; the control
is the same without mail.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
from msgspec import Struct
from sqlalchemy import select

from app.contract.conversations import SnoozeConversation
from app.contract.routing import SetTeamRouting
from app.conversations.assignments.claim import OFFER_JOB
from app.conversations.lifecycle import snooze_conversation
from app.conversations.snooze import WAKE_JOB
from app.mail.outbox import queue_mail
from app.people.passwords import ask_for_reset
from app.people.team_routing import set_team_routing
from app.routing.overflow import OVERFLOW_JOB
from app.work import Work
from bench.figures import percentile, say
from bench.grounds import stores
from models import Conversation, OutgoingMail
from tests.factories import OPERATOR, open_house
from tests.running import Running
from tests.servers.databases import PostgresDatabases
from tests.servers.smtp import SmtpSink

_DONE = select(OutgoingMail.created_at).where(OutgoingMail.kind == "password_reset").order_by(OutgoingMail.created_at)
ROOT = Path(__file__).resolve().parents[1]
AGENTS = 5
BATCH = 50
"""As many offers are made at once by routing, with one timer for them."""
SETTLED = timedelta(seconds=12)
"""After that the workers are ready."""
LONGEST_SECONDS = 120.0
WRITES_EVERY_SECONDS = 0.05
SLOW_MAILS = 20
SLOW_MAIL_SECONDS = 6.0
ALARMS = 20

PEOPLE = """
WITH people AS (
    INSERT INTO contacts (id, inbox_id, name, is_verified, locale, created_at)
    SELECT gen_random_uuid(), $1, 'Contact', false, 'en', now() FROM generate_series(1, $5) RETURNING id
), due AS (
    SELECT gen_random_uuid() AS id, id AS contact_id, ($3::uuid[])[1 + row_number() OVER () % cardinality($3::uuid[])] AS agent_id,
        $4::timestamptz + (row_number() OVER () - 1) / 50 * $6::interval AS at
    FROM people
), made AS (
    INSERT INTO conversations (id, inbox_id, contact_id, channel, is_extra, status, category, priority, priority_rank, agent_id,
        team_id, seq, rev, contact_delivered_seq, contact_read_seq, agent_delivered_seq, agent_read_seq, mailed_seq, unread_count,
        preview, last_message_at, waiting_since, queued_at, assigned_at, offer_until, snoozed_until, escalation_level,
        escalation_reason, reopened_count, changed_at, created_at)
    SELECT id, $1, contact_id, 'chat', false, {status}, 'medium', 2, {agent}, $2, 0, 0, 0, 0, 0, 0, 0, 0, 'Hello?', now(),
        {waiting}, now(), {offered}, {snoozed}, 0, '', 0, now(), now()
    FROM due
    RETURNING id
)
{then}
"""
JOBS = """
INSERT INTO jobs (id, kind, payload, state, run_at, attempts, last_error, created_at)
SELECT gen_random_uuid(), $1, jsonb_build_object('conversation_id', id), 'waiting', {due}, 0, '', now() FROM ({those}) AS those
"""
HELD = """
INSERT INTO assignments (id, conversation_id, agent_id, team_id, made_by, reason, decision, started_at)
SELECT gen_random_uuid(), id, {agent}, $2, 'routing', {reason}, '{{}}', at - interval '20 s' FROM due
"""

ROUTED = """
, routed AS (
    INSERT INTO routings (conversation_id, fields, trace, skills, overflow, overflow_at, passed, made_at)
    SELECT id, '{}', '[]', '[]', $7::jsonb, at, '[]', now() FROM due
)
"""


class Kind(Struct, frozen=True, kw_only=True):
    """What falls due: the rows that wait, the jobs that are their timers, and what the rows say once they have gone on."""

    job: str
    waiting: str
    timers: str
    still_due: str
    done: str
    twice: str
    late: str
    astray: str


def waiting_rows(then: str, **columns: str) -> str:
    usual = {"status": "'new', 'new'", "agent": "agent_id", "waiting": "now(), now()", "offered": "NULL", "snoozed": "NULL"}
    return PEOPLE.format(then=then, **usual | columns)


TWICE = """
SELECT count(*) FROM (SELECT conversation_id FROM assignments WHERE reason = {reason} GROUP BY 1 HAVING count(*) > 1) AS twice
"""


KINDS = {
    "offers": Kind(
        job=OFFER_JOB.name,
        waiting=waiting_rows(HELD.format(agent="agent_id", reason="'offered'"), offered="at"),
        timers=JOBS.format(due="due", those="SELECT DISTINCT ON (offer_until) id, offer_until AS due FROM conversations"),
        still_due="SELECT count(*) FROM conversations WHERE offer_until IS NOT NULL",
        done="SELECT count(*) FROM assignments WHERE outcome = 'missed'",
        twice=TWICE.format(reason="'missed'"),
        late="SELECT extract(epoch FROM ended_at - started_at)::float8 - 20 FROM assignments WHERE outcome = 'missed' ORDER BY 1",
        astray="""SELECT count(*) FROM conversations c WHERE agent_id IS NOT NULL OR queued_at IS NULL OR NOT EXISTS (
            SELECT FROM assignments a WHERE a.conversation_id = c.id AND a.reason IN ('missed', 'untaken') AND a.ended_at IS NULL)""",
    ),
    "snoozes": Kind(
        job=WAKE_JOB.name,
        waiting=waiting_rows(
            HELD.format(agent="agent_id", reason="'claimed'"), status="'snoozed', 'waiting'", waiting="NULL, NULL", snoozed="at"
        ),
        timers=JOBS.format(due="due", those="SELECT id, snoozed_until AS due FROM conversations"),
        still_due="SELECT count(*) FROM conversations WHERE snoozed_until IS NOT NULL",
        done="SELECT count(*) FROM conversations WHERE category = 'open'",
        twice="SELECT count(*) FROM conversations WHERE rev <> 1",
        late="""SELECT extract(epoch FROM changed_at - a.started_at)::float8 - 20 FROM conversations c
            JOIN assignments a ON a.conversation_id = c.id ORDER BY 1""",
        astray="""SELECT count(*) FROM conversations c WHERE status <> 'open' OR NOT EXISTS (
            SELECT FROM assignments a WHERE a.conversation_id = c.id AND a.agent_id = c.agent_id AND a.ended_at IS NULL)""",
    ),
    "overflows": Kind(
        job=OVERFLOW_JOB.name,
        waiting=waiting_rows(
            ROUTED + HELD.format(agent="NULL::uuid", reason="'queued'"),
            agent="NULL::uuid",
        ),
        timers=JOBS.format(due="due", those="SELECT conversation_id AS id, overflow_at AS due FROM routings"),
        still_due="SELECT count(*) FROM routings WHERE overflow_at IS NOT NULL",
        done="SELECT count(*) FROM assignments WHERE reason = 'overflow'",
        twice=TWICE.format(reason="'overflow'"),
        late="""SELECT extract(epoch FROM b.started_at - a.started_at)::float8 - 20 FROM assignments a
            JOIN assignments b ON b.conversation_id = a.conversation_id AND b.reason = 'overflow'
            WHERE a.reason = 'queued' ORDER BY 1""",
        astray="""SELECT count(*) FROM conversations c WHERE agent_id IS NOT NULL OR queued_at IS NULL OR NOT EXISTS (
            SELECT FROM assignments a WHERE a.conversation_id = c.id AND a.reason = 'overflow' AND a.team_id = c.team_id)""",
    ),
}
"""`astray`: not where it belongs, or the history does not say so (an untaken offer has a ticket besides)."""


class Fired(Struct, frozen=True):
    """What came of it; seconds from when they were due until so many had gone on."""

    half: float
    nearly_all: float
    all: float
    late: list[float]
    began_at: float
    lost: int
    twice: int
    early: int
    astray: int


class Talk:
    """A visitor who writes all the time, and when each message was acknowledged, and after how long."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self.acks: list[tuple[float, float]] = []

    async def go_on(self) -> None:
        """Until cancelled."""
        wire = (await self._running.visitor()).wire
        id = (await wire.ask("conversation.start", client_id="0", body="Hello?"))["conversation"]["id"]
        for number in itertools.count(1):
            began = time.perf_counter()
            await wire.ask("message.send", timeout=60, client_id=str(number), conversation_id=id, body=str(number))
            self.acks.append((time.perf_counter(), time.perf_counter() - began))
            await asyncio.sleep(WRITES_EVERY_SECONDS)


async def fire(
    kind: Kind, url: str, redis_url: str, count: int, over: timedelta, *, kills: bool, talk: Talk | None = None
) -> Fired:
    async with open_house(url) as house:
        house.clock.now = await _now(url)
        agents = [(await house.agent(f"Agent {number}", presence="busy")).id for number in range(AGENTS)]
        await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=20))
        if talk is not None:
            await house.inbox("demo")
        next_team = [{"team_id": await house.team("Next"), "after_seconds": 20}]
    connection = await asyncpg.connect(url)
    with tempfile.TemporaryDirectory() as folder:
        workers = [_start_worker(Path(folder), url, redis_url, number) for number in range(2)]
        try:
            due = await connection.fetchval("SELECT clock_timestamp()") + SETTLED
            batches = -(-count // BATCH)
            more = [json.dumps(next_team)] if "$7" in kind.waiting else []
            await connection.execute(kind.waiting, house.inbox_id, house.team_id, agents, due, count, over / batches, *more)
            await connection.execute(kind.timers, kind.job)
            await connection.execute("ANALYZE")
            began_at = time.perf_counter() + SETTLED.total_seconds()
            talking = asyncio.create_task(talk.go_on()) if talk else None
            gone = await _watch(kind, connection, due, count, workers[0] if kills else None)
            if talking is not None:
                talking.cancel()
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
    lost = await connection.fetchval(kind.still_due) + count - await connection.fetchval(kind.done)
    late = [row[0] for row in await connection.fetch(kind.late)]
    twice, astray = await connection.fetchval(kind.twice), await connection.fetchval(kind.astray)
    await connection.close()
    return Fired(
        half=_reached(gone, 0.5 * count),
        nearly_all=_reached(gone, 0.99 * count),
        all=_reached(gone, count),
        late=late,
        began_at=began_at,
        lost=lost,
        twice=twice,
        early=sum(one < -0.001 for one in late),
        astray=astray,
    )


async def _watch(
    kind: Kind, connection: asyncpg.Connection, due: datetime, count: int, victim: subprocess.Popen[bytes] | None
) -> list[tuple[float, int]]:
    """Seconds since they were due, and how many had gone on by then."""
    ahead = (due - await connection.fetchval("SELECT clock_timestamp()")).total_seconds()
    began, gone = time.perf_counter() + ahead, list[tuple[float, int]]()
    await asyncio.sleep(ahead - 0.5)
    while not gone or (gone[-1][1] < count and gone[-1][0] < LONGEST_SECONDS):
        on = count - await connection.fetchval(kind.still_due)
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


def _start_worker(folder: Path, url: str, redis_url: str, number: int, **more: str) -> subprocess.Popen[bytes]:
    given = more | {
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "DATA_DIR": folder,
        "EMBEDDING_MODEL": "off",
        "SECRET_KEY": "k" * 40,
    }
    environment = os.environ | {f"PARLEY_{name}": str(value) for name, value in given.items()}
    with (folder / f"worker-{number}.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "cli", "worker"], cwd=ROOT, env=environment, stdout=log, stderr=log)


async def run(name: str, databases: PostgresDatabases, redis_url: str, count: int, over: timedelta) -> bool:
    kind = KINDS[name]
    calm = await fire(kind, databases.create(), redis_url, count, over, kills=False)
    fired = await fire(kind, databases.create(), redis_url, count, over, kills=True)
    at = {"over": over.total_seconds(), "load": round(os.getloadavg()[0], 1)}
    for one in ("lost", "twice", "early", "astray"):
        say("timers", f"{name} {one}", getattr(fired, one), "timers", getattr(calm, one), count, **at)
    for one in ("half", "nearly_all", "all"):
        say("timers", f"{name} {one}_gone_on_after", getattr(fired, one), "s", getattr(calm, one), count, **at)
    for one, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
        say("timers", f"{name} late_{one}", percentile(fired.late, share), "s", percentile(calm.late, share), count, **at)
    return not any(one for it in (calm, fired) for one in (it.lost, it.twice, it.early, it.astray))


async def run_beside_talk(name: str, databases: PostgresDatabases, redis_url: str, count: int, over: timedelta) -> bool:
    """The same beside a server and somebody who writes to it."""
    url = databases.create()
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), database_url=url, redis_url=redis_url, secret_key="k" * 40)
        running.program = ("-m", "cli", "serve")
        await asyncio.to_thread(running.start)
        try:
            talk = Talk(running)
            fired = await fire(KINDS[name], url, redis_url, count, over, kills=False, talk=talk)
        finally:
            running.stop()
    end = fired.began_at + fired.all
    during = sorted(took for at, took in talk.acks if fired.began_at < at <= end)
    before = sorted(took for at, took in talk.acks if at <= fired.began_at)
    at = {"over": over.total_seconds(), "load": round(os.getloadavg()[0], 1)}
    for one, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
        ms = 1000 * percentile(during, share)
        say("timers", f"{name} ack_{one}", ms, "ms", 1000 * percentile(before, share), len(during), **at)
    say("timers", f"{name} all_gone_on_after, beside talk", fired.all, "s", None, count, **at)
    return not (fired.lost or fired.twice or fired.early)


class Alarms(Struct, frozen=True):
    """By how much each was late, in seconds, and how many of the slow mails had left when the last was done."""

    jobs: list[float]
    timers: list[float]
    mails_before: int
    mails: int


async def ring_behind_mail(url: str, redis_url: str, mails: int) -> Alarms:
    alarms = [timedelta(seconds=1 + number / 2) for number in range(ALARMS)]
    sink = SmtpSink(seconds=SLOW_MAIL_SECONDS)
    sink.start()
    async with open_house(url) as house:
        house.clock.now = due = await _now(url) + SETTLED
        ana = await house.agent(role="admin", presence="busy")
        email = (await house.agent_row(ana)).email
        for number in range(mails):
            await house.run(_write_mail, number)
        sleeping = {(await house.chat(ana))[0]: due + after for after in alarms}
        for id, until in sleeping.items():
            await house.run(snooze_conversation, ana, SnoozeConversation(conversation_id=id, until=until))
        for after in alarms:
            house.clock.now = due + after
            await house.run(ask_for_reset, email)
        with tempfile.TemporaryDirectory() as folder:
            worker = _start_worker(Path(folder), url, redis_url, 0, SMTP_URL=sink.url)
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    while await house.all(select(Conversation.id).where(Conversation.snoozed_until.is_not(None))) or (
                        len(await house.all(_DONE)) < ALARMS
                    ):
                        await asyncio.sleep(0.1)
                    before = _slow_mails(sink)
                    while _slow_mails(sink) < mails:
                        await asyncio.sleep(0.1)
            finally:
                worker.kill()
                worker.wait()
                sink.stop()
        done = zip(await house.all(_DONE), alarms, strict=True)
        woken = await house.all(select(Conversation).where(Conversation.id.in_(sleeping)))
        return Alarms(
            jobs=sorted((at - due - after).total_seconds() for at, after in done),
            timers=sorted((one.changed_at - sleeping[one.id]).total_seconds() for one in woken),
            mails_before=before,
            mails=_slow_mails(sink),
        )


def _slow_mails(sink: SmtpSink) -> int:
    return sum("slow" in mail.message["Subject"] for mail in sink.mails)


async def _write_mail(work: Work, number: int) -> None:
    texts = {"subject": f"A slow mail, {number}", "body_text": "Hello", "body_html": "<p>Hello</p>"}
    await queue_mail(work, kind="bench", sender="support@shop.example.com", recipient="mia@example.com", **texts)


async def run_behind_mail(databases: PostgresDatabases, redis_url: str) -> bool:
    calm = await ring_behind_mail(databases.create(), redis_url, 0)
    slow = await ring_behind_mail(databases.create(), redis_url, SLOW_MAILS)
    at = {"mails": SLOW_MAILS, "left_before_the_last": slow.mails_before, "load": round(os.getloadavg()[0], 1)}
    for name in ("jobs", "timers"):
        late, usual = getattr(slow, name), getattr(calm, name)
        for one, share in (("p50", 0.5), ("max", 1.0)):
            say("timers", f"{name} behind mail late_{one}", percentile(late, share), "s", percentile(usual, share), ALARMS, **at)
    late = slow.jobs + slow.timers
    return slow.mails == SLOW_MAILS > slow.mails_before and min(late) >= -0.001 and max(late) <= 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=KINDS, default="offers")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--serving", action="store_true")
    parser.add_argument("--behind-mail", action="store_true")
    parser.add_argument("--over", type=float, default=0.0, help="seconds")
    asked = parser.parse_args()
    count = 1_000 if asked.short else 10_000
    with stores() as (databases, redis):
        if asked.behind_mail:
            raise SystemExit(0 if asyncio.run(run_behind_mail(databases, redis.url())) else 1)
        is_right = asyncio.run(
            (run_beside_talk if asked.serving else run)(asked.kind, databases, redis.url(), count, timedelta(seconds=asked.over))
        )
    raise SystemExit(0 if is_right else 1)


if __name__ == "__main__":
    main()
