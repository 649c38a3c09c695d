"""The database in the end, and every derived number twice: as Parley says it, and counted again from the rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import select

from app.database import Database, open_database
from models import Agent as AgentRow
from models import Assignment, Conversation, Message
from tests.faults.history import AssignmentRecord, Line, Owned, Stored
from tests.running import Agent, Running

OPEN = ("new", "open")


async def read_rows(database_url: str) -> Stored:
    """Rows only; nothing is asked of a server."""
    database = open_database(database_url)
    try:
        return await read_rows_of(database)
    finally:
        await database.close()


async def read_rows_of(database: Database) -> Stored:
    """The same of a database that is open."""
    async with database.read() as rows:
        messages = await rows.all(select(Message))
        conversations = await rows.all(select(Conversation))
        holdings = await rows.all(select(Assignment).where(Assignment.ended_at.is_(None)))
        agents = await rows.all(select(AgentRow))
    return Stored(
        lines=[_line(message) for message in messages],
        conversations=[
            Owned(
                id=one.id,
                agent_id=one.agent_id,
                is_open=one.category in OPEN,
                seq=one.seq,
                rev=one.rev,
                unread_count=one.unread_count,
                agent_read_seq=one.agent_read_seq,
            )
            for one in conversations
        ],
        holdings=[
            AssignmentRecord(
                conversation_id=one.conversation_id,
                agent_id=one.agent_id,
                is_routed=one.made_by == "routing",
                since=one.started_at.isoformat(),
            )
            for one in holdings
        ],
        capacities={agent.id: agent.capacity for agent in agents},
        recounted=_recount(conversations, agents),
    )


Numbers = dict[str, object]
LOOKS = 20
"""Routing gives what waits to whoever comes to read the numbers, and takes back what was left: that has an end."""


async def count_again(database_url: str, running: Running) -> tuple[Numbers, Numbers]:
    """The derived numbers as a supervisor reads them, the wall and the lists' counts, and as the rows are counted again:
    of a moment at which the rows did not move between a count before the question and one after it."""
    supervisor = await running.agent("sam@example.com")
    try:
        said: Numbers = {}
        after = (await read_rows(database_url)).recounted
        for _ in range(LOOKS):
            before, said = after, await _ask_numbers(running, supervisor)
            after = (await read_rows(database_url)).recounted
            if before == after:
                break
    finally:
        await supervisor.wire.close()
    return said, after


async def _ask_numbers(running: Running, supervisor: Agent) -> Numbers:
    wall = (await supervisor.wire.ask("wall.watch", watching=True))["wall"]
    await supervisor.wire.ask("wall.watch", watching=False)
    async with running.http(cookies={"parley_session": supervisor.cookie}) as http:
        counts = (await http.get("/api/v1/conversations/counts")).json()
    return said_on_the_wall(wall) | {"list unassigned": counts["unassigned"], "list all": counts["all"]}


def said_on_the_wall(wall: dict[str, Any]) -> Numbers:
    """The wall's numbers by name."""
    return {
        "wall waiting": {queue["team_id"]: queue["waiting_count"] for queue in wall["queues"] if queue["waiting_count"]},
        "wall open": {queue["team_id"]: queue["open_count"] for queue in wall["queues"] if queue["open_count"]},
        "wall loads": {one["agent"]["id"]: one["chat_count"] for one in wall["agents"] if one["chat_count"]},
    }


def _recount(conversations: Any, agents: Any) -> Numbers:
    wanting = [one for one in conversations if one.category in OPEN]
    still_open = [one for one in conversations if one.category in (*OPEN, "waiting")]
    return {
        "wall waiting": dict(Counter(one.team_id for one in wanting if one.agent_id is None)),
        "wall open": dict(Counter(one.team_id for one in wanting if one.agent_id is not None)),
        "wall loads": dict(Counter(one.agent_id for one in wanting if one.agent_id is not None)),
        "list unassigned": sum(one.agent_id is None for one in still_open),
        "list all": len(still_open),
    }


def _line(message: Message) -> Line:
    return Line(
        id=message.id,
        conversation_id=message.conversation_id,
        seq=message.seq,
        rev=message.rev,
        by=f"{message.author_kind} {message.author_id or ''}".strip(),
        key=message.client_id,
        visibility=message.visibility,
        body=message.body,
        made_at=msgspec.to_builtins(message.created_at),
    )
