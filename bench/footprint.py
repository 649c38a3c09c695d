"""What an idle Parley needs: time to start, memory alone, with the model, and for each idle visitor at 1,000, 5,000 and 10,000.

python -m bench.footprint [--short] [--no-model]
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import uvloop

from app.clock import new_id
from bench.chat import wait_until_listening
from bench.figures import children_of, rss_bytes, say
from bench.grounds import auth_of, inbox_of, raise_file_limit, serving
from bench.raw_socket import Namespace
from tests.running import Running
from tests.servers.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
MB = 1_000_000


async def hold(url: str, namespace: str, auths: list[str]) -> list[Namespace]:
    """That many connections, opened fifty at a time."""
    held: list[Namespace] = []
    for at in range(0, len(auths), 50):
        held += await asyncio.gather(*(Namespace.connect(url, namespace, auth) for auth in auths[at : at + 50]))
    return held


async def grow(url: str, pid: int, namespace: str, auth: Callable[[], str], sizes: list[int]) -> list[float]:
    """MB of a server above what it had alone, at so many idle connections each."""
    alone, grown, held = rss_bytes(pid), list[float](), list[Namespace]()
    for size in sizes:
        held += await hold(url, namespace, [auth() for _ in range(size - len(held))])
        await asyncio.sleep(1)
        grown.append((rss_bytes(pid) - alone) / MB)
    for one in held:
        one.socket.close()
    return grown


async def relay_memory(sizes: list[int]) -> tuple[float, float, list[float]]:
    """The stock relay: seconds to start, MB idle, MB for so many idle sockets."""
    port, began = free_port(), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "bench.relay", str(port)], cwd=ROOT)
    try:
        await wait_until_listening(port)
        started, idle = time.perf_counter() - began, rss_bytes(process.pid)
        return started, idle / MB, await grow(f"http://127.0.0.1:{port}", process.pid, "/", lambda: "", sizes)
    finally:
        process.terminate()
        process.wait()


async def run(sizes: list[int], *, with_model: bool) -> None:
    relay_start, relay_idle, relay_grown = await relay_memory(sizes)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder):
            pass  # makes the people
        began = time.perf_counter()
        with serving(folder) as running:
            say("footprint", "second_start", time.perf_counter() - began, "s", relay_start, 1)
            await asyncio.sleep(2)
            say("footprint", "rss_idle_without_model", rss_bytes(running.pid) / MB, "MB", relay_idle, 1)
            inbox_id = await inbox_of(running)
            grown = await grow(running.url, running.pid, "/visitor", lambda: auth_of(new_id(), inbox_id), sizes)
            for size, mine, theirs in zip(sizes, grown, relay_grown, strict=True):
                say("footprint", "rss_per_idle_visitor", mine / size * 1000, "kB", theirs / size * 1000, size)
    if with_model:
        await measure_model(relay_idle)


async def measure_model(relay_idle: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), log_level="info", embedding_model="bundled").start()
        try:
            while "embedding model loaded" not in running.log.read_text():
                await asyncio.sleep(0.2)
            await asyncio.sleep(5)
            everything = [running.pid, *children_of(running.pid)]
            say(
                "footprint",
                "rss_idle_with_model",
                sum(map(rss_bytes, everything)) / MB,
                "MB",
                relay_idle,
                1,
                processes=len(everything),
            )
        finally:
            running.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--no-model", action="store_true")
    asked = parser.parse_args()
    raise_file_limit()
    uvloop.run(run([200] if asked.short else [1000, 5000, 10_000], with_model=not asked.no_model))


if __name__ == "__main__":
    main()
