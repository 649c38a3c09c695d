"""The database's clock is set an hour ahead, and back, under two nodes at work: nobody is lost, nothing falls due early or
late, and somebody is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clock import utc_now
from tests.faults.proxy import Proxy
from tests.running import Agent, Running
from tests.servers.clocks import SetClock, settable_clock
from tests.servers.databases import PostgresDatabases
from tests.wire import Wire

LEASE_SECONDS = 4
ACCEPT_SECONDS = 60
NOTICED_SECONDS = 20
"""Each node measures every ten seconds and looks for what to tell every two."""


@pytest.fixture
def url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    url = postgres_databases.create()
    yield url
    postgres_databases.drop(url)


@pytest.fixture
async def set_clock(url: str) -> AsyncIterator[SetClock]:
    async with settable_clock(url) as change:
        yield change


@pytest.fixture
def nodes(tmp_path: Path, url: str, set_clock: SetClock, redis_server_url: str) -> Iterator[tuple[Running, Running]]:
    shared: dict[str, Any] = {"database_url": url, "redis_url": redis_server_url}
    shared |= {"secret_key": "the same on every node, of course"}
    shared |= {"presence_grace_seconds": 2, "presence_lease_seconds": LEASE_SECONDS}
    first, second = (Running(tmp_path / name, **shared) for name in ("first", "second"))
    for node in (first, second):
        node.folder.mkdir()
        node.start()
    yield first, second
    for node in (first, second):
        node.stop()


async def asked(node: Running, agent: Agent, method: str, path: str, body: Any = None) -> Any:
    """What this agent asks over HTTP."""
    async with node.http(cookies={"parley_session": agent.cookie}) as http:
        answer = await http.request(method, f"/api/v1/{path}", json=body, headers={"Origin": node.url})
    assert answer.is_success, answer.text
    return answer.json()


async def until(what: Callable[[], Awaitable[bool]], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not await what():
            await asyncio.sleep(0.2)


async def test_when_the_clock_jumps_nothing_else_does(nodes: tuple[Running, Running], set_clock: SetClock) -> None:
    first, second = nodes
    admin, sam, ana = [await first.agent(f"{name}@example.com") for name in ("admin", "sam", "ana")]
    await sam.wire.ask("presence.set", presence="away")
    support = next(team["id"] for team in admin.me["teams"] if team["name"] == "Support")
    routing = {"capacity": 3, "team_ids": [support]}
    await asked(first, admin, "PUT", f"agents/{ana.id}/routing", routing)
    late = await (await second.visitor()).wire.ask("conversation.start", client_id="late", body="Tomorrow is fine")
    snoozed = late["conversation"]["id"]
    await ana.wire.event("assignment.offered", conversation_id=snoozed)
    wakes_at = (utc_now() + timedelta(minutes=30)).isoformat()
    await ana.wire.ask("conversation.snooze", conversation_id=snoozed, until=wakes_at)
    await asked(first, admin, "PUT", f"teams/{support}/routing", {"accept_seconds": ACCEPT_SECONDS})
    await asked(first, admin, "PUT", f"agents/{ana.id}/routing", routing | {"capacity": 1})
    began = asyncio.get_running_loop().time()
    offered = (await (await first.visitor()).wire.ask("conversation.start", client_id="one", body="One"))["conversation"]["id"]
    offer = await ana.wire.event("assignment.offered", conversation_id=offered)
    await (await second.visitor()).wire.ask("conversation.start", client_id="two", body="Two")

    async def kinds() -> list[str]:
        return [one["kind"] for one in (await asked(second, sam, "GET", "notices"))["notices"]]

    async def wall() -> dict[str, Any]:
        return (await sam.wire.ask("wall.watch", watching=True))["wall"]

    async def nothing_moved() -> None:
        for event in sam.wire.all_events("presence.changed"):
            assert event["agent"]["email"] != "ana@example.com" or event["agent"]["presence"] == "online"
        held = (await ana.wire.ask("conversation.sync", conversation_id=offered, after_rev=0))["conversation"]
        assert (held["agent_id"], held["offer_until"]) == (ana.id, offer["until"])
        asleep = (await ana.wire.ask("conversation.sync", conversation_id=snoozed, after_rev=0))["conversation"]
        assert asleep["category"] == "waiting"
        now = await wall()
        (queue,) = (one for one in now["queues"] if one["team_id"] == support)
        waited = datetime.fromisoformat(now["made_at"]) - datetime.fromisoformat(queue["oldest_waiting_at"])
        assert timedelta() <= waited <= timedelta(seconds=90)
        assert queue["waiting_count"] == 1

    sam.wire.events.clear()
    assert await kinds() == []
    await set_clock(1)

    async def is_told() -> bool:
        return await kinds() == ["clock_jump"]

    async def is_over() -> bool:
        return await kinds() == []

    await until(is_told, NOTICED_SECONDS)
    await sam.wire.event("notices.changed")
    await nothing_moved()
    await set_clock(0)
    await until(is_over, 2 * NOTICED_SECONDS)
    await nothing_moved()

    ana.wire.events.clear()
    await ana.wire.event(
        "conversation.changed", timeout=ACCEPT_SECONDS + 10, conversation__id=offered, conversation__agent_id=None
    )
    assert ACCEPT_SECONDS - 3 < asyncio.get_running_loop().time() - began < ACCEPT_SECONDS + 6
    await nobody_stays_who_has_gone(first, sam)


async def nobody_stays_who_has_gone(node: Running, sam: Agent) -> None:
    """Leases that were written under the wrong clock would last for an hour."""
    line = await Proxy(node.port).start()
    try:
        headers = {"Cookie": f"parley_session={await node.sign_in('ben@example.com')}", "Origin": line.url}
        ben = await Wire.connect(line.url, "/agent", {"contract": 1}, headers)
        await sam.wire.event("presence.changed", agent__email="ben@example.com", agent__presence="online")
        line.deafen()
        await sam.wire.event(
            "presence.changed", timeout=LEASE_SECONDS + 6, agent__email="ben@example.com", agent__presence="offline"
        )
        await ben.vanish()
    finally:
        await line.stop()
