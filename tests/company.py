"""A company with a long past, written in bulk: teams, agents, inboxes, views, tags, articles, and conversations of which few are
open. Nothing in it is due."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec

from app.database.exclusive import sqlite_path
from app.database.migrate import migrate, newest_revision

YEARS = timedelta(days=1_000)
TABLES = (
    "teams agents team_members inboxes saved_views articles contacts conversations messages tickets conversation_tags".split()
)
NAMES = "Ana Duarte|Ben Okafor|Chen Wei|Dora Novak|Emil Berg|Fatima Zahra|Goran Ilic|Hana Sato|Ivan Petrov|Julia Roth".split("|")
WORDS = "The parcel for order {number} has not come yet, and the tracking page says nothing. Can you look at {topic}?"
TOPICS = ("orders", "refunds", "returns", "shipping", "accounts")


class Company(NamedTuple):
    """How large each part is. One conversation in `open_each` is open, a quarter of those waits for anybody. One in `said_each` has
    its messages, all others are counted only."""

    conversations: int = 200_000
    messages_each: int = 7
    agents: int = 300
    teams: int = 25
    inboxes: int = 5
    tags: int = 300
    views: int = 60
    articles: int = 5_000
    open_each: int = 100
    said_each: int = 1
    password_hash: str = ""


class Ids:
    """The ids of what was seeded, reckoned from its number."""

    @staticmethod
    def of(kind: int, number: int) -> str:
        return f"{number >> 16:08x}-{number & 0xFFFF:04x}-7{kind:03x}-8000-000000000000"

    @classmethod
    def team(cls, number: int) -> str:
        return cls.of(1, number)

    @classmethod
    def agent(cls, number: int) -> str:
        return cls.of(2, number)

    @classmethod
    def inbox(cls, number: int) -> str:
        return cls.of(3, number)

    @classmethod
    def contact(cls, number: int) -> str:
        return cls.of(4, number)

    @classmethod
    def conversation(cls, number: int) -> str:
        return cls.of(5, number)


def seed_company(url: str, company: Company, now: datetime | None = None) -> None:
    """Fill a migrated database that holds nobody yet. It is told its new size."""
    with ThreadPoolExecutor(1) as thread:  # the caller's loop may be running
        thread.submit(_seed, url, company, (now or datetime.now(UTC)) - YEARS).result()


def kept_company(path: Path, company: Company, kept_in: Path) -> str:
    """Copy such a company to `path`, seeded the first time and kept in a folder for the next; its URL."""
    source = Path(__file__).read_bytes()
    key = hashlib.sha256(repr((newest_revision(), company)).encode() + source).hexdigest()[:12]
    kept = kept_in / f"company-{company.conversations}-{key}.db"
    if not kept.exists():
        kept_in.mkdir(parents=True, exist_ok=True)
        making = kept.with_suffix(".making")
        making.unlink(missing_ok=True)
        migrate(f"sqlite:///{making}")
        seed_company(f"sqlite:///{making}", company)
        making.rename(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, path)
    return f"sqlite:///{path}"


def _seed(url: str, company: Company, began: datetime) -> None:
    path = sqlite_path(url)
    if path is None:
        asyncio.run(_into_postgres(url, company, began))
    else:
        _into_sqlite(path, company, began)


def _into_sqlite(path: Path, company: Company, began: datetime) -> None:
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    for pragma in ("synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    made = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        f" AND tbl_name IN ({', '.join('?' * len(TABLES))})",
        TABLES,
    ).fetchall()
    for kind, name, _ in made:
        connection.execute(f"DROP {kind} {name}")
    for table, rows in _people(company, began):
        names = list(rows[0])
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [tuple(_sqlite_value(value) for value in row.values()) for row in rows],
        )
    for statement in (
        *past_in_sql(company, began, _Sqlite()),
        "INSERT INTO card_words (words, contact_id) SELECT name || ' ' || coalesce(email, ''), id FROM contacts",
        "INSERT INTO card_words (words, conversation_id) SELECT title, conversation_id FROM tickets",
        "INSERT INTO message_words (rowid, body) SELECT rowid, body FROM messages",
        *(sql for _, _, sql in made),
    ):
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _sqlite_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else value


async def _into_postgres(url: str, company: Company, began: datetime) -> None:
    connection = await asyncpg.connect(url)
    try:
        made = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)",
            TABLES,
        )
        await connection.execute("SET maintenance_work_mem = '128MB'")
        await connection.execute("SET session_replication_role = replica")  # nor does a foreign key look at each row
        for index in made:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        for table, rows in _people(company, began):
            records = [tuple(_postgres_value(value) for value in row.values()) for row in rows]
            await connection.copy_records_to_table(table, records=records, columns=list(rows[0]))
        for statement in past_in_sql(company, began, _Postgres()):
            await connection.execute(statement)
        for index in made:
            await connection.execute(index["indexdef"])
        await connection.execute("SET default_statistics_target = 20")  # each value of an indexed expression is reckoned anew
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _postgres_value(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else value


def _people(company: Company, began: datetime) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    people: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES[:6]}
    for number in range(company.teams):
        people["teams"].append({"id": Ids.team(number), "name": f"Team {number}", "created_at": began})
    for number in range(company.agents):
        name = NAMES[number % len(NAMES)]
        people["agents"].append(
            {"id": Ids.agent(number), "name": name, "email": f"agent{number}@example.com", "password_hash": company.password_hash}
            | {"role": "admin" if number == 0 else "agent", "capacity": 4, "is_active": True, "presence": "offline"}
            | {"presence_since": began, "created_at": began}
        )
        for team in {number % company.teams, (number // 7) % company.teams}:
            people["team_members"].append({"team_id": Ids.team(team), "agent_id": Ids.agent(number)})
    for number in range(company.inboxes):
        people["inboxes"].append(
            {"id": Ids.inbox(number), "key": f"shop{number}", "name": f"Shop {number}", "channel": "chat"}
            | {"team_id": Ids.team(number % company.teams), "greeting": "Hello!", "color": "#0f766e", "locale": "en"}
            | {"allowed_origins": [], "identity_secret": "a secret", "asks_email": False, "created_at": began}
        )
    narrow = {"query": "", "tag": "", "priority": None, "status": "", "team_id": None, "inbox_id": None, "sort": "newest"}
    for number in range(company.views):
        one = ({"tag": f"tag{number}"}, {"team_id": Ids.team(number % company.teams)}, {"priority": "high"})[number % 3]
        shown = {"view": ("all", "unassigned")[number % 2], "shelf": "open", **narrow, **one}
        people["saved_views"].append(
            {"id": Ids.of(6, number), "agent_id": None, "name": f"View {number}", "filter": shown, "created_at": began}
        )
    for number in range(company.articles):
        topic = TOPICS[number % len(TOPICS)]
        people["articles"].append(
            {"id": Ids.of(7, number), "slug": f"article-{number}", "locale": "en", "title": f"How {topic} work, part {number}"}
            | {"category": f"Category {number % 40}", "state": "published", "visibility": "public"}
            | {"body": f"{topic} are looked after by team {number}.\n\n## Where to begin\n\nBegin at step {number % 9}."}
            | {"created_at": began, "updated_at": began}
        )
    for table, rows in people.items():
        if rows:
            yield table, rows


class _Sqlite:
    """What the statements of the past need to be told by, in SQLite's words."""

    false, true = "0", "1"

    def id(self, kind: int, number: str) -> str:
        return f"printf('%08x-%04x-7{kind:03x}-8000-000000000000', ({number}) >> 16, ({number}) & 65535)"

    def moment(self, seconds: str) -> str:
        return f"strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', {seconds}, 'unixepoch')"

    def json(self, text: str) -> str:
        return text

    def minute(self, seconds: str) -> dict[str, str]:
        return {"last_minute": f"strftime('%Y-%m-%dT%H:%M', {seconds}, 'unixepoch')"}


