"""Agents who come, go and vanish; visitors who wait; the wall that shows it all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.running import Running
from tests.stopwatch import stopwatch

Start = Callable[..., Running]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for stories that do not mind each other."""
    server = Running(tmp_path_factory.mktemp("day"), agent_capacity=1000).start()
    yield server
    server.stop()


async def test_whoever_writes_at_night_gets_a_ticket_and_an_agent_in_the_morning(start: Start) -> None:
    running = start()
    visitor = await running.visitor()
    assert visitor.session["inbox"]["is_staffed"] is False
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="Is anybody there?"))["conversation"]["id"]
    await visitor.wire.event("message.created", message__system="ticket_opened")
    queued = await visitor.wire.event("conversation.queued", conversation_id=id)
    assert queued["queue"]["position"] == 1
    ana = await running.agent("ana@example.com")
    offered = await ana.wire.event("assignment.offered", conversation_id=id)
    assert offered["reason"] == "routed"
    changed = await visitor.wire.event("conversation.changed", conversation__agent_name="Ana Duarte")
    assert changed["conversation"]["queue"] is None
    assert changed["conversation"]["ticket_number"] == 1


async def test_the_queue_moves_up_as_agents_become_free(start: Start) -> None:
    running = start(agent_capacity=1)
    ana = await running.agent("ana@example.com")
    visitors = [await running.visitor() for _ in range(3)]
    ids: list[str] = []
    for visitor in visitors:
        started = await visitor.wire.ask("conversation.start", client_id="k", body="Hello")
        ids.append(started["conversation"]["id"])
    await ana.wire.event("assignment.offered", conversation_id=ids[0])
    await visitors[1].wire.event("conversation.queued", queue__position=1)
    await visitors[2].wire.event("conversation.queued", queue__position=2)
    await ana.wire.ask("conversation.set_status", conversation_id=ids[0], status="resolved")
    await ana.wire.event("assignment.offered", conversation_id=ids[1])
    await visitors[2].wire.event("conversation.queued", queue__position=1)
    assert len(ana.wire.all_events("assignment.offered")) == 2, "never over capacity"


async def test_chats_of_an_agent_who_vanishes_go_on_with_a_colleague(start: Start) -> None:
    running = start(presence_lease_seconds=3, presence_grace_seconds=1)
    ana = await running.agent("ana@example.com")
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="Hello"))["conversation"]["id"]
    await ana.wire.event("assignment.offered", conversation_id=id)
    ben = await running.agent("ben@example.com")
    async with stopwatch() as watch:
        await ana.wire.vanish()
        offered = await ben.wire.event("assignment.offered", timeout=30, conversation_id=id)
    assert offered["reason"] == "routed"
    assert watch.seconds < 8
    await ben.wire.event("presence.changed", agent__id=ana.id, agent__presence="offline")
    await visitor.wire.event("conversation.changed", conversation__agent_name="Ben Okafor")


async def test_an_agent_who_polls_is_here_while_they_ask_and_no_longer(start: Start) -> None:
    """Where websockets are blocked; no question is a crash or a cut network."""
    running = start(presence_lease_seconds=3, presence_grace_seconds=1)
    cookie = await running.sign_in("ana@example.com")
    ben = await running.agent("ben@example.com")
    async with running.http(cookies={"parley_session": cookie}) as http:
        cursor, began = "", time.monotonic()
        while time.monotonic() - began < 7:
            page = (await http.get("/api/v1/events", params={"after": cursor})).json()
            cursor = page["cursor"]
        agents = (await http.get("/api/v1/me")).json()["agents"]
    ana = next(one for one in agents if one["email"] == "ana@example.com")
    assert ana["presence"] == "online", "two leases long nobody spoke, and she asked"
    await ben.wire.event("presence.changed", timeout=20, agent__id=ana["id"], agent__presence="offline")


async def test_an_agent_who_reloads_keeps_everything(running: Running) -> None:
    ana, ben = await running.agent("ana@example.com"), await running.agent("ben@example.com")
    await ben.wire.ask("presence.set", presence="away")
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="Hello"))["conversation"]["id"]
    await ana.wire.event("assignment.offered", conversation_id=id)
    await ben.wire.event("conversation.changed", conversation__id=id, conversation__agent_id=ana.id)
    await ben.wire.ask("conversation.sync", conversation_id=id, after_rev=0)  # what was told with it has come before the answer
    ben.wire.events.clear()
    await ana.wire.vanish()
    back = await running.agent(cookie=ana.cookie)
    heads = await back.wire.event("heads")
    assert id in [head["conversation_id"] for head in heads["heads"]]
    assert (await back.wire.ask("conversation.sync", conversation_id=id, after_rev=0))["conversation"]["agent_id"] == ana.id
    await ben.wire.ask("conversation.sync", conversation_id=id, after_rev=0)
    assert ben.wire.all_events("presence.changed") == []
    assert ben.wire.all_events("conversation.changed") == []


async def test_the_wall_moves_within_a_second_for_those_who_may_watch(running: Running) -> None:
    sam, ana = await running.agent("sam@example.com"), await running.agent("ana@example.com")
    refused = await ana.wire.command("wall.watch", watching=True)
    assert refused["code"] == "forbidden"
    before = (await sam.wire.ask("wall.watch", watching=True))["wall"]["opened_today"]
    visitor = await running.visitor()
    sam.wire.events.clear()
    async with stopwatch() as watch:
        await visitor.wire.ask("conversation.start", client_id="k", body="Hello")
        moved = await sam.wire.event("wall.changed", wall__opened_today=before + 1)
    assert watch.seconds < 2
    assert {queue["name"] for queue in moved["wall"]["queues"]} == {"Orders", "Support"}
    await sam.wire.ask("wall.watch", watching=True, by_rows=True)
    await (await running.visitor()).wire.ask("conversation.start", client_id="k2", body="Hello again")
    rows = await sam.wire.event("wall.moved", opened_today=before + 2)
    assert [queue["name"] for queue in rows["queues"]] == ["Support"]
    await sam.wire.ask("wall.watch", watching=False)
    assert ana.wire.all_events("wall.changed") == []


async def test_colleagues_see_who_looks_at_what(running: Running) -> None:
    ana, ben = await running.agent("ana@example.com"), await running.agent("ben@example.com")
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="Hello"))["conversation"]["id"]
    await ana.wire.ask("conversation.view", conversation_id=id)
    await ben.wire.event("viewers.changed", conversation_id=id, agent_ids=[ana.id])
    await ben.wire.ask("conversation.view", conversation_id=id)
    await ana.wire.event("viewers.changed", conversation_id=id, agent_ids=sorted([ana.id, ben.id]))
    await ana.wire.vanish()
    await ben.wire.event("viewers.changed", conversation_id=id, agent_ids=[ben.id])
    assert visitor.wire.all_events("viewers.changed") == []
