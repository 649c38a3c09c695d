"""No query without an index: what people wait for must not grow with the past."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from datetime import timedelta
from itertools import product
from typing import get_args

import asyncpg
import pytest

from app.clock import utc_now
from app.contract.lists import ListFilter
from app.contract.reading import AgentSync, ConversationDelivered, ReadConversation, VisitorSync
from app.contract.sla import SaveSlaPolicy, SlaConditions, SlaTarget, TrySlaPolicy
from app.contract.tickets import OpenTicket
from app.contract.values import ListView, Shelf, Sort
from app.contract.work_list import TicketListing
from app.conversations.contact_history import list_contact_conversations
from app.conversations.lists.counts import OpenCounts
from app.conversations.lists.pages import list_conversations, list_tickets
from app.conversations.lists.work_list import list_work
from app.conversations.reading.heads import heads_for_agent, heads_for_visitor
from app.conversations.reading.sync import mark_delivered, mark_read, sync_for_agent, sync_for_visitor
from app.conversations.tickets import open_ticket
from app.conversations.views import visitor_views
from app.database.exclusive import sqlite_path
from app.people.presence import lapse_leases, renew_leases
from app.reports.open_now import OpenNow
from app.reports.wall import wall_view
from app.routing.dispatch import dispatch
from app.sla.accounts import clocks_of
from app.sla.dry_run import try_policy
from app.sla.policies import save_policy
from app.sla.tracking import run_clocks
from tests.factories import READER, House, open_house, reopen_house
from tests.plans.reading_plans import Query, listening, postgres_faults, sqlite_faults
from tests.seeding import seed_history
from tests.wording import write_down_all

PAST = 5_000
BY_MINUTE = r"(?s)USING INDEX \w+_open_minute\b.*TEMP B-TREE FOR RIGHT PART OF ORDER BY"
"""A page of the newest on SQLite sorts those who share a minute, and no others."""


async def live_a_day(house: House) -> None:
    """What people wait for: write, open, list, count, sync, mark, queue, be served."""
    ana = await house.agent("Ana")
    id, visitor = await house.chat()
    await dispatch(house.works, house.team_id)
    await house.write(visitor, id)
    await write_down_all(house)
    await house.answer(ana, id, seen_seq=3)
    await house.note(ana, id)
    await house.run(mark_delivered, visitor, ConversationDelivered(conversation_id=id, seq=3))
    await house.run(mark_read, visitor, ReadConversation(conversation_id=id, seq=3))
    await house.run(mark_read, ana, ReadConversation(conversation_id=id, seq=1))
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="Torn tent"))
    await house.resolve(ana, id)
    await house.write(visitor, id)
    await house.start(house.visitor())
    async with house.works.read() as rows:
        await sync_for_visitor(rows, visitor, VisitorSync(conversation_id=id, after_seq=1))
        await sync_for_agent(rows, ana, AgentSync(conversation_id=id, after_rev=1))
        await heads_for_visitor(rows, visitor.contact_id)
        await heads_for_agent(rows, ana.id, id)
        await visitor_views(rows, visitor.contact_id)
        await OpenCounts(house.works).of(ana)
        for view in ("mine", "unassigned", "all"):
            for shelf in ("open", "resolved"):
                page = await list_conversations(rows, ana, ListFilter(view=view, shelf=shelf), None, 2)
                if page.next:
                    await list_conversations(rows, ana, ListFilter(view=view, shelf=shelf), page.next, 2)
        await list_contact_conversations(rows, READER, visitor.contact_id)
        await wall_view(rows, house.clock())
        tickets = await list_tickets(rows, READER, None, 2)
        await list_tickets(rows, READER, tickets.next, 2)
    open_now = OpenNow(house.works)
    await open_now.read_all()
    open_now.note(id)
    open_now.mark()
    async with house.works.read() as rows:
        await open_now.count(rows, {}, house.clock())
    await house.run(renew_leases, [ana.id], timedelta(minutes=1))
    await house.run(lapse_leases)
    house.clock.on(minutes=10)
    await house.run_every_job()


@pytest.fixture
async def day(database_url: str) -> tuple[str, list[Query]]:
    """A place with a past, and everything its database was asked on one day."""
    async with open_house(database_url) as house:
        await house.agent("Ben", presence=None)
        await asyncio.to_thread(seed_history, database_url, PAST)
    with listening() as heard:
        async with reopen_house(database_url) as house:
            house.clock.now = utc_now()
            await live_a_day(house)
    return database_url, heard.queries


async def test_nothing_people_wait_for_is_read_from_end_to_end(day: tuple[str, list[Query]]) -> None:
    url, asked = day
    assert len(asked) > 40
    faults = await faults_of(url, asked)
    assert not faults, "\n\n".join(f"{'; '.join(found)}\n{sql[sql.find('FROM') :]}" for sql, found in faults.items())


async def test_every_order_of_a_list_is_read_from_an_index_page_by_page(database_url: str) -> None:
    async with open_house(database_url) as house:
        ana = await house.agent("Ana")
        for number in range(6):
            id, _ = await house.chat()
            if number % 2:
                await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
                await house.answer(ana, id)
        await asyncio.to_thread(seed_history, database_url, PAST)
    with listening() as heard:
        async with reopen_house(database_url) as house, house.works.read() as rows:
            for shelf, view, sort in product(get_args(Shelf), get_args(ListView), get_args(Sort)):
                wanted = ListFilter(view=view, shelf=shelf, sort=sort)
                page = await list_conversations(rows, ana, wanted, None, 2)
                for _ in range(3):
                    page = await list_conversations(rows, ana, wanted, page.next, 2)
    lists = [one for one in heard.queries if "LIMIT" in one.sql and "category IN" in one.sql]
    assert len(lists) > 40
    steps = {sql: re.sub(BY_MINUTE, "", found) for sql, found in (await steps_of(database_url, lists)).items()}
    sorting = {sql: found for sql, found in steps.items() if "TEMP B-TREE" in found or "Sort" in found}
    assert not sorting, "\n\n".join(f"{sql[sql.find('WHERE') :]}\n{found}" for sql, found in sorting.items())


async def test_every_order_of_the_work_list_is_read_from_an_index_page_by_page(database_url: str) -> None:
    """Each page in one query. Nothing is sorted; among one agent's, or what nobody has, a database may sort the few of one status."""
    async with open_house(database_url) as house:
        ana = await house.agent("Ana")
        for number in range(8):
            id, _ = await house.chat()
            if number % 4:
                await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
            if number % 2:
                await house.answer(ana, id)
        await asyncio.to_thread(seed_history, database_url, PAST)
    alone = {name: [""] for name in ("number", "active", "due", "closed", "topic")}
    seconds = alone | {"priority": ["", ",number", ",due"]}
    orders = [
        f"{way}{name}{second}"
        for name in (*alone, "priority", "status", "owner", "team")
        for way in ("", "-")
        for second in seconds.get(name, ["", ",number", ",priority", ",-priority", ",due"])
    ]
    whole: list[Query] = []
    with listening() as heard:
        async with reopen_house(database_url) as house, house.works.read() as rows:
            for view, shelf, order in product(("all", "mine", "unassigned"), get_args(Shelf), orders):
                if view != "all" and not whole:
                    whole = [one for one in heard.queries if "ticket_number IS NOT NULL" in one.sql]
                page = await list_work(rows, ana, ListFilter(view=view, shelf=shelf), TicketListing(order=order), None, 2)
                for _ in range(2):
                    if page.next:
                        wanted = ListFilter(view=view, shelf=shelf)
                        page = await list_work(rows, ana, wanted, TicketListing(order=order), page.next, 2)
    lists = [one for one in heard.queries if "ticket_number IS NOT NULL" in one.sql]
    assert len(whole) > 60
    assert len(lists) > 120
    steps = {sql: re.sub(BY_MINUTE, "", found) for sql, found in (await steps_of(database_url, whole)).items()}
    sorting = {sql: found for sql, found in steps.items() if "TEMP B-TREE" in found or "Sort" in found}
    assert not sorting, "\n\n".join(f"{sql[sql.find('WHERE') :]}\n{found}" for sql, found in sorting.items())
    faults = await faults_of(database_url, lists)
    assert not faults, "\n\n".join(f"{'; '.join(found)}\n{sql[sql.find('FROM') :]}" for sql, found in faults.items())