class _Postgres:
    """The same in PostgreSQL's."""

    false, true = "false", "true"

    def id(self, kind: int, number: str) -> str:
        high, low = f"lpad(to_hex(({number}) >> 16), 8, '0')", f"lpad(to_hex(({number}) & 65535), 4, '0')"
        return f"({high} || '-' || {low} || '-7{kind:03x}-8000-000000000000')::uuid"

    def moment(self, seconds: str) -> str:
        return f"to_timestamp({seconds})"

    def json(self, text: str) -> str:
        return f"({text})::jsonb"

    def minute(self, _: str) -> dict[str, str]:
        return {"changed_xid": "1"}


def past_in_sql(company: Company, began: datetime, say: _Sqlite | _Postgres) -> Iterator[str]:
    """What has come and gone, reckoned by the database itself: conversation `n` of so many, and its message `seq`."""
    each, every = company.messages_each, company.open_each
    step, start = YEARS.total_seconds() / max(1, company.conversations), int(began.timestamp())
    at = f"{start} + CAST(n * {step} AS INTEGER)"
    ended = f"{at} + {60 * each}"
    is_open, is_queued, is_snoozed = (f"n % {every} = 0", f"n % {4 * every} = 0", f"n % {4 * every} = {every}")
    contact_id, agent_id = say.id(4, "n / 2"), say.id(2, f"n % {company.agents}")
    inbox_id, topic = say.id(3, f"n / 2 % {company.inboxes}"), _one_of(TOPICS)
    words = WORDS.replace("{number}", "' || n || '").replace("{topic}", f"' || {topic} || '")
    tag = f"'tag' || n % {company.tags}"

    def when(condition: str, then: str, otherwise: str = "NULL") -> str:
        return f"CASE WHEN {condition} THEN {then} ELSE {otherwise} END"

    def insert(table: str, columns: dict[str, str], where: str = "", also_from: str = "") -> str:
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) WITH RECURSIVE numbers(n) AS"
            f" (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {company.conversations - 1})"
            f" SELECT {', '.join(columns.values())} FROM numbers{also_from}{where and f' WHERE {where}'}"
        )

    yield insert(
        "contacts",
        {
            "id": contact_id,
            "inbox_id": inbox_id,
            "name": f"{_one_of(NAMES[:7])} || ' ' || n",
            "email": "'c' || n || '@example.com'",
        }
        | {"is_verified": say.false, "locale": "'en'", "last_seen_at": say.moment(at), "created_at": say.moment(at)},
        "n % 2 = 0",
    )
    status = when(is_snoozed, "'snoozed'", when(is_open, "'open'", "'resolved'"))
    yield insert(
        "conversations",
        {"id": say.id(5, "n"), "inbox_id": inbox_id, "contact_id": contact_id, "channel": "'chat'"}
        | {"is_extra": when(is_open, say.true, say.false), "status": status}
        | {"category": when(is_snoozed, "'waiting'", when(is_open, "'open'", "'resolved'"))}
        | {"priority": when("n % 10 = 0", "'high'", "'medium'"), "priority_rank": when("n % 10 = 0", "1", "2")}
        | {"agent_id": when(is_queued, "NULL", agent_id), "team_id": say.id(1, f"n % {company.teams}")}
        | dict.fromkeys(
            "seq rev contact_delivered_seq contact_read_seq agent_delivered_seq agent_read_seq mailed_seq".split(), str(each)
        )
        | {"unread_count": "0", "preview": f"substr('{words}', 1, 60)", "last_message_at": say.moment(ended)}
        | {"assigned_at": say.moment(at), "first_answered_at": say.moment(at), "escalation_level": "0", "escalation_reason": "''"}
        | {"reopened_count": "0", "queued_at": when(is_queued, say.moment(at)), "waiting_since": when(is_queued, say.moment(at))}
        | {"snoozed_until": when(is_snoozed, say.moment(f"{at} + {int(2 * YEARS.total_seconds())}"))}
        | {"resolved_at": when(is_open, "NULL", say.moment(ended)), "topic": when("n % 5 = 0", topic)}
        | {"tags": say.json(when("n % 3 = 0", f"""'["' || {tag} || '"]'""", "'[]'")), "routed_at": say.moment(at)}
        | {"changed_at": say.moment(ended), "created_at": say.moment(at), **say.minute(ended)},
    )
    yield insert("conversation_tags", {"tag": tag, "conversation_id": say.id(5, "n")}, "n % 3 = 0")
    yield insert(
        "tickets",
        {
            "id": say.id(8, "n"),
            "number": "1000000 + n",
            "conversation_id": say.id(5, "n"),
            "title": f"'About ' || {topic} || ' ' || n",
        }
        | {"topic": topic, "opened_at": say.moment(at), "closed_at": when(is_open, "NULL", say.moment(ended))},
        "n % 5 = 0",
    )
    if each == 0:
        return
    is_theirs = "seq % 2 = 1"
    yield insert(
        "messages",
        {"id": say.id(9, f"n * {each} + seq"), "conversation_id": say.id(5, "n"), "seq": "seq", "rev": "seq"}
        | {"author_kind": when(is_theirs, "'contact'", "'agent'"), "author_id": when(is_theirs, contact_id, agent_id)}
        | {"author_name": when(is_theirs, "'Contact'", "'Agent'"), "client_id": "'k' || n || '-' || seq"}
        | {"visibility": "'public'", "channel": "'chat'", "body": f"'{words}'", "attachments": say.json("'[]'")}
        | {"created_at": say.moment(f"{at} + 60 * seq")},
        f"n % {company.said_each} = 0",
        also_from=f" CROSS JOIN (SELECT column1 AS seq FROM (VALUES {', '.join(f'({seq})' for seq in range(1, each + 1))}) AS s) AS seqs",
    )


def _one_of(texts: Sequence[str]) -> str:
    """The text of number `n`, in turns."""
    cases = " ".join(f"WHEN {place} THEN '{text}'" for place, text in enumerate(texts))
    return f"CASE n % {len(texts)} {cases} END"
