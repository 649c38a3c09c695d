"""The tickets' work list: every order, each ticket once, in pages, and cursors that are only what we gave out."""

from __future__ import annotations

import csv
import io
import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.contract.conversations import ConversationView
from app.contract.lists import ListFilter
from app.contract.tickets import OpenTicket, UpdateTicket
from app.contract.toolbox import SaveView
from app.contract.values import ListView, Shelf
from app.contract.work_list import TicketListing, TicketListingView
from app.conversations.lists.counts import OpenCounts
from app.conversations.lists.work_csv import harmless, work_csv
from app.conversations.lists.work_list import list_work
from app.conversations.row_changes import PRIORITY_RANKS
from app.conversations.tickets import open_ticket, update_ticket
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.reports.closed_tickets import bounds_of, closed_tickets
from app.toolbox import list_desk, save_view
from app.work import Work
from models import Agent, Conversation, SavedView, Status, Team, Ticket
from tests.factories import House

FIRST = ("number", "active", "due", "closed", "topic", "priority", "status", "owner", "team")
GROUPED = ("priority", "status", "owner", "team")
ORDERS = [f"{way}{name}" for name in FIRST for way in ("", "-")] + [
    f"{way}{name},{second}"
    for name in GROUPED
    for way in ("", "-")
    for second in ("number", "-number", "priority", "-priority", "due", "-due")
    if "priority" not in (name, second.removeprefix("-")) or name != "priority"
]


async def listed(
    house: House,
    agent: SignedInAgent,
    order: str = "-number",
    limit: int = 3,
    topic: str = "",
    view: ListView = "all",
    shelf: Shelf = "open",
    **narrowing: Any,
) -> list[ConversationView]:
    """Every ticket of a list, read in pages."""
    wanted = ListFilter(view=view, shelf=shelf, **narrowing)
    found: list[ConversationView] = []
    after = None
    async with house.works.read() as rows:
        while True:
            page = await list_work(rows, agent, wanted, TicketListing(topic=topic, order=order), after, limit)
            found += page.conversations
            after = page.next
            if after is None:
                return found
            assert len(page.conversations) == limit


def numbers(views: list[ConversationView]) -> list[int]:
    return [view.ticket.number for view in views if view.ticket]


async def fill(house: House) -> tuple[SignedInAgent, SignedInAgent]:
    """A dozen open tickets of every kind, as many closed ones, and chats without a ticket between them."""
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    other = await house.team("Other")
    ids: list[str] = []
    for at in range(24):
        house.clock.on(seconds=40)
        id, _ = await house.chat()
        if at % 6 != 5:
            await house.run(open_ticket, ana, OpenTicket(conversation_id=id, topic=f"Topic {at % 3}", title=f"T{at}"))
            ids.append(id)
    chance = random.Random(7)
    statuses = await house.all(select(Status))

    async def mix(work: Work) -> None:
        for at, id in enumerate(ids):
            status = chance.choice([one for one in statuses if (one.category in ("resolved", "closed")) == (at % 2 == 1)])
            priority = chance.choice(["urgent", "high", "medium", "low"])
            await work.change(
                update(Conversation)
                .where(Conversation.id == id)
                .values(
                    status=status.key,
                    category=status.category,
                    priority=priority,
                    priority_rank=PRIORITY_RANKS[priority],
                    agent_id=chance.choice([ana.id, ben.id, None]),
                    team_id=chance.choice([house.team_id, other, None]),
                    next_due_clock="resolution" if at % 3 else None,
                    next_due_at=work.now + timedelta(minutes=chance.choice([1, 5, 9])) if at % 3 else None,
                )
            )
            closed_at = work.now - timedelta(hours=at) if status.category in ("resolved", "closed") else None
            await work.change(update(Ticket).where(Ticket.conversation_id == id).values(closed_at=closed_at))

    await house.run(mix)
    return ana, ben


