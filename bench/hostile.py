"""Hostile clients beside honest ones, on a server with its usual limits: what one of them costs, and who else notices.

python -m bench.hostile [--short] [--together | --alone] [KIND ...]

Of each kind twenty act at once. `rss_per_client` is what the server's memory grew by at its highest, for each; the promise
is two megabytes. `honest_p99` is how long an ack takes honest clients while one hostile client is at it, of each kind in its
turn (foes 1), and while twenty of all kinds are (foes 20); `sign_in` is the longest of a few, with the promise of twice as long; its control is how long it takes while they are at another server
on this machine, which costs the machine as much. The promise is a tenth more. `calm_ms` is without anybody hostile.
`server_busy` is the share of a core, and its control that of the calm. With TMPDIR in memory the disk has no say in it.
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
from collections.abc import Generator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import uvloop

from app.clock import new_id
from bench.figures import children_of, cpu_seconds, percentile, rss_bytes, say
from bench.grounds import KEY, auth_of, inbox_of, raise_file_limit
from bench.hostility import KINDS
from bench.raw_socket import Namespace
from tests.running import ROOT, Running

FOES = 20
HONEST = 20
HONEST_PAUSE_SECONDS = 0.25
SIGN_INS = 3
LIMITS = {
    "message_rate": 5,
    "address_rate": 50,
    "inbox_rate": 500,
    "sockets_per_address": 200,
    "widget_rate": 50,
    "trusted_proxies": "127.0.0.0/8",
}


@contextmanager
def acting(url: str, kinds: Sequence[str], count: int) -> Generator[None]:
    """Hostile clients in a process of their own."""
    words = [sys.executable, "-m", "bench.hostility", url, ",".join(kinds), str(count)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


async def cost_of(running: Running, kind: str, seconds: float) -> tuple[float, float]:
    """Bytes by which the server grew at most while they were at it, and those it still holds a moment after."""
    before = most = _rss_with_children(running.pid)
    with acting(running.url, [kind], FOES):
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            await asyncio.sleep(0.1)
            most = max(most, _rss_with_children(running.pid))
    await asyncio.sleep(1)
    return most - before, _rss_with_children(running.pid) - before


class Honest:
    """A visitor who writes four times a second and waits for each ack."""

    def __init__(self, namespace: Namespace, name: str) -> None:
        self._namespace = namespace
        self._name = name
        self._conversation_id = ""
        self._count = 0

    @classmethod
    async def come(cls, running: Running, inbox_id: str, number: int) -> Honest:
        headers = {"X-Forwarded-For": f"203.0.113.{number + 1}"}
        one = cls(await Namespace.connect(running.url, "/visitor", auth_of(new_id(), inbox_id), headers), f"h{number}")
        reply = await one._ask({"type": "conversation.start", "client_id": "first", "body": "Hello"})
        one._conversation_id = reply["conversation"]["id"]
        return one

    async def write_for(self, seconds: float) -> list[float]:
        """Seconds to each ack."""
        took: list[float] = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self._count += 1
            began = time.perf_counter()
            key = f"{self._name}-{self._count}"
            await self._ask(
                {"type": "message.send", "client_id": key, "conversation_id": self._conversation_id, "body": f"words of {key}"}
            )
            took.append(time.perf_counter() - began)
            await asyncio.sleep(HONEST_PAUSE_SECONDS)
        return took

    async def _ask(self, command: dict[str, object]) -> dict[str, dict[str, str]]:
        frame = await self._namespace.ask("command", json.dumps(command))
        reply = json.loads(frame[frame.index("[") :])[0]
        assert reply["ok"], reply
        return reply


async def all_write(honest: Sequence[Honest], seconds: float) -> list[float]:
    found = await asyncio.gather(*(one.write_for(seconds) for one in honest))
    return [took for some in found for took in some]


async def run(kinds: Sequence[str], seconds: float, turns: int, *, costs: bool, alone: bool, together: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        running, other = (_server(Path(folder) / name) for name in ("ours", "other"))
        try:
            await asyncio.to_thread(running.start)
            await asyncio.to_thread(other.start)
            for one in (running, other):
                await set_pattern(one)
            inbox_id = await inbox_of(running)
            honest = [await Honest.come(running, inbox_id, number) for number in range(HONEST)]
            await all_write(honest, seconds)  # what grows once for everybody has grown
            for kind in kinds if costs else ():
                grown, kept = await cost_of(running, kind, seconds)
                at = {"kind": kind, "promise": 2.0, "kept": round(kept / FOES / 1e6, 3), "load": _load()}
                say("hostile", "rss_per_client", grown / FOES / 1e6, "MB", None, FOES, **at)
            if alone:
                await compare(running, other, honest, [[kind] for kind in kinds], 1, seconds, turns // 2)
            if together:
                await compare(running, other, honest, [kinds], FOES, seconds, turns)
            assert running.process is not None
            assert running.process.poll() is None
        finally:
            await asyncio.to_thread(running.stop)
            await asyncio.to_thread(other.stop)


async def compare(
    running: Running,
    other: Running,
    honest: Sequence[Honest],
    casts: Sequence[Sequence[str]],
    foes: int,
    seconds: float,
    turns: int,
) -> None:
    """Nobody hostile, so many foes at the other server, as many at ours; by turns, with each cast of kinds."""
    calm, elsewhere, here = list[float](), list[float](), list[float]()
    signing_in: dict[int, float] = {id(calm): 0.0, id(elsewhere): 0.0, id(here): 0.0}
    busy: dict[int, float] = {id(calm): 0.0, id(elsewhere): 0.0, id(here): 0.0}
    for kinds in [*casts] * turns:
        for found, url in ((calm, ""), (elsewhere, other.url), (here, running.url)):
            with acting(url, kinds, foes) if url else nullcontext():
                await asyncio.sleep(1)
                spent, began = cpu_seconds(running.pid), time.perf_counter()
                found.extend(await all_write(honest, seconds))
                share = (cpu_seconds(running.pid) - spent) / (time.perf_counter() - began)
                busy[id(found)] += share / turns / len(casts)
                for _ in range(SIGN_INS):
                    began = time.perf_counter()
                    await running.sign_in("ana@example.com")
                    signing_in[id(found)] = max(signing_in[id(found)], time.perf_counter() - began)
    for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
        value, control, without = (round(percentile(some, share) * 1000, 2) for some in (here, elsewhere, calm))
        say("hostile", f"honest_{name}", value, "ms", control, len(here), foes=foes, calm_ms=without, load=_load())
    longest, control = (round(signing_in[id(found)] * 1000, 1) for found in (here, elsewhere))
    say("hostile", "sign_in", longest, "ms", control, SIGN_INS * turns * len(casts), foes=foes, promise=2.0)
    say("hostile", "server_busy", busy[id(here)], "cores", busy[id(calm)], turns * len(casts), foes=foes, load=_load())
    say("hostile", "log", running.log.stat().st_size / 1e3, "kB", None, turns)


def _server(folder: Path) -> Running:
    folder.mkdir()
    return Running(folder, secret_key=KEY, log_level="info", agent_capacity=1_000_000, **LIMITS)


async def set_pattern(running: Running) -> None:
    """A proactive message on pages whose pattern has stars, which each visit is compared with."""
    agent = await running.sign_in("admin@example.com")
    async with running.http(cookies={"parley_session": agent}) as http:
        inbox = next(one for one in (await http.get("/api/v1/me")).json()["inboxes"] if one["key"] == "demo")
        message = {"inbox_id": inbox["id"], "name": "Sale", "is_on": True, "page": "/*/*/*/sale", "locale": "", "visitor": "any"}
        message |= {"staffing": "any", "after_seconds": 5, "every_days": 1, "body": "Hello", "agent_id": None}
        answer = await http.post("/api/v1/proactive-messages", json=message)
        assert answer.status_code < 300, answer.text


def _rss_with_children(pid: int) -> int:
    found = rss_bytes(pid)
    for child in children_of(pid):
        with suppress(OSError):
            found += rss_bytes(child)
    return found


def _load() -> float:
    return round(os.getloadavg()[0], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--together", action="store_true", help="only what honest clients notice of twenty of all kinds")
    only.add_argument("--alone", action="store_true", help="only what they notice of one, of each kind in its turn")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"any of {', '.join(KINDS)}; all without")
    asked = parser.parse_args()
    if unknown := set(asked.kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    raise_file_limit()
    seconds, turns = (2.0, 2) if asked.short else (6.0, 4)
    kinds, is_all = asked.kinds or list(KINDS), not (asked.together or asked.alone)
    alone, together = asked.alone or is_all, asked.together or is_all
    uvloop.run(run(kinds, seconds, turns, costs=is_all, alone=alone, together=together))


if __name__ == "__main__":
    main()
