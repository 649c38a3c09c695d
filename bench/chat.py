"""What one chat message costs: persisted, acked, and on the agent's screen; beside a stock relay that stores nothing.

python -m bench.chat [--short] [--database postgresql://...]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import uvloop

from bench.figures import cpu_seconds, percentile, say
from bench.raw_socket import Namespace
from tests.running import Running
from tests.servers.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
WORDS = "The quick brown fox wrote to support because its parcel has not come yet."


class Side(NamedTuple):
    """A server under load: its visitors, and how each says something."""

    pid: int
    visitors: list[tuple[Namespace, str]]
    agent: Namespace
    mark: str


class Load:
    """Messages under way: when each was sent, and what came of it."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.sent: dict[str, float] = {}
        self.latencies: list[float] = []
        self.acked = 0
        self.refused = 0
        self._count = 0
        side.agent.on_event = self._heard

    def say(self, visitor: Namespace, template: str, acked) -> None:
        self._count += 1
        key = f"k{self._count}-{os.getpid()}"
        self.sent[key] = time.perf_counter()

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
        sent = self.sent.pop(key, None)
        if sent is not None:
            self.latencies.append(time.perf_counter() - sent)


async def closed_loop(side: Side, seconds: float) -> tuple[float, float, Load]:
    """Every visitor says the next thing as soon as the last is acked: messages a second and server CPU us a message."""
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

    cpu, began = cpu_seconds(side.pid), time.perf_counter()
    for visitor, template in side.visitors:
        start(visitor, template)
    await asyncio.wait_for(done.wait(), seconds + 30)
    took = time.perf_counter() - began
    await _until_heard(load)
    return load.acked / took, (cpu_seconds(side.pid) - cpu) / max(1, load.acked) * 1e6, load


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
    await _until_heard(load)
    return load


async def _until_heard(load: Load) -> None:
    for _ in range(200):
        if not load.sent:
            return
        await asyncio.sleep(0.05)


async def parley_side(running: Running, conversations: int) -> Side:
    """Visitors with an open conversation each, and one agent who holds them all."""
    agent = await running.sign_in("ana@example.com")
    headers = {"Cookie": f"parley_session={agent}", "Origin": running.url}
    wire = await Namespace.connect(running.url, "/agent", '{"contract":1}', headers)
    visitors: list[tuple[Namespace, str]] = []
    async with running.http() as http:
        for number in range(conversations):
            session = (await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})).json()
            auth = json.dumps({"token": session["visitor_token"], "contract": 1})
            visitor = await Namespace.connect(running.url, "/visitor", auth)
            start = json.dumps({"type": "conversation.start", "client_id": f"s{number}", "body": "Hello"})
            reply = json.loads((await visitor.ask("command", start)).partition("[")[2][:-1])
            command = {"type": "message.send", "client_id": "KEY", "conversation_id": reply["conversation"]["id"], "body": WORDS}
            visitors.append((visitor, json.dumps(command)))
    return Side(running.pid, visitors, wire, '"message.created"')


async def relay_side(url: str, pid: int, conversations: int) -> Side:
    """The same shape on the relay: a room each, and one socket in all of them."""
    agent = await Namespace.connect(url, "/", "")
    visitors: list[tuple[Namespace, str]] = []
    for number in range(conversations):
        visitor = await Namespace.connect(url, "/", "")
        for one in (agent, visitor):
            await one.ask("join", json.dumps(f"room{number}"))
        visitors.append((visitor, json.dumps({"room": f"room{number}", "client_id": "KEY", "body": WORDS})))
    return Side(pid, visitors, agent, "said")


async def measure(side: Side, seconds: float) -> tuple[float, float, float, float, int]:
    """Throughput, CPU us a message, p50 and p99 (ms) at half that throughput, messages counted."""
    await closed_loop(side, min(1.0, seconds))
    throughput, cpu, load = await closed_loop(side, seconds)
    assert not load.refused, f"{load.refused} refused"
    half = await open_loop(side, throughput / 2, seconds)
    for visitor, _ in side.visitors:
        visitor.socket.close()
    side.agent.socket.close()
    lost = len(load.sent) + len(half.sent)
    assert not lost, f"{lost} acked messages were not heard"
    return throughput, cpu, percentile(half.latencies, 0.5) * 1000, percentile(half.latencies, 0.99) * 1000, load.acked


async def run(sizes: list[int], seconds: float, database: str | None) -> None:
    kind = "postgresql" if database else "sqlite"
    for conversations in sizes:
        port = free_port()
        relay = subprocess.Popen([sys.executable, "-m", "bench.relay", str(port)], cwd=ROOT)
        try:
            await wait_until_listening(port)
            side = await relay_side(f"http://127.0.0.1:{port}", relay.pid, conversations)
            base, base_cpu, base_p50, base_p99, _ = await measure(side, seconds)
        finally:
            relay.terminate()
            relay.wait()
        settings: dict[str, object] = {"agent_capacity": 100_000, "message_rate": 1e6, "widget_rate": 1e6, "log_level": "warning"}
        if database:
            settings["database_url"] = database
        with tempfile.TemporaryDirectory() as folder:
            running = Running(Path(folder), **settings).start()
            try:
                side = await parley_side(running, conversations)
                rate, cpu, p50, p99, n = await measure(side, seconds)
            finally:
                running.stop()
        at = {"conversations": conversations, "database": kind}
        say("chat", "throughput", rate, "messages/s", base, n, **at)
        say("chat", "cpu_us_per_message", cpu, "us", base_cpu, n, **at)
        say("chat", "p50_at_half_load", p50, "ms", base_p50, n, **at)
        say("chat", "p99_at_half_load", p99, "ms", base_p99, n, **at)


async def wait_until_listening(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the relay did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--database")
    asked = parser.parse_args()
    sizes, seconds = ([50], 3.0) if asked.short else ([50, 200, 500], 8.0)
    uvloop.run(run(sizes, seconds, asked.database))


if __name__ == "__main__":
    main()