async def expected(house: House, views: list[ConversationView], order: str, shelf: Shelf) -> list[int]:
    """The order, worked out the plain way."""
    positions = {one.key: at for at, one in enumerate(sorted(await house.all(select(Status)), key=lambda it: it.position))}
    names = {"Ana": 0, "Ben": 1}
    agents = {id: names[name] for id, name in await _names(house)}
    teams = {id: at for at, id in enumerate(await _teams(house))}

    def value(view: ConversationView, name: str) -> Any:
        assert view.ticket is not None
        by: dict[str, Any] = {
            "number": view.ticket.number,
            "active": view.last_message_at if house.url.startswith("postgresql") else view.last_message_at.replace(second=0),
            "topic": view.ticket.topic,
            "priority": PRIORITY_RANKS[view.priority],
            "status": positions[view.status],
            "owner": agents.get(view.agent_id or "", 99),
            "team": teams.get(view.team_id or "", 99),
            "due": view.next_due.due_at if view.next_due else None,
            "closed": view.ticket.closed_at,
        }
        return by[name]

    first, *rest = order.split(",")
    if shelf == "resolved":
        rest = [key for key in rest if key.removeprefix("-") == "number"]
    if first.removeprefix("-") == ("closed" if shelf == "open" else "due"):
        first = first.replace("closed", "number").replace("due", "number")
    ways = {"topic": not first.startswith("-"), "active": first.startswith("-"), "closed": first.startswith("-")}
    is_newest_first = ways.get(first.removeprefix("-"), True)
    found = sorted(views, key=lambda view: value(view, "number"), reverse=is_newest_first)
    for key in reversed([first, *rest]):
        name, is_turned = key.removeprefix("-"), key.startswith("-")
        if name != "due":
            found.sort(key=lambda view, name=name: value(view, name), reverse=is_turned)
            continue
        promised = sorted((it for it in found if it.next_due), key=lambda view: value(view, "number"), reverse=is_turned)
        promised.sort(key=lambda view: value(view, "due"), reverse=is_turned)
        found = [*promised, *(it for it in found if not it.next_due)]
    return numbers(found)


async def _names(house: House) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in await house.all(select(Agent))]


async def _teams(house: House) -> list[str]:
    return [one.id for one in sorted(await house.all(select(Team)), key=lambda it: (it.name, it.id))]


async def test_every_order_is_whole_and_right_in_pages_of_three(house: House) -> None:
    ana, _ = await fill(house)
    for shelf in ("open", "resolved"):
        everything = await listed(house, ana, shelf=shelf, limit=100)
        assert len(everything) == 10
        for order in ORDERS:
            found = numbers(await listed(house, ana, order, shelf=shelf))
            assert found == await expected(house, everything, order, shelf), (shelf, order)


async def test_filters_narrow_every_order(house: House) -> None:
    ana, _ = await fill(house)
    everything = await listed(house, ana, limit=100)
    asked: list[tuple[dict[str, Any], Any]] = [
        ({"view": "mine"}, lambda it: it.agent_id == ana.id),
        ({"view": "unassigned"}, lambda it: it.agent_id is None),
        ({"priority": "high"}, lambda it: it.priority == "high"),
        ({"status": everything[0].status}, lambda it: it.status == everything[0].status),
        ({"team_id": house.team_id}, lambda it: it.team_id == house.team_id),
        ({"topic": "Topic 1"}, lambda it: it.ticket.topic == "Topic 1"),
    ]
    for narrowing, is_in in asked:
        wanted = sorted(numbers([it for it in everything if is_in(it)]))
        for order in ORDERS:
            assert sorted(numbers(await listed(house, ana, order, **narrowing))) == wanted, (narrowing, order)


async def test_a_chat_without_a_ticket_is_on_no_work_list(house: House) -> None:
    ana = await house.agent()
    await house.chat()
    assert await listed(house, ana) == []
    id, _ = await house.chat()
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="One"))
    assert [view.id for view in await listed(house, ana)] == [id]


async def test_a_cursor_is_good_for_its_own_order_only(house: House) -> None:
    ana, _ = await fill(house)
    async with house.works.read() as rows:
        page = await list_work(rows, ana, ListFilter(), TicketListing(order="priority"), None, 2)
        for order, cursor in (
            ("-priority", page.next),
            ("number", page.next),
            ("priority", "x"),
            ("priority", "W10"),
            ("priority", "//8"),
            ("number", "WyJudW1iZXIiLFtdLFsiYSJdXQ"),
        ):
            with pytest.raises(Invalid):
                await list_work(rows, ana, ListFilter(), TicketListing(order=order), cursor, 2)


