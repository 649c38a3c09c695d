"""How many widgets can come back at once: connect, authenticate, and catch up with their conversation.

python -m bench.connects [--short]

The control is the stock relay, where connecting is all there is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from bench.chat import wait_until_listening
from bench.figures import cpu_seconds, percentile, say
from bench.grounds import auth_of, inbox_of, raise_file_limit, serving
from bench.raw_socket import Namespace
from tests.running import ROOT
from tests.seeding import conversation_of, seed_history
from tests.servers.ports import free_port

AT_ONCE = 50

Come = Callable[[int], Awaitable[Namespace]]


async def storm(count: int, pid: int, come: Come) -> tuple[float, float, list[float]]:
    """Everybody comes, fifty at a time: how many a second, server CPU ms for each, and how long each took."""
    took: list[float] = []
    held: list[Namespace] = []
    numbers = iter(range(count))

    async def one_after_the_other() -> None:
        for number in numbers:
            began = time.perf_counter()
            held.append(await come(number))
            took.append(time.perf_counter() - began)

    cpu, began = cpu_seconds(pid), time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    seconds = time.perf_counter() - began
    spent = (cpu_seconds(pid) - cpu) / count * 1000
    for namespace in held:
        namespace.socket.close()
    return count / seconds, spent, took


async def relay(count: int) -> tuple[float, float, list[float]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.relay", str(port)], cwd=ROOT)
    try:
        await wait_until_listening(port)
        return await storm(count, process.pid, lambda _: Namespace.connect(f"http://127.0.0.1:{port}", "/", ""))
    finally:
        process.terminate()
        process.wait()


async def run(count: int) -> None:
    base_rate, base_cpu, base_took = await relay(count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder):
            pass  # makes the people
        seed_history(f"sqlite:///{folder / 'data' / 'parley.db'}", count * 10)
        with serving(folder) as running:
            inbox_id = await inbox_of(running)

            async def come(number: int) -> Namespace:
                conversation_id, contact_id = conversation_of(number)
                namespace = await Namespace.connect(running.url, "/visitor", auth_of(contact_id, inbox_id))
                ask = {"type": "conversation.sync", "conversation_id": conversation_id, "after_seq": 5}
                reply = await namespace.ask("command", json.dumps(ask))
                assert '"is_complete":true' in reply, reply
                return namespace

            rate, cpu, took = await storm(count, running.pid, come)
    at = {"database": "sqlite", "load": round(os.getloadavg()[0], 1)}
    say("connects", "connect_and_sync", rate, "1/s", base_rate, count, **at)
    say("connects", "cpu_per_connect_and_sync", cpu, "ms", base_cpu, count, **at)
    say("connects", "p99", percentile(took, 0.99) * 1000, "ms", percentile(base_took, 0.99) * 1000, count, **at)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    is_short = parser.parse_args().short
    raise_file_limit()
    uvloop.run(run(300 if is_short else 2000))


if __name__ == "__main__":
    main()
