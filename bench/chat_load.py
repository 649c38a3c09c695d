"""Messages under way: said at a rate or as fast as they are acked, and timed until everybody has heard them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from bench.figures import cpu_seconds
from bench.raw_socket import Namespace
from tests.running import Running

WORDS = "The quick brown fox wrote to support because its parcel has not come yet."


class Side(NamedTuple):
    """Servers under load: their visitors and how each says something, and the agents who hear it."""

    pids: list[int]
    visitors: list[tuple[Namespace, str]]
    agents: list[Namespace]
    mark: str

    def cpu(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids)

    def close(self) -> None:
        for one in [*self.agents, *(visitor for visitor, _ in self.visitors)]:
            one.socket.close()


class Load:
    """When each message was sent, and what came of it."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.sent: dict[str, list[Any]] = {}
        self.latencies: list[float] = []
        self.acked = 0
        self.refused = 0
        for agent in side.agents:
            agent.on_event = self._heard

    def say(self, visitor: Namespace, template: str, acked: Callable[[], None]) -> None:
        key = f"k{next_number()}-{os.getpid()}"
        self.sent[key] = [time.perf_counter(), len(self.side.agents)]

        def on_ack(frame: str) -> None:
            if '"ok":true' in frame:
                self.acked += 1
            else:
                self.refused += 1
            acked()

        visitor.emit("command" if visitor.name != "/" else "say", template.replace("KEY", key), on_ack)

    def _heard(self, frame: str) -> None:
        at = frame.find('"client_id":"k')
        if at < 0 or self.side.mark not in frame:
            return
        key = frame[at + 13 : frame.find('"', at + 13)]
        sent = self.sent.get(key)
        if sent is not None:
            sent[1] -= 1
            if not sent[1]:
                del self.sent[key]
                self.latencies.append(time.perf_counter() - sent[0])

    async def until_heard(self, seconds: float = 10) -> None:
        """Wait for what is still under way."""
        until = time.perf_counter() + seconds
        while self.sent and time.perf_counter() < until:
            await asyncio.sleep(0.02)


_numbers = iter(range(1, 1_000_000_000))


def next_number() -> int:
    return next(_numbers)


class Closed(NamedTuple):
    """What a closed loop showed: acked messages, seconds, server CPU seconds."""

    acked: int
    seconds: float
    cpu: float


async def closed_loop(side: Side, seconds: float) -> Closed:
    """Every visitor says the next thing as soon as the last is acked."""
    load = Load(side)
    end = time.perf_counter() + seconds
    done = asyncio.Event()
    running = len(side.visitors)

    def start(visitor: Namespace, template: str) -> None:
        def again() -> None:
            nonlocal running
            if time.perf_counter() < end:
                load.say(visitor, template, again)
            else:
                running -= 1
                if not running:
                    done.set()

        again()

    cpu, began = side.cpu(), time.perf_counter()
    for visitor, template in side.visitors:
        start(visitor, template)
    await asyncio.wait_for(done.wait(), seconds + 60)
    took = time.perf_counter() - began
    await load.until_heard()
    used = side.cpu() - cpu
    assert not load.refused, f"{load.refused} refused"
    assert not load.sent, f"{len(load.sent)} acked messages were not heard"
    return Closed(load.acked, took, used)


async def open_loop(side: Side, rate: float, seconds: float) -> Load:
    """Messages at a fixed rate, whoever's turn it is."""
    load = Load(side)
    began, sent = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        while sent < now * rate:
            visitor, template = side.visitors[sent % len(side.visitors)]
            load.say(visitor, template, lambda: None)
            sent += 1
        await asyncio.sleep(0.001)
    await load.until_heard()
    return load


async def parley_side(nodes: list[Running], conversations: int, agents: int) -> Side:
    """Visitors with an open conversation each on the first node, and agents who hear them all on the last."""
    first, last = nodes[0], nodes[-1]
    cookie = await last.sign_in("ana@example.com")
    headers = {"Cookie": f"parley_session={cookie}", "Origin": last.url}
    wires = [await Namespace.connect(last.url, "/agent", '{"contract":1}', headers) for _ in range(agents)]
    visitors: list[tuple[Namespace, str]] = []
    async with first.http() as http:
        for number in range(conversations):
            session = (await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})).json()
            auth = json.dumps({"token": session["visitor_token"], "contract": 1})
            visitor = await Namespace.connect(first.url, "/visitor", auth)
            start = json.dumps({"type": "conversation.start", "client_id": f"s{number}", "body": "Hello"})
            reply = json.loads((await visitor.ask("command", start)).partition("[")[2][:-1])
            command = {"type": "message.send", "client_id": "KEY", "conversation_id": reply["conversation"]["id"], "body": WORDS}
            visitors.append((visitor, json.dumps(command)))
    return Side([node.pid for node in nodes], visitors, wires, '"message.created"')


async def relay_side(urls: list[str], pids: list[int], conversations: int, agents: int) -> Side:
    """The same shape on the relay: a room each, and the agents' sockets in all of them."""
    wires = [await Namespace.connect(urls[-1], "/", "") for _ in range(agents)]
    visitors: list[tuple[Namespace, str]] = []
    for number in range(conversations):
        visitor = await Namespace.connect(urls[0], "/", "")
        for one in (*wires, visitor):
            await one.ask("join", json.dumps(f"room{number}"))
        visitors.append((visitor, json.dumps({"room": f"room{number}", "client_id": "KEY", "body": WORDS})))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.5)  # the library subscribes in its own time
    return Side(pids, visitors, wires, "said")
