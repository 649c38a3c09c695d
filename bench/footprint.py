"""What an idle Parley needs: time to start, memory alone, with the model, and per thousand visitors.

python -m bench.footprint [--short]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.chat import wait_until_listening
from bench.figures import children_of, rss_bytes, say
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


async def relay_memory(visitors: int) -> tuple[float, float, float]:
    """The stock relay: seconds to start, MB idle, MB for so many idle sockets."""
    port, began = free_port(), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "bench.relay", str(port)], cwd=ROOT)
    try:
        await wait_until_listening(port)
        started, idle = time.perf_counter() - began, rss_bytes(process.pid)
        held = await hold(f"http://127.0.0.1:{port}", "/", [""] * visitors)
        await asyncio.sleep(1)
        grown = rss_bytes(process.pid) - idle
        for one in held:
            one.socket.close()
        return started, idle / MB, grown / MB
    finally:
        process.terminate()
        process.wait()


async def run(visitors: int) -> None:
    relay_start, relay_idle, relay_grown = await relay_memory(visitors)
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), log_level="warning").start()
        running.stop()
        began = time.perf_counter()
        running.start()
        try:
            say("footprint", "second_start", time.perf_counter() - began, "s", relay_start, 1)
            await asyncio.sleep(2)
            idle = rss_bytes(running.pid)
            say("footprint", "rss_idle_without_model", idle / MB, "MB", relay_idle, 1)
            auths: list[str] = []
            async with running.http() as http:
                for _ in range(visitors):
                    session = (await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})).json()
                    auths.append(json.dumps({"token": session["visitor_token"], "contract": 1}))
            before = rss_bytes(running.pid)
            held = await hold(running.url, "/visitor", auths)
            await asyncio.sleep(1)
            grown = (rss_bytes(running.pid) - before) / MB
            per_thousand = 1000 / visitors
            say("footprint", "rss_per_1000_idle_visitors", grown * per_thousand, "MB", relay_grown * per_thousand, visitors)
            for one in held:
                one.socket.close()
        finally:
            running.stop()
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
    uvloop.run(run(200 if parser.parse_args().short else 1000))


if __name__ == "__main__":
    main()
