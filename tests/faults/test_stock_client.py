"""The stock socket.io-client of Node speaks with us: connects, says who it is, commands, hears, and comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.faults.proxy import Proxy
from tests.faults.typescript import NodeProcess
from tests.running import Running

Start = Callable[..., Awaitable["Stock"]]


class Stock:
    """A Node process with a socket.io-client in it."""

    def __init__(self, node: NodeProcess) -> None:
        self.node = node
        self.events: list[dict[str, Any]] = []

    async def hear(self, what: str) -> Any:
        """The next thing of this kind it tells; events that come before are kept."""
        while told := await asyncio.wait_for(self.node.hear(), 20):
            if "event" in told:
                self.events.append(told["event"])
            if what in told:
                return told[what]
        raise AssertionError(f"it ended without {what}")

    async def ask(self, **command: Any) -> Any:
        self.node.tell(**command)
        return await self.hear("reply")

    async def event(self, type: str) -> dict[str, Any]:
        """The first event of this type, past or to come."""
        while not (found := [event for event in self.events if event["type"] == type]):
            await self.hear("event")
        return found[0]

    async def message(self, client_id: str) -> dict[str, Any]:
        """This message, past or to come. Whoever comes online hears of whatever others left waiting, too."""
        while True:
            for event in self.events:
                if event["type"] == "message.created" and event["message"]["client_id"] == client_id:
                    return event["message"]
            await self.hear("event")


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    started: list[Stock] = []

    async def start(url: str, namespace: str, auth: dict[str, Any], headers: dict[str, str] | None = None) -> Stock:
        told = {"url": url, "namespace": namespace, "auth": auth, "headers": headers or {}}
        started.append(Stock(await NodeProcess.start("stock", json.dumps(told))))
        return started[-1]

    yield start
    for stock in started:
        await stock.node.end()


async def test_a_visitor_and_an_agent_talk(quiet: Running, start: Start) -> None:
    token = (await quiet.open_widget())["visitor_token"]
    cookie = await quiet.sign_in("ana@example.com")
    visitor = await start(quiet.url, "/visitor", {"token": token, "contract": 1})
    agent = await start(quiet.url, "/agent", {"contract": 1}, {"Cookie": f"parley_session={cookie}", "Origin": quiet.url})
    await visitor.hear("online")
    await agent.hear("online")
    assert (await visitor.event("heads"))["heads"] == []
    started = await visitor.ask(type="conversation.start", client_id="s1", body="Grüße aus dem Chat 👋")
    assert started["message"]["seq"] == 1
    heard = await agent.message("s1")
    assert heard["body"] == "Grüße aus dem Chat 👋"
    id = heard["conversation_id"]
    sent = await agent.ask(type="message.send", client_id="s2", conversation_id=id, body="Hello")
    assert sent["ok"], sent
    refused = await visitor.ask(type="message.send", client_id="s3", conversation_id=id, body="")
    assert refused["code"] == "invalid"


async def test_a_stranger_is_told_why(quiet: Running, start: Start) -> None:
    stranger = await start(quiet.url, "/visitor", {"token": "nobody's", "contract": 1})
    assert await stranger.hear("refused") == "unauthenticated"
    lost = await start(quiet.url, "/nowhere", {"contract": 1})
    assert await lost.hear("refused") == "Invalid namespace"


async def test_it_comes_back_by_itself_and_finds_what_it_missed(quiet: Running, start: Start) -> None:
    door = await Proxy(quiet.port).start()
    try:
        visitor = await quiet.visitor()
        id = (await visitor.wire.ask("conversation.start", client_id="b1", body="one"))["conversation"]["id"]
        stock = await start(door.url, "/visitor", {"token": visitor.token, "contract": 1})
        await stock.hear("online")
        door.is_refusing = True
        door.cut()
        assert await stock.hear("offline") == "transport close"
        await visitor.wire.ask("message.send", client_id="b2", conversation_id=id, body="two")
        door.is_refusing = False
        await stock.hear("online")
        synced = await stock.ask(type="conversation.sync", conversation_id=id, after_seq=1)
        assert "two" in [message["body"] for message in synced["messages"]]
    finally:
        await door.stop()


async def test_bytes_are_refused_and_the_line_closed(quiet: Running, start: Start) -> None:
    token = (await quiet.open_widget())["visitor_token"]
    stock = await start(quiet.url, "/visitor", {"token": token, "contract": 1})
    await stock.hear("online")
    for _ in range(3):  # each is two frames nobody could mean
        stock.node.tell(bytes=16)
    assert await stock.hear("offline") == "transport close"
