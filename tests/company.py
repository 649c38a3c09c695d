"""A company with a long past, written in bulk: teams, agents, inboxes, views, tags, articles, and conversations of which few are
open. Nothing in it is due."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec

from app.database.exclusive import sqlite_path
from app.database.migrate import migrate, newest_revision

BATCH = 5_000
YEARS = timedelta(days=1_000)
TABLES = (
    "teams agents team_members inboxes saved_views articles contacts conversations messages tickets conversation_tags".split()
)
NAMES = "Ana Duarte|Ben Okafor|Chen Wei|Dora Novak|Emil Berg|Fatima Zahra|Goran Ilic|Hana Sato|Ivan Petrov|Julia Roth".split("|")
WORDS = "The parcel for order {number} has not come yet, and the tracking page says nothing. Can you look at {topic}?"
TOPICS = ("orders", "refunds", "returns", "shipping", "accounts")


class Company(NamedTuple):
    """How large each part is. One conversation in `open_each` is open, a quarter of those waits for anybody."""

    conversations: int = 200_000
    messages_each: int = 7
    agents: int = 300
    teams: int = 25
    inboxes: int = 5
    tags: int = 300
    views: int = 60
    articles: int = 5_000
    open_each: int = 100
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
    rows = _rows(company, now or datetime.now(UTC))
    with ThreadPoolExecutor(1) as thread:  # the caller's loop may be running
        thread.submit(_seed, url, rows).result()


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


def _seed(url: str, rows: Iterator[tuple[str, list[dict[str, Any]]]]) -> None:
    path = sqlite_path(url)
    if path is None:
        asyncio.run(_into_postgres(url, rows))
    else:
        _into_sqlite(path, rows)


def _into_sqlite(path: Path, rows: Iterator[tuple[str, list[dict[str, Any]]]]) -> None:
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
    for table, batch in rows:
        names = list(batch[0])
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [tuple(_sqlite_value(value) for value in row.values()) for row in batch],
        )
    for statement in (
        "UPDATE conversations SET last_minute = substr(last_message_at, 1, 16)",
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


async def _into_postgres(url: str, rows: Iterator[tuple[str, list[dict[str, Any]]]]) -> None:
    connection = await asyncpg.connect(url)
    try:
        made = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)",
            TABLES,
        )
        for index in made:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        for table in TABLES:
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, batch in rows:
            records = [tuple(_postgres_value(value) for value in row.values()) for row in batch]
            await connection.copy_records_to_table(table, records=records, columns=list(batch[0]))
        await connection.execute("UPDATE conversations SET changed_xid = 1 WHERE changed_xid IS NULL")
        for table in TABLES:
            await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for index in made:
            await connection.execute(index["indexdef"])
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


def _rows(company: Company, now: datetime) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    began = now - YEARS
    yield from _people(company, began)
    for first in range(0, company.conversations, BATCH):
        numbers = range(first, min(first + BATCH, company.conversations))
        batch: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES[6:]}
        for number in numbers:
            _add_conversation(batch, company, number, began + YEARS * number / company.conversations)
        for table, rows in batch.items():
            if rows:
                yield table, rows


def _add_conversation(batch: dict[str, list[dict[str, Any]]], company: Company, number: int, at: datetime) -> None:
    id, contact_id = Ids.conversation(number), Ids.contact(number // 2)
    inbox_id, n, topic = Ids.inbox((number // 2) % company.inboxes), company.messages_each, TOPICS[number % len(TOPICS)]
    if number % 2 == 0:
        batch["contacts"].append(
            {"id": contact_id, "inbox_id": inbox_id, "name": f"{NAMES[number % 7]} {number}", "email": f"c{number}@example.com"}
            | {"is_verified": False, "locale": "en", "last_seen_at": at, "created_at": at}
        )
    is_open = number % company.open_each == 0
    is_queued = is_open and number // company.open_each % 4 == 0
    is_snoozed = is_open and number // company.open_each % 4 == 1
    has_ticket, ended = number % 5 == 0, at + timedelta(minutes=n)
    category = "waiting" if is_snoozed else "open" if is_open else "resolved"
    tags = [f"tag{number % company.tags}"] if number % 3 == 0 else []
    words = WORDS.format(number=number, topic=topic)
    batch["conversations"].append(
        {"id": id, "inbox_id": inbox_id, "contact_id": contact_id, "channel": "chat", "is_extra": is_open}
        | {"status": "snoozed" if is_snoozed else category, "category": category}
        | {"priority": ("medium", "high")[number % 10 == 0], "priority_rank": 1 if number % 10 == 0 else 2}
        | {"agent_id": None if is_queued else Ids.agent(number % company.agents), "team_id": Ids.team(number % company.teams)}
        | {"seq": n, "rev": n, "contact_delivered_seq": n, "contact_read_seq": n, "agent_delivered_seq": n, "agent_read_seq": n}
        | {"mailed_seq": n, "unread_count": 0, "preview": words[:60], "last_message_at": ended, "assigned_at": at}
        | {"first_answered_at": at, "escalation_level": 0, "escalation_reason": "", "reopened_count": 0}
        | {"queued_at": at if is_queued else None, "waiting_since": at if is_queued else None}
        | {"snoozed_until": at + 2 * YEARS if is_snoozed else None, "resolved_at": None if is_open else ended}
        | {"topic": topic if has_ticket else None, "tags": tags, "routed_at": at, "changed_at": ended, "created_at": at}
    )
    for tag in tags:
        batch["conversation_tags"].append({"tag": tag, "conversation_id": id})
    if has_ticket:
        batch["tickets"].append(
            {"id": Ids.of(8, number), "number": 1_000_000 + number, "conversation_id": id, "title": f"About {topic} {number}"}
            | {"topic": topic, "opened_at": at, "closed_at": None if is_open else ended}
        )
    for seq in range(1, n + 1):
        author = ("contact", contact_id, "Contact") if seq % 2 else ("agent", Ids.agent(number % company.agents), "Agent")
        batch["messages"].append(
            {"id": Ids.of(9, number * n + seq), "conversation_id": id, "seq": seq, "rev": seq, "author_kind": author[0]}
            | {"author_id": author[1], "author_name": author[2], "client_id": f"k{number}-{seq}", "visibility": "public"}
            | {"channel": "chat", "body": words, "attachments": [], "created_at": at + timedelta(minutes=seq)}
        )
