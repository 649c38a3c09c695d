"""Counts of the conversations in each view: one read of what is open answers for every view of every agent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import func, or_, select

from app.clock import monotonic
from app.contract.lists import ConversationCounts, ListFilter, SavedCount
from app.contract.work_list import TicketListing
from app.conversations.lists.filters import conditions_of
from app.conversations.lists.work_list import count_work
from app.people.actors import SignedInAgent
from app.people.permissions import Permission
from app.work import Rows, Works
from models import Conversation, SavedView
from models.conversation import IS_OPEN

MAX_VIEWS = 100
MAX_COUNTED = 1000
SHORTEST_SECONDS = 1.0
BUSY_SHARE = 0.1
"""A read that takes long is kept for longer, so that counting takes a tenth of the time at most, whoever asks."""
LONG_SECONDS = 30.0
"""How long the count of a view of what has ended, or of words, is kept: these are counted one by one."""


class Alike(NamedTuple):
    """Open conversations that no view tells apart, and how many they are."""

    agent_id: str | None
    team_id: str | None
    inbox_id: str
    priority: str
    status: str
    tags: Sequence[str]
    topic: str | None
    """The ticket's; none without a ticket."""
    number: int


class OpenCounts:
    """The open conversations as last read, and the counts made of them. Asked for by all agents of a node."""

    def __init__(self, works: Works, clock: Callable[[], float] = monotonic) -> None:
        self._works = works
        self._clock = clock
        self._turn = asyncio.Lock()
        self._fresh_until = 0.0
        self._open: list[Alike] = []
        self._counted: dict[bytes, int] = {}
        self._counted_long: dict[bytes, tuple[float, int]] = {}

    async def of(self, agent: SignedInAgent, view_ids: Collection[str] | None = None) -> ConversationCounts:
        """Return the counts of the agent's views; of the saved ones those with these ids, or all."""
        async with self._works.read() as rows:
            await self._refresh(rows)
            views = await rows.all(saved_views_of(agent))
            wanted = [view for view in views if view_ids is None or view.id in view_ids]
            saved = [SavedCount(id=view.id, count=await self._saved(rows, agent, view)) for view in wanted]
        return self._counts(agent, saved)

    async def _refresh(self, rows: Rows) -> None:
        async with self._turn:
            if self._clock() >= self._fresh_until:
                began = self._clock()
                self._open, self._counted = await read_open(rows), {}
                took = self._clock() - began
                self._fresh_until = self._clock() + max(SHORTEST_SECONDS, took / BUSY_SHARE)

    def _counts(self, agent: SignedInAgent, saved: list[SavedCount]) -> ConversationCounts:
        mine, unassigned, everything = (
            self._count(agent, ListFilter(view="mine")),
            self._count(agent, ListFilter(view="unassigned")),
            self._count(agent, ListFilter()),
        )
        return ConversationCounts(mine=mine, unassigned=unassigned, all=everything, saved=saved)

    async def of_tickets(self, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing) -> int:
        """Return the number of tickets that a work list holds, counted up to MAX_COUNTED."""
        async with self._works.read() as rows:
            await self._refresh(rows)
            return await self._bounded(rows, agent, wanted, listing)

    async def _saved(self, rows: Rows, agent: SignedInAgent, view: SavedView) -> int:
        wanted = msgspec.convert(view.filter, ListFilter)
        listing = msgspec.convert(view.tickets, TicketListing) if view.tickets else None
        return await self._bounded(rows, agent, wanted, listing)

    async def _bounded(self, rows: Rows, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing | None) -> int:
        if wanted.shelf == "open" and not wanted.query:
            return min(MAX_COUNTED, self._count(agent, wanted, listing))
        key = _key_of(agent, wanted, listing)
        until, count = self._counted_long.get(key, (0.0, 0))
        if self._clock() >= until:
            if listing:
                count = await count_work(rows, agent, wanted, listing)
            else:
                held = select(Conversation.id).where(*await conditions_of(rows, agent, wanted)).limit(MAX_COUNTED)
                count = await rows.one(select(func.count()).select_from(held.subquery())) or 0
            if len(self._counted_long) > MAX_COUNTED:
                self._counted_long.clear()
            self._counted_long[key] = (self._clock() + LONG_SECONDS, count)
        return count

    def _count(self, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing | None = None) -> int:
        key = _key_of(agent, wanted, listing)
        if key not in self._counted:
            seen_ids = agent.inboxes_for(Permission.VIEW_CONVERSATIONS)
            self._counted[key] = sum(
                one.number
                for one in self._open
                if (seen_ids is None or one.inbox_id in seen_ids) and _is_in(one, agent, wanted, listing)
            )
        return self._counted[key]


async def read_open(rows: Rows) -> list[Alike]:
    """Read the open conversations, by all that views tell apart: no joins, along the index of what is open."""
    told_apart: list[Any] = [getattr(Conversation, name) for name in Alike._fields[:-1]]
    wanted: Any = select(*told_apart, func.count()).where(IS_OPEN).group_by(*told_apart)
    found = await rows.rows_beside(wanted)
    return [
        Alike(agent_id, team_id, inbox_id, priority, status, tags or (), topic, number)
        for agent_id, team_id, inbox_id, priority, status, tags, topic, number in found
    ]


def saved_views_of(agent: SignedInAgent):
    """The agent's own views and the shared ones, oldest first."""
    is_theirs = or_(SavedView.agent_id == agent.id, SavedView.agent_id.is_(None))
    return select(SavedView).where(is_theirs).order_by(SavedView.created_at, SavedView.id).limit(MAX_VIEWS)


def _key_of(agent: SignedInAgent, wanted: ListFilter, listing: TicketListing | None) -> bytes:
    """Return the key of a filter: alike for all agents who see the same inboxes, except for what is theirs alone. The order of a list does not change
    how long it is."""
    filled = msgspec.structs.replace(wanted, sort="newest")
    topic = (listing.topic, listing.closed_from, listing.closed_to) if listing else None
    seen_ids = agent.inboxes_for(Permission.VIEW_CONVERSATIONS)
    seen = None if seen_ids is None else sorted(seen_ids)
    return msgspec.json.encode((filled, topic, agent.id if wanted.view == "mine" else None, seen))


def _is_in(one: Alike, agent: SignedInAgent, wanted: ListFilter, listing: TicketListing | None) -> bool:
    if listing and (one.topic is None or listing.topic not in ("", one.topic)):
        return False
    if wanted.view != "all" and one.agent_id != (agent.id if wanted.view == "mine" else None):
        return False
    asked = (
        (wanted.agent_id, one.agent_id),
        (wanted.team_id, one.team_id),
        (wanted.inbox_id, one.inbox_id),
        (wanted.priority, one.priority),
        (wanted.status, one.status),
    )
    return all(not value or value == held for value, held in asked) and (not wanted.tag or wanted.tag in one.tags)
