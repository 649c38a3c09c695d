"""The work list as a CSV file, a page at a time, so that no length of it is held in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.contract.conversations import ConversationView
from app.contract.lists import ListFilter
from app.contract.work_list import TicketListing
from app.conversations.lists.work_list import MAX_PAGE, list_work
from app.people.actors import SignedInAgent
from app.work import Works
from models import Agent, Status, Team

MAX_ROWS = 10_000
HEADER = "number title contact email status priority owner team topic tags opened last_activity due closed".split()


async def work_csv(
    works: Works, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing, zone: ZoneInfo
) -> AsyncIterator[bytes]:
    """Yield the lines of the list in its order, MAX_ROWS tickets at most. Times are the reader's own."""
    async with works.read() as rows:
        names = {one.id: one.name for table in (Agent, Team) for one in await rows.all(select(table))}
        statuses = {one.key: one.name for one in await rows.all(select(Status))}
    yield _lines([HEADER])
    after, written = None, 0
    while written < MAX_ROWS:
        async with works.read() as rows:
            page = await list_work(rows, agent, wanted, listing, after, min(MAX_PAGE, MAX_ROWS - written))
        yield _lines([_line(row, names, statuses, zone) for row in page.conversations])
        written += len(page.conversations)
        after = page.next
        if after is None:
            return


def _line(row: ConversationView, names: dict[str, str], statuses: dict[str, str], zone: ZoneInfo) -> list[str]:
    ticket = row.ticket
    assert ticket is not None
    times = (ticket.opened_at, row.last_message_at, row.next_due.due_at if row.next_due else None, ticket.closed_at)
    return [
        str(ticket.number),
        ticket.title,
        row.contact.name,
        row.contact.email or "",
        statuses.get(row.status, row.status),
        row.priority,
        names.get(row.agent_id or "", ""),
        names.get(row.team_id or "", ""),
        ticket.topic,
        ", ".join(row.tags),
        *(_local(moment, zone) for moment in times),
    ]


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[harmless(cell) for cell in row] for row in rows])
    return text.getvalue().encode()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(("=", "+", "-", "@")) or cell.startswith(("\t", "\r", "\n")) else cell
