"""A node that is told to stop loses nothing: what it took it answers, and whoever is stuck does not hold it up."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from websockets import ConnectionClosed, InvalidStatus

from tests.running import Running, Visitor
from tests.wire import Wire


class Sender:
    """A visitor who writes on and on, leaves when told to, and repeats elsewhere what was not answered."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.answered: set[str] = set()
        self.unanswered: list[str] = []

    async def run(self, name: str) -> None:
        wire = self.visitor.wire
        started = await wire.ask("conversation.start", client_id=f"{name}-start", body="Hello")
        self.conversation_id: str = started["conversation"]["id"]
        for number in range(100_000):
            if goodbye := wire.all_events("going_away"):
                await asyncio.sleep(goodbye[0]["retry_seconds"])
                return
            await self.say(wire, f"{name}-{number}")

    async def say(self, wire: Wire, key: str) -> None:
        said: dict[str, Any] = {"client_id": key, "conversation_id": self.conversation_id, "body": key}
        try:
            reply = await wire.command("message.send", timeout=5, **said)
        except (ConnectionClosed, TimeoutError):
            self.unanswered.append(key)
            return
        assert reply["ok"], reply
        self.answered.add(key)


async def until_not_ready(node: Running) -> None:
    """Wait until the health check refuses, while commands are still taken."""
    async with node.http() as http, asyncio.timeout(10):
        while (await http.get("/health/ready")).status_code == 200:
            await asyncio.sleep(0.02)


async def test_a_node_that_stops_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    node = Running(tmp_path).start()
    senders = [Sender(await node.visitor()) for _ in range(5)]
    stuck = await node.visitor()
    talking = [asyncio.create_task(sender.run(f"s{n}")) for n, sender in enumerate(senders)]
    async with asyncio.timeout(30):
        while min(len(sender.answered) for sender in senders) < 5:
            await asyncio.sleep(0.02)
    assert node.process is not None
    began = time.monotonic()
    node.process.send_signal(signal.SIGTERM)
    await until_not_ready(node)
    with pytest.raises(InvalidStatus):
        await Wire.connect(node.url, "/visitor", {"token": senders[0].visitor.token, "contract": 1})
    await asyncio.gather(*talking)
    await asyncio.wait_for(stuck.wire.is_closed.wait(), 30)
    await asyncio.to_thread(node.process.wait, 30)
    assert time.monotonic() - began < 30
    assert sum(len(sender.unanswered) for sender in senders) == 0, "whoever was told to leave and did had all answers"
    node.start()
    for number, sender in enumerate(senders):
        again = await node.visitor(sender.visitor.token)
        for key in sender.unanswered:
            await sender.say(again.wire, key)
        synced = await again.wire.ask("conversation.sync", conversation_id=sender.conversation_id, after_seq=0)
        seen = [one["client_id"] for one in synced["messages"] if one["client_id"]]
        while not synced["is_complete"]:
            after = synced["messages"][-1]["seq"]
            synced = await again.wire.ask("conversation.sync", conversation_id=sender.conversation_id, after_seq=after)
            seen += [one["client_id"] for one in synced["messages"] if one["client_id"]]
        assert len(seen) == len(set(seen)), "nothing twice"
        assert {f"s{number}-start", *sender.answered} <= set(seen), "nothing lost"
    node.stop()