async def test_a_search_reads_nothing_from_end_to_end(database_url: str) -> None:
    """The few it finds are sorted; a list of nothing is asked for as WHERE false, and reads nothing."""
    async with open_house(database_url) as house:
        ana = await house.agent("Ana")
        await asyncio.to_thread(seed_history, database_url, PAST)
        await write_down_all(house)
    with listening() as heard:
        async with reopen_house(database_url) as house, house.works.read() as rows:
            for words in ("zebra", "contact 12", "#1000005", "contact parcel lazy", "c12@example.com"):
                await list_conversations(rows, ana, ListFilter(shelf="resolved", query=words), None, 2)
    asked = [one for one in heard.queries if "0 = 1" not in one.sql and "false ORDER" not in one.sql]
    faults = {sql: found for sql, found in (await faults_of(database_url, asked)).items() if found != ["sorts what has ended"]}
    assert len(asked) > 7
    assert not faults, "\n\n".join(f"{'; '.join(found)}\n{sql[sql.find('FROM') :]}" for sql, found in faults.items())


async def test_sla_clocks_are_counted_and_fired_along_indexes(database_url: str) -> None:
    async with open_house(database_url) as house:
        await house.agent("Ben", presence=None)
        await asyncio.to_thread(seed_history, database_url, PAST)
    targets = [SlaTarget(clock="first_response", priority="medium", minutes=10, warn_minutes=5)]
    promise = SaveSlaPolicy(name="Gold", conditions=SlaConditions(), targets=targets)
    with listening() as heard:
        async with reopen_house(database_url) as house:
            house.clock.now = utc_now()
            ada = await house.agent("Ada", role="admin")
            id, _ = await house.chat()
            await house.run(save_policy, ada, promise)
            await run_clocks(house.works)
            house.clock.on(minutes=20)
            await house.answer(ada, id)
            await run_clocks(house.works)
            await house.chat()
            await run_clocks(house.works)
            house.clock.on(minutes=20)
            await run_clocks(house.works)
            async with house.works.read() as rows:
                await clocks_of(rows, ada, id, house.clock())
                await try_policy(rows, ada, TrySlaPolicy(policy=promise), house.clock())
    once = "DELETE FROM sla_events"  # all of it, when there is a policy for the first time
    asked = [one for one in heard.queries if ("sla_" in one.sql or "messages.system" in one.sql) and one.sql != once]
    assert len(asked) > 10
    faults = await faults_of(database_url, asked)
    assert not faults, "\n\n".join(f"{'; '.join(found)}\n{sql[sql.find('FROM') :]}" for sql, found in faults.items())


async def steps_of(url: str, asked: list[Query]) -> dict[str, str]:
    """How each would be run, in the database's own words, by statement."""
    path = sqlite_path(url)
    if path is not None:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return {
                one.sql: "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {one.sql}", one.values))
                for one in asked
            }
    connection = await asyncpg.connect(url)
    try:
        await _make_dear(connection)
        found: dict[str, str] = {}
        for one in asked:
            found[one.sql] = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {one.sql}", *one.values))
        return found
    finally:
        await connection.close()


async def faults_of(url: str, asked: list[Query]) -> dict[str, list[str]]:
    """What is read from end to end, by statement."""
    path = sqlite_path(url)
    if path is not None:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return {one.sql: found for one in asked if (found := sqlite_faults(connection, one))}
    connection = await asyncpg.connect(url)
    try:
        await _make_dear(connection)
        return {one.sql: found for one in asked if (found := await postgres_faults(connection, one))}
    finally:
        await connection.close()


async def _make_dear(connection: asyncpg.Connection) -> None:
    """What is cheap with a past this short, and would be taken for that."""
    for dear in ("seqscan", "sort", "mergejoin", "hashjoin"):
        await connection.execute(f"SET enable_{dear} = off")