async def test_a_saved_view_of_tickets_keeps_its_order_and_is_counted(house: House) -> None:
    ana, _ = await fill(house)
    listing = TicketListing(topic="Topic 1", order="priority,-number")
    asked = SaveView(name="Topic 1", filter=ListFilter(), tickets=listing)
    kept = await house.run(save_view, ana, asked)
    closed = await house.run(
        save_view, ana, SaveView(name="Closed", filter=ListFilter(shelf="resolved"), tickets=TicketListing())
    )
    plain = await house.run(save_view, ana, SaveView(name="All", filter=ListFilter()))
    async with house.works.read() as rows:
        views = {view.id: view for view in (await list_desk(rows, ana)).views}
    assert views[kept.id].tickets == TicketListingView(
        topic="Topic 1", order="priority,-number", closed_from=None, closed_to=None
    )
    assert views[plain.id].tickets is None
    counts = {one.id: one.count for one in (await OpenCounts(house.works).of(ana)).saved}
    assert counts == {
        kept.id: len(await listed(house, ana, topic="Topic 1")),
        closed.id: 10,
        plain.id: 14,
    }
    assert await OpenCounts(house.works).of_tickets(ana, ListFilter(), TicketListing()) == 10
    # The version before this one reads the filter, and nothing that it does not know.
    assert all("tickets" not in row.filter for row in await house.all(select(SavedView)))


async def test_closed_tickets_are_counted_by_the_readers_day_and_a_bar_lists_its_own(house: House) -> None:
    ana, _ = await fill(house)
    everything = await listed(house, ana, shelf="resolved", limit=100)
    async with house.works.read() as rows:
        by_step = {step: await closed_tickets(rows, ana, step, "Asia/Tokyo", house.clock()) for step in ("day", "week", "month")}
    assert {step: sum(bar.count for bar in found.bars) for step, found in by_step.items()} == dict.fromkeys(by_step, 10)
    assert [len(found.bars) for found in by_step.values()] == [30, 26, 24]
    for bar in by_step["day"].bars:
        inside = {it.ticket.number for it in everything if it.ticket and bar.starts_at <= it.ticket.closed_at < bar.ends_at}  # type: ignore[operator]
        wanted = TicketListing(order="-closed", closed_from=bar.starts_at, closed_to=bar.ends_at)
        async with house.works.read() as rows:
            page = await list_work(rows, ana, ListFilter(shelf="resolved"), wanted, None, 100)
        assert (set(numbers(page.conversations)), bar.count) == (inside, len(inside))
        assert bar.starts_at.astimezone(ZoneInfo("Asia/Tokyo")).hour == 0
    with pytest.raises(Invalid):
        async with house.works.read() as rows:
            await closed_tickets(rows, ana, "day", "Mars/Olympus", house.clock())


def test_a_day_of_a_clock_change_has_its_own_length() -> None:
    bounds = bounds_of("day", ZoneInfo("Europe/Berlin"), datetime(2026, 3, 30, 12, tzinfo=UTC))
    hours = [(end - start).total_seconds() / 3600 for start, end in itertools.pairwise(bounds)]
    assert hours[-3:] == [24, 23, 24]
    months = bounds_of("month", ZoneInfo("UTC"), datetime(2026, 1, 31, tzinfo=UTC))
    assert [months[-2].month, months[-1].month] == [1, 2]


async def test_a_csv_holds_the_list_in_its_order_and_no_formula(house: House) -> None:
    ana, _ = await fill(house)
    id = (await listed(house, ana))[0].id
    await house.run(update_ticket, ana, UpdateTicket(conversation_id=id, title='=HYPERLINK("x"), "quoted"'))
    lines = [part async for part in work_csv(house.works, ana, ListFilter(), TicketListing(), ZoneInfo("Europe/Berlin"))]
    table = list(csv.reader(io.StringIO(b"".join(lines).decode())))
    assert [row[0] for row in table[1:]] == [str(number) for number in numbers(await listed(house, ana))]
    assert table[1][1] == '\'=HYPERLINK("x"), "quoted"'
    assert len({len(row) for row in table}) == 1
    assert [harmless(cell) for cell in ("+1", " =1", "@x", "\tx", "a=b", "")] == ["'+1", "' =1", "'@x", "'\tx", "a=b", ""]
