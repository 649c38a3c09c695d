"""The server is killed in the middle of it all: what was acknowledged is there once, what was not is retried to the same end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import websockets

from tests.running import Running, Visitor
from tests.wire import Wire

Start = Callable[..., Running]
SENDERS, EACH = 4, 50
KILLS = (60, 130)


class Sender:
    """A widget's outbox: sends in order, and each again under the same client_id until it is acknowledged."""

    def __init__(self, running: Running, name: str) -> None:
        self.running = running
        self.name = name
        self.acked: dict[str, dict[str, Any]] = {}
        self.attempts = 0
        self.visitor: Visitor | None = None
        self.token: str | None = None
        self.conversation_id = ""

    async def send_all(self) -> None:
        for number in range(EACH):
            key = f"{self.name}-{number}"
            while key not in self.acked:
                with contextlib.suppress(
                    OSError,
                    httpx.TransportError,
                    websockets.WebSocketException,
                    asyncio.CancelledError,
                    TimeoutError,
                    AssertionError,
                ):
                    await self._send(key)

    async def _send(self, key: str) -> None:
        visitor = await self._connected()
        self.attempts += 1
        if self.conversation_id:
            reply = await visitor.wire.command("message.send", client_id=key, conversation_id=self.conversation_id, body=key)
        else:
            reply = await visitor.wire.command("conversation.start", client_id=key, body=key)
        assert reply["ok"], reply
        self.conversation_id = reply["message"]["conversation_id"]
        self.acked[key] = reply["message"]

    async def _connected(self) -> Visitor:
        if self.visitor is None or self.visitor.wire.is_closed.is_set():
            await asyncio.sleep(0.1)
            self.visitor = await self.running.visitor(self.token)
            self.token = self.visitor.token
        return self.visitor


async def test_every_acknowledged_message_survives_kill_9_once_and_in_order(start: Start) -> None:
    running = start()
    senders = [Sender(running, f"sender-{number}") for number in range(SENDERS)]

    def acked() -> int:
        return sum(len(sender.acked) for sender in senders)

    async def kill_now_and_then() -> None:
        for count in KILLS:
            while acked() < count:
                await asyncio.sleep(0.001)
            os.kill(running.pid, signal.SIGKILL)  # at once: another thread would get its turn when all is said
            await asyncio.to_thread(running.stop, signal.SIGKILL)
            assert acked() < SENDERS * EACH, "killed too late to prove anything"
            await asyncio.to_thread(running.start)

    await asyncio.gather(kill_now_and_then(), *(sender.send_all() for sender in senders))
    assert acked() == SENDERS * EACH
    assert sum(sender.attempts for sender in senders) > SENDERS * EACH, "nothing was under way when it was killed"
    for sender in senders:
        visitor = await running.visitor(sender.token)
        synced = await visitor.wire.ask("conversation.sync", conversation_id=sender.conversation_id, after_seq=0)
        messages = synced["messages"]
        assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
        own = [message for message in messages if message["client_id"]]
        assert Counter(message["client_id"] for message in own) == dict.fromkeys(sender.acked, 1)
        assert [message["body"] for message in own] == [f"{sender.name}-{number}" for number in range(EACH)]
        assert {message["client_id"]: message for message in own} == sender.acked, "what was acknowledged is what stands there"


async def test_both_sides_resume_where_they_were_after_a_restart(tmp_path: Path) -> None:
    running = Running(tmp_path).start()
    agent = await running.agent()
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="start", body="before"))["conversation"]["id"]
    await agent.wire.event("message.created", message__conversation_id=id, message__system="assigned")
    await agent.wire.ask("conversation.view", conversation_id=id)
    await visitor.wire.event("message.created", message__system="joined")
    synced = await agent.wire.ask("conversation.sync", conversation_id=id, after_rev=0)
    rev, seq = synced["conversation"]["rev"], synced["conversation"]["seq"]

    running.stop()
    await visitor.wire.event("going_away")
    running.start()

    agent = await running.agent(cookie=agent.cookie)
    await agent.wire.ask("message.send", client_id="a1", conversation_id=id, body="while you were away")
    await agent.wire.ask("message.send", client_id="a2", conversation_id=id, body="a note", visibility="internal")
    visitor = await _again(running, visitor)
    missed = await visitor.wire.ask("conversation.sync", conversation_id=id, after_seq=seq)
    assert [message["body"] for message in missed["messages"]] == ["while you were away"]
    for_agents = await agent.wire.ask("conversation.sync", conversation_id=id, after_rev=rev)
    assert [message["body"] for message in for_agents["messages"]] == ["while you were away", "a note"]
    running.stop()


async def _again(running: Running, visitor: Visitor) -> Visitor:
    wire = await Wire.connect(running.url, "/visitor", {"token": visitor.token, "contract": 1})
    return Visitor(wire, visitor.session)
