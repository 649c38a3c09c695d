"""What is looked at every second, and what people wait for, visits no more rows with 200,000 conversations than with 2,000
of which as many are open."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import asyncpg
import pytest
from msgspec.json import decode
from sqlalchemy import select

from app.activity.log import list_lines
from app.attachments import FileStore, delete_unsent
from app.clock import utc_now
from app.contract.lists import ListFilter
from app.contract.reading import AgentEarlier, AgentSync, ReadConversation
from app.contract.values import ListView, Shelf, Sort
from app.contract.work_list import TicketListing
from app.conversations.contact_history import list_contact_conversations
from app.conversations.lists.counts import OpenCounts
from app.conversations.lists.pages import list_conversations, list_tickets
from app.conversations.lists.work_list import list_work
from app.conversations.queue.positions import queue_views
from app.conversations.reading.drafts import list_drafts
from app.conversations.reading.heads import (
    find_horizon,
    heads_for_agent,
    heads_for_agents,
    heads_for_visitor,
    heads_for_visitors,
    list_moved,
)
from app.conversations.reading.sync import earlier_for_agent, mark_read, sync_for_agent
from app.conversations.tags import list_tags
from app.conversations.timeline import read_timeline
from app.database import open_database
from app.database.exclusive import sqlite_path
from app.file_room import note_room
from app.gauges import count_for_metrics
from app.mail.mailer import SmtpMailer
from app.mail.outbox import Outbox
from app.people.actors import SignedInAgent, Visitor
from app.people.visitor_sessions import forget_voided
from app.reports.open_now import OpenNow
from app.reports.thresholds import thresholds_of
from app.reports.wall import wall_view
from app.routing.warnings import list_notices
from app.timetable import domain_sweeps
from app.toolbox import list_desk
from app.visiting.availability import availability_of
from app.visiting.greetings import find_open_conversation
from app.visiting.proactive import is_anyone_there
from app.work import Rows
from models import Conversation, Inbox
from models.conversation import IS_QUEUED
from tests.company import Company, Ids, seed_company
from tests.factories import READER, House
from tests.plans.reading_plans import Queries, Query, listening
from tests.servers.databases import PostgresDatabases, SqliteFiles

OPEN = 200
LARGE = Company(conversations=200_000, messages_each=2, said_each=10, open_each=200_000 // OPEN, articles=0)
SMALL = LARGE._replace(conversations=2_000, open_each=2_000 // OPEN)
DUE = ("offer_until", "snoozed_until", "overflow_at")
MAX_MORE = {"sqlite": 8_000, "postgres": 3_000}
"""By so many steps of SQLite's machine, or rows of PostgreSQL, a query may do more in the large company: a deeper tree, and
another shape of the few that are open. A read of the past would be 200,000."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def companies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """The kind of database, and the URLs of the small company and of the large one."""
    if request.param == "sqlite":
        files: SqliteFiles = request.getfixturevalue("sqlite_files")
        folder: Path = tmp_path_factory.mktemp("companies")
        urls = [files.copy_to(folder / name) for name in ("small.db", "large.db")]
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        urls = [databases.create(), databases.create()]
    for url, company in zip(urls, (SMALL, LARGE), strict=True):
        seed_company(url, company)
    yield request.param, urls[0], urls[1]
    if request.param == "postgres":
        for url in urls:
            request.getfixturevalue("postgres_databases").drop(url)


async def test_the_past_costs_no_sweep_and_no_hot_query_a_row(companies: tuple[str, str, str]) -> None:
    kind, small, large = companies
    few, many = await visits_of(small), await visits_of(large)
    assert len(many) > 70
    dear = {sql: (few.get(sql, 0), rows) for sql, rows in many.items() if rows > few.get(sql, 0) * 1.5 + MAX_MORE[kind]}
    assert not dear, "\n\n".join(f"{fewer} -> {rows}: {sql}" for sql, (fewer, rows) in dear.items())


async def test_looking_for_what_is_due_visits_no_row(companies: tuple[str, str, str]) -> None:
    """Conversations are snoozed in both companies, for years yet."""
    kind, _, large = companies
    visits = await visits_of(large)
    looking = {sql: rows for sql, rows in visits.items() if sql.startswith("SELECT") and any(f"{due} <= " in sql for due in DUE)}
    assert len(looking) >= 2 * len(DUE)
    dear = {sql: rows for sql, rows in looking.items() if rows > {"sqlite": 100, "postgres": 0}[kind]}
    assert not dear, dear


async def visits_of(url: str) -> dict[str, int]:
    """How many rows each statement of a day visits, by statement."""
    with listening() as heard:
        await live_a_day(url)
    return await asyncio.to_thread(_count_on_sqlite, url, heard) if sqlite_path(url) else await _count_on_postgres(url, heard)


async def live_a_day(url: str) -> None:
    """Every sweep, then what agents and visitors wait for."""
    database = open_database(url)
    try:
        house = House(database, url)
        house.clock.now = utc_now()
        reactions = house.react()
        for sweep in domain_sweeps(house.works, reactions, timedelta(seconds=60)):
            await sweep.run()
            await reactions.settle()
        await house.run_every_job()
        ana = SignedInAgent(id=Ids.agent(0), name="Ana Duarte", role="admin", session="")
        conversation_id = Ids.conversation(2 * (LARGE if await _is_large(house) else SMALL).open_each)
        async with house.works.read() as rows:
            for shelf, view, sort in product(get_args(Shelf), get_args(ListView), get_args(Sort)):
                page = await list_conversations(rows, ana, ListFilter(view=view, shelf=shelf, sort=sort), None, 20)
                await list_conversations(rows, ana, ListFilter(view=view, shelf=shelf, sort=sort), page.next, 20)
            for shelf, order in product(get_args(Shelf), ("-number", "-active", "topic", "priority", "status", "owner", "team")):
                listing = TicketListing(order=order)
                tickets = await list_work(rows, ana, ListFilter(shelf=shelf), listing, None, 20)
                await list_work(rows, ana, ListFilter(shelf=shelf), listing, tickets.next, 20)
            await OpenCounts(house.works).of(ana)
            await list_tickets(rows, READER, None, 50)
            await list_desk(rows, ana)
            await heads_for_agents(rows, [Ids.agent(number) for number in range(50)], [conversation_id])
            await heads_for_visitors(rows, [Ids.contact(number) for number in range(50)])
            await list_contact_conversations(rows, READER, Ids.contact(7))
            await sync_for_agent(rows, ana, AgentSync(conversation_id=conversation_id, after_rev=0))
            await earlier_for_agent(rows, ana, AgentEarlier(conversation_id=conversation_id, before_rev=2))
            await wall_view(rows, house.clock())
            await look_for_words(rows, ana)
            await be_found_by_nodes(rows, ana)
            await wait_in_line(rows, house.clock())
        await house_keeping(house)
        await house.answer(ana, conversation_id)
        await house.run(mark_read, ana, ReadConversation(conversation_id=conversation_id, seq=0))
        (row,) = await house.all(_contact_of(conversation_id))
        await house.write(Visitor(contact_id=row.contact_id, inbox_id=row.inbox_id), conversation_id)
        await house.start(house.visitor(Ids.inbox(0)))
        await reactions.end()
    finally:
        await database.close()


async def look_for_words(rows: Rows, ana: SignedInAgent) -> None:
    """In lists of what is open a word that each message holds, in the past one that few hold."""
    for view in get_args(ListView):
        for query in ("parcel", "ana parcel", "orders tracking"):
            await list_conversations(rows, ana, ListFilter(view=view, query=query), None, 20)
    for query in ("19900", "#1000005"):
        await list_conversations(rows, ana, ListFilter(shelf="resolved", query=query), None, 20)


async def be_found_by_nodes(rows: Rows, ana: SignedInAgent) -> None:
    """What a node reads that has missed hints, and an agent who comes."""
    await list_moved(rows, await find_horizon(rows), None, 100)
    await heads_for_agent(rows, ana.id, None)
    await heads_for_visitor(rows, Ids.contact(7))
    await list_drafts(rows, ana)
    await list_tags(rows)
    await list_lines(rows, None, 50)
    await list_lines(rows, None, 50, settings_only=True)
    await read_timeline(rows, ana, Ids.conversation(7))
    await list_notices(rows, ana, utc_now())


async def wait_in_line(rows: Rows, now: datetime) -> None:
    """What a visitor is told who comes, and those who wait."""
    waiting = await rows.all(select(Conversation).where(IS_QUEUED).order_by(Conversation.queued_at).limit(20))
    await queue_views(rows, waiting)
    (inbox,) = await rows.all(select(Inbox).where(Inbox.id == Ids.inbox(0)))
    await availability_of(rows, inbox, now)
    await is_anyone_there(rows, inbox, now)
    await find_open_conversation(rows, Ids.contact(7), inbox.id)


async def house_keeping(house: House) -> None:
    """The sweeps of a server that are no domain's: files, mail, sessions, figures."""
    with TemporaryDirectory() as folder:
        await delete_unsent(house.works, FileStore(Path(folder)))
        await count_for_metrics(house.works, Path(folder))
    await house.run(note_room, 0)
    await house.run(forget_voided)
    await Outbox(SmtpMailer("smtp://127.0.0.1:9")).release(house.works)
    counts = OpenNow(house.works)
    await counts.read_all()
    async with house.works.read() as rows:
        await counts.count(rows, await thresholds_of(rows), house.clock())


async def _is_large(house: House) -> bool:
    return bool(await house.all(_contact_of(Ids.conversation(SMALL.conversations + 1))))


def _contact_of(conversation_id: str) -> Any:
    return select(Conversation).where(Conversation.id == conversation_id)


def _count_on_sqlite(url: str, heard: Queries) -> dict[str, int]:
    path = sqlite_path(url)
    assert path is not None
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return {asked.sql: _steps_of(connection, asked) for asked in heard.queries}


def _steps_of(connection: sqlite3.Connection, asked: Query) -> int:
    """How many steps SQLite's machine takes: three or more a row."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 10
        return 0

    connection.execute("BEGIN")
    connection.set_progress_handler(step, 10)
    try:
        connection.execute(asked.sql, asked.values).fetchall()
    finally:
        connection.set_progress_handler(None, 0)
        connection.execute("ROLLBACK")
    return steps


async def _count_on_postgres(url: str, heard: Queries) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        return {asked.sql: await _rows_of(connection, asked) for asked in heard.queries}
    finally:
        await connection.close()


async def _rows_of(connection: asyncpg.Connection, asked: Query) -> int:
    """How many rows PostgreSQL reads from tables and indexes, those thrown away included."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        text = await connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {asked.sql}", *asked.values)
    finally:
        await transaction.rollback()
    assert text is not None
    return sum(_visited(decode(text)[0]["Plan"]))


def _visited(node: dict[str, Any]) -> Iterator[int]:
    if "Scan" in node["Node Type"]:
        thrown = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck", "Join Filter"))
        yield round((node["Actual Rows"] + thrown) * node["Actual Loops"])
    for child in node.get("Plans", []):
        yield from _visited(child)
